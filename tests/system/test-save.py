#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""hetctl save and restore: a SoC goes on from where it was, every message and
every interrupt once."""

import json
import os
import time

from het import (STATE, Firmware, Pair, expect, expect_equal, hetctl, main,
                 test, virsh)
from life import times
from linux import LinuxSoc
from mainjob import Console, start_firmware, wait_tty

RINGS = 2000


def save(soc, path, *more):
    return json.loads(hetctl('save', soc.name, path, *more, '-f',
                             'json').stdout)


def reopen(pair):
    """The sides of a pair after a restore: the segment is another file."""
    pair.unmap()
    pair.master_side = Firmware(pair, pair.master, 'master')
    pair.slave_side = Firmware(pair, pair.slave, 'slave')


@test('saved at random moments of a load of interrupts, none is lost or '
      'doubled')
def load():
    count = times(10, 200)
    with Pair() as soc:
        path = os.path.join(soc.folder, 'saved')
        for i in range(count):
            soc.master_side.send('ring', 0, i % 32, RINGS, 60000)
            time.sleep(0.005 * (i % 10))
            before = soc.master_side.finished()
            print(before, save(soc, path))
            start = time.monotonic()
            hetctl('restore', path)
            print('restore', time.monotonic() - start)
            reopen(soc)
            answer = soc.master_side.answer(60)
            expect(answer.ok and answer.result[0] == RINGS,
                   f'round {i}: {answer}')
    return f'{count} times {RINGS} rings'


@test('Linux goes on, its messages are answered')
def linux():
    with LinuxSoc() as soc:
        path = os.path.join(soc.folder, 'saved')
        start_firmware(soc.linux, 'rpmsg-echo.elf')
        wait_tty(soc.linux)
        soc.linux.close()
        result = save(soc, path)
        start = time.monotonic()
        hetctl('restore', path)
        soc.linux = Console(virsh('ttyconsole', soc.domain(soc.master)).strip())
        soc.linux.type('\n')
        print(soc.linux.run('uptime; echo hello'))
        print(result, time.monotonic() - start)


main()
