#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Other code at the same addresses, in one QEMU process, many times."""

import os

from het import (PAIR_SLAVE_A, PAIR_SLAVE_B, Pair, expect, expect_equal, main,
                 test)

FIRMWARE = (('pair-slave-a.elf', PAIR_SLAVE_A, 0),
            ('pair-slave-b.elf', PAIR_SLAVE_B, 1))
CYCLES = 2000 if os.environ.get('HETCTL_LONG') == '1' else 100


def cycles(soc, count, boot, stop):
    for i in range(count):
        name, ident, step = FIRMWARE[i % 2]
        side = soc.run_slave(name, boot)
        expect_equal(side.get('ident'), ident, f'cycle {i}: firmware')
        channel = i % 32
        answer = soc.master_side.do('ring', 0, channel, 3, 5000)
        expect(answer.ok and answer.result[0] == 3,
               f'cycle {i}: rings: {answer}')
        expect_equal(answer.result[1], (channel + step) % 32,
                     f'cycle {i}: the channel of the answer')
        stop()
        expect_equal(soc.core()['state'], 'held', f'cycle {i}: state')


@test('each boot runs the code that lies in memory now')
def host():
    with Pair(firmware=None) as soc:
        pid = soc.pid(soc.slave)
        cycles(soc, CYCLES,
               lambda: soc.qmp(soc.slave, 'slave-boot'),
               lambda: soc.qmp(soc.slave, 'slave-reset'))
        expect_equal(soc.pid(soc.slave), pid, 'pid')
        expect_equal(soc.core()['boots'], CYCLES, 'boots')
        return f'{CYCLES} boots in one process'


@test('the same with hetctl boot and hetctl shutdown')
def command():
    with Pair(firmware=None) as soc:
        pid = soc.pid(soc.slave)
        cycles(soc, 10, soc.boot, soc.shutdown)
        expect_equal(soc.pid(soc.slave), pid, 'pid')
        return '10 boots'


main()
