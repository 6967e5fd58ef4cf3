#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""What the emulators of a SoC take when its Linux has booted."""

import re

from het import anonymous, expect, expect_equal, main, measured, test, wait_until
from linux import LinuxSoc
from mainjob import start_firmware, wait_tty

# Half of what it was before anybody had looked
MOST_MIB = 44.5


def blocks(soc):
    text = soc.qmp(soc.master, 'human-monitor-command',
                   **{'command-line': 'info jit'})
    return int(re.search(r'^TB count +(\d+)', text, re.MULTILINE)[1])


def echo(linux):
    linux.run('rpmsg-test echo 20')


@test('what Linux was booted with goes when it is idle, and it goes on')
def idle():
    with LinuxSoc(example='stm32mp157') as soc:
        start_firmware(soc.linux, 'rpmsg-echo.elf')
        wait_tty(soc.linux)
        echo(soc.linux)
        pids = [soc.pid(name) for name in (soc.master, soc.slave)]
        booted, translated = anonymous(pids), blocks(soc)
        wait_until(lambda: anonymous(pids) <= MOST_MIB,
                   f'no more than {MOST_MIB} MiB', 60)
        expect(blocks(soc) < translated, 'blocks of code have gone')
        echo(soc.linux)
        soc.linux.run('for i in 1 2 3; do ls -lR /sys/class >/dev/null; done')
        echo(soc.linux)
        measured(f'{booted:.1f} MiB when it had booted, '
                 f'{anonymous(pids):.1f} now')
        expect_equal(pids, [soc.pid(name)
                            for name in (soc.master, soc.slave)], 'processes')


main()
