#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""hetctl suspend, resume, reset, reboot: no interrupt is lost, and a master
that starts again finds its slaves in reset and its mailboxes empty."""

import random
import re
import time

from het import (STATE, Pair, expect, expect_equal, hetctl, main, test, virsh,
                 wait_until)
from life import LONG, Events, times
from linux import LinuxSoc
from mainjob import REMOTEPROC, start_firmware, wait_tty

RINGS = 2000


def pending(soc):
    return [link[way] for processor in (soc.master, soc.slave)
            for idm in soc.qmp(processor, 'query-idm')
            for link in idm['links'] for way in ('pending-in', 'pending-out')]


@test('suspended at random moments of a load, no ring is lost')
def suspend():
    count = times(5, 200)
    with Pair() as soc:
        for i in range(count):
            soc.master_side.send('ring', 0, i % 32, RINGS, 60000)
            time.sleep(random.uniform(0, 0.05))
            hetctl('suspend', soc.name)
            expect_equal(soc.status()['state'], 'suspended', 'state')
            before = [side.get('ticks')
                      for side in (soc.master_side, soc.slave_side)]
            time.sleep(0.02)
            expect_equal([side.get('ticks') for side in
                          (soc.master_side, soc.slave_side)], before,
                         'ticks while suspended')
            hetctl('resume', soc.name)
            answer = soc.master_side.answer(60)
            expect(answer.ok and answer.result[0] == RINGS,
                   f'round {i}: {answer}')
        hetctl('resume', soc.name, code=STATE)
        hetctl('suspend', soc.name)
        hetctl('suspend', soc.name, code=STATE)
        soc.destroy()
        hetctl('suspend', soc.name, code=STATE)
        hetctl('resume', soc.name, code=STATE)
    return f'{count} times {RINGS} rings'


@test('a ring while the other side is suspended is delivered after resume')
def delivered():
    with Pair() as soc:
        virsh('suspend', soc.domain(soc.slave))
        before = soc.slave_side.rung(7)
        soc.master_side.do('post', 0, 7, 1)
        hetctl('suspend', soc.name)
        expect(1 << 7 in pending(soc), f'pending: {pending(soc)}')
        expect_equal(soc.slave_side.rung(7), before, 'seen while suspended')
        hetctl('resume', soc.name)
        wait_until(lambda: soc.slave_side.rung(7) == before + 1, 'delivered')


@test('the master goes first, and comes back last')
def order():
    with Pair() as soc, Events(soc) as events:
        seen = len(events.events)
        hetctl('suspend', soc.name)
        hetctl('resume', soc.name)
        events.wait('DOMAIN_RESUMED', soc.master)
        expect_equal([(e['event'][7:], e['processor'])
                      for e in events.events[seen:]],
                     [('SUSPENDED', soc.master), ('SUSPENDED', soc.slave),
                      ('RESUMED', soc.slave), ('RESUMED', soc.master)],
                     'order')


def master_is_fresh(soc, boots):
    wait_until(lambda: soc.master_side.get('boots') == boots,
               'the master serves again')
    core = soc.core()
    expect_equal((core['state'], core['released']), ('held', False), 'slave')
    expect(not any(pending(soc)), f'pending: {pending(soc)}')
    soc.run_slave('pair-slave-b.elf',
                  lambda: soc.master_side.do('release', 0))
    answer = soc.master_side.do('ring', 0, 1, 3, 5000)
    expect(answer.ok and answer.result[0] == 3, f'rings: {answer}')


@test('reset and reboot: slaves in reset, mailboxes empty, both start again')
def reset():
    with Pair() as soc:
        boots = soc.master_side.get('boots')
        pids = soc.pid(soc.master), soc.pid(soc.slave)
        for i in range(times(3, 30)):
            for way in ((hetctl, 'reset', soc.name),
                        (hetctl, 'reboot', soc.name),
                        (virsh, 'reset', soc.domain(soc.master))):
                soc.master_side.send('ring', 0, i % 32, 10**6, 10**6)
                time.sleep(random.uniform(0, 0.02))
                way[0](*way[1:])
                boots += 1
                master_is_fresh(soc, boots)
        expect_equal((soc.pid(soc.master), soc.pid(soc.slave)), pids, 'pids')
        hetctl('suspend', soc.name)
        hetctl('reset', soc.name)
        expect_equal(soc.status()['state'], 'suspended', 'state')
        hetctl('resume', soc.name)
        master_is_fresh(soc, boots + 1)


@test('reset of a slave: in reset from any state')
def reset_slave():
    with Pair() as soc:
        def held():
            hetctl('reset', soc.name, soc.slave)
            expect_equal(soc.core()['state'], 'held', 'state')
        held()
        held()
        soc.run_slave('pair-slave-a.elf')
        soc.slave_side.do('lockup')
        soc.wait_core('crashed')
        held()
        soc.run_slave('pair-slave-a.elf')
        virsh('suspend', soc.domain(soc.slave))
        held()
        virsh('resume', soc.domain(soc.slave))
        soc.run_slave('pair-slave-a.elf')
        hetctl('destroy', soc.name, soc.slave)
        hetctl('reset', soc.name, soc.slave, code=STATE)


def echo(linux, messages=50):
    result = linux.run(f'rpmsg-test echo {messages}', timeout=120)
    expect(re.search(rf'messages={messages} .*errors=0', result), result)


def boot_m4(linux):
    start_firmware(linux, 'rpmsg-echo.elf')
    wait_tty(linux)
    echo(linux)


def linux_again(soc, trigger):
    trigger()
    soc.wait_up()
    core = soc.core()
    expect_equal((core['state'], core['released']), ('held', False), 'core')
    expect(not any(pending(soc)), f'pending: {pending(soc)}')
    boot_m4(soc.linux)


def in_linux(soc, command):
    """A command that Linux does not survive"""
    soc.linux.run(f'(sleep 0.2; {command}) &')


@test('Linux: suspended during messages; starts again after each reset')
def linux():
    with LinuxSoc() as soc:
        pids = soc.pid(soc.master), soc.pid(soc.slave)
        boot_m4(soc.linux)
        soc.linux.run('rpmsg-test echo 500 >/tmp/log 2>&1 & true')
        for _ in range(times(5, 50)):
            time.sleep(random.uniform(0, 0.1))
            hetctl('suspend', soc.name)
            hetctl('resume', soc.name)
        soc.linux.run('wait; while pidof rpmsg-test >/dev/null; do '
                      'sleep 0.1; done; grep errors=0 /tmp/log', timeout=120)
        ways = {
            'hetctl reset': lambda: hetctl('reset', soc.name),
            'hetctl reboot': lambda: hetctl('reboot', soc.name),
            'reboot in Linux': lambda: in_linux(soc, 'reboot -f'),
            'panic': lambda: in_linux(soc, 'echo c >/proc/sysrq-trigger'),
            'virsh reset': lambda: virsh('reset', soc.domain(soc.master)),
        }
        if not LONG:
            ways = {way: ways[way] for way in ('panic',)}
        for way in ways.values():
            linux_again(soc, way)
        expect_equal((soc.pid(soc.master), soc.pid(soc.slave)), pids, 'pids')
        soc.linux.run(f'echo stop > {REMOTEPROC}/state')
    return ', '.join(ways)


main()
