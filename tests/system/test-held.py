#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who can make a slave's core run, and who cannot."""

import time

from het import Pair, expect, expect_equal, main, test, virsh


def has_not_run(soc, after):
    time.sleep(0.05)
    core = soc.core()
    expect_equal((core['state'], core['boots']), ('held', 0), after)
    expect_equal(soc.slave_side.get('magic'), 0, f'firmware ran after {after}')


@test('cont, resume and resets leave a held core in reset')
def held():
    with Pair(firmware=None) as soc:
        soc.slave_side.clear()
        soc.load('pair-slave-a.elf')
        has_not_run(soc, 'start')
        soc.qmp(soc.slave, 'cont')
        has_not_run(soc, 'cont')
        domain = soc.domain(soc.slave)
        virsh('suspend', domain)
        virsh('resume', domain)
        has_not_run(soc, 'suspend and resume')
        virsh('reset', domain)
        has_not_run(soc, 'reset')
        soc.boot()
        soc.slave_side.wait_ready()


@test('a core without memory waits, remembers the release, starts with it')
def no_memory():
    with Pair(firmware=None) as soc:
        window = soc.core()['windows'][0]
        soc.qmp(soc.slave, 'slave-detach-memory', id=window['id'])
        expect_equal(soc.core()['state'], 'wait-memory', 'state')
        soc.slave_side.clear()
        soc.load('pair-slave-a.elf')
        soc.qmp(soc.slave, 'slave-boot')
        core = soc.core()
        expect_equal((core['state'], core['released'], core['boots']),
                     ('wait-memory', True, 0), 'after slave-boot')
        with open(soc.segment_path, 'r+b') as segment:
            soc.getfd(soc.slave, 'window', segment)
        soc.qmp(soc.slave, 'slave-attach-memory', id=window['id'],
                fdname='window', offset=window['offset'])
        soc.slave_side.wait_ready()
        expect_equal(soc.core()['state'], 'running', 'state')


@test("the master's software boots the core and puts it back into reset")
def guest():
    with Pair(firmware=None) as soc:
        for i in range(1, 6):
            soc.run_slave('pair-slave-a.elf',
                          lambda: soc.master_side.do('release', 0))
            core = soc.core()
            expect_equal((core['state'], core['boots']), ('running', i),
                         'after release')
            soc.master_side.do('hold', 0)
            soc.wait_core('held')
            expect_equal(soc.core()['reason'], 'guest-reset', 'reason')


@test('a suspended core does not run, and goes on after resume')
def suspended():
    with Pair() as soc:
        virsh('suspend', soc.domain(soc.slave))
        before = soc.slave_side.get('ticks')
        time.sleep(0.1)
        expect_equal(soc.slave_side.get('ticks'), before,
                     'ticks while suspended')
        virsh('resume', soc.domain(soc.slave))
        expect(soc.slave_side.do('ping', 3).ok, 'no answer after resume')


main()
