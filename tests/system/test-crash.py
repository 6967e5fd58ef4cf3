#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A lockup stops the core, not its QEMU."""

import struct

from het import Pair, expect, expect_equal, main, test, wait_until


def crashed(soc, pid):
    soc.wait_core('crashed')
    core = soc.core()
    expect_equal(core['reason'], 'lockup', 'reason')
    expect(core['message'], 'no message')
    expect_equal(soc.pid(soc.slave), pid, 'pid')
    expect(soc.master_side.do('ping', 1).ok, 'the master is not well')


def recovered(soc):
    if soc.core()['state'] != 'held':
        soc.shutdown()
    expect_equal(soc.core()['state'], 'held', 'state')
    side = soc.run_slave('pair-slave-b.elf')
    expect(side.do('ping', 1).ok, 'no answer')


@test('a core that locks up is crashed; other firmware boots after it')
def lockup():
    with Pair() as soc:
        pid = soc.pid(soc.slave)
        for _ in range(3):
            soc.slave_side.do('lockup')
            crashed(soc, pid)
            recovered(soc)


@test('a firmware that locks up at once')
def at_once():
    with Pair(firmware=None) as soc:
        pid = soc.pid(soc.slave)
        soc.load('pair-lockup.elf')
        soc.qmp(soc.slave, 'slave-boot')
        crashed(soc, pid)
        recovered(soc)


@test('memory without any firmware')
def empty():
    with Pair(firmware=None) as soc:
        pid = soc.pid(soc.slave)
        for window in soc.windows(soc.slave)[:1]:
            soc.memory[window.offset:window.offset + window.size] = \
                b'\xff' * window.size
        soc.qmp(soc.slave, 'slave-boot')
        crashed(soc, pid)
        recovered(soc)


@test('vector tables that lead nowhere: outside of the windows, into data')
def vectors():
    stack = 0x20010000
    entries = {'outside of the windows': 0x40000001,
               'at the end of a window': 0x00040001,
               'not Thumb code': 0x00000100,
               'erased memory': 0x00001001}
    with Pair(firmware=None) as soc:
        pid = soc.pid(soc.slave)
        code = soc.windows(soc.slave)[0]
        for entry in entries.values():
            soc.memory[code.offset:code.offset + code.size] = \
                b'\xff' * code.size
            soc.memory[code.offset:code.offset + 8] = \
                struct.pack('<II', stack, entry)
            soc.qmp(soc.slave, 'slave-boot')
            crashed(soc, pid)
            soc.shutdown()
        recovered(soc)
    return ', '.join(entries)


@test("the master's software is told, and its IDM says what the core does")
def seen():
    with Pair() as soc:
        def peer_core():
            return soc.qmp(soc.master, 'query-idm')[0]['links'][0]['peer-core']
        expect_equal(peer_core(), 'running', 'peer-core')
        soc.slave_side.do('lockup')
        soc.wait_core('crashed')
        expect_equal(peer_core(), 'crashed', 'peer-core')
        wait_until(lambda: soc.master_side.get('crashes') == 1,
                   'crash interrupt')
        soc.shutdown()
        expect_equal(peer_core(), 'held', 'peer-core')


main()
