#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""Firmware that 'hetctl pack' has written, booted by Linux' remoteproc."""

import os
import re

from het import GUEST, expect, expect_equal, hetctl, main, test
from linux import LinuxSoc
from mainjob import TRACE, start_firmware, stop_firmware, wait_tty

FIRMWARE = ('rpmsg-echo.elf', 'stm32mp1-openamp.elf')


FILES = ''.join(f"<firmware name='packed-{name}'>packed-{name}</firmware>"
                for name in FIRMWARE)


class PackedSoc(LinuxSoc):
    """Its Linux has what pack has made of the firmware of the examples."""

    def __init__(self):
        super().__init__(change=lambda text: text.replace(
            '</initrd>', '</initrd>' + FILES, 1))
        for name in FIRMWARE:
            hetctl('pack', self.xml, 'm4', '--output',
                   os.path.join(self.folder, 'packed-' + name),
                   '--firmware', os.path.join(GUEST, name))


@test("Linux finds a packed firmware's resource table: /dev/ttyRPMSG0, trace")
def packed_firmware():
    with PackedSoc() as soc:
        linux = soc.linux
        for boots, name in enumerate(FIRMWARE, 1):
            start_firmware(linux, 'packed-' + name)
            wait_tty(linux)
            result = linux.run('rpmsg-test echo 100', timeout=60)
            expect(re.search('messages=100 .*errors=0', result), result)
            expect(linux.run(f'cat {TRACE}'), f'{name}: no trace')
            expect_equal(soc.core()['boots'], boots, 'boots')
            stop_firmware(soc, linux)
        log = linux.run('dmesg')
        expect('resource table' not in log.lower(), log)
    return ', '.join(FIRMWARE)


main()
