#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hetctl watch: a SoC stays as its XML wants it."""

import os
import random
import re
import signal
import time

from het import (NOT_FOUND, Pair, children_left, expect, expect_equal, hetctl,
                 lock_path, main, measured, test, virsh, wait_until)
from life import (SEED, SLAVE_STEPS, Watch, can_restart_libvirtd, is_stopped,
                  kill_libvirtd, start_libvirtd, summary, times)


def on_crash(value):
    return lambda text: text.replace(
        "<boot control='guest'/>",
        f"<boot control='guest'/><on_crash>{value}</on_crash>")


def on_demand(text):
    return text.replace("<boot control='guest'/>",
                        "<boot control='guest' attach='request'/>")


def kill(soc, processor):
    os.kill(soc.pid(processor), signal.SIGKILL)


def links(soc):
    return [link['state'] for processor in (soc.master, soc.slave)
            for idm in soc.qmp(processor, 'query-idm')
            for link in idm['links']]


def rings(soc):
    """All of both directions work."""
    answer = soc.master_side.do('ring', 0, 5, 3, 5000)
    expect(answer.ok and answer.result[0] == 3, f'rings: {answer}')


@test('a slave killed at random moments of a load comes back, linked')
def restart():
    count = times(5, 50)
    seconds = []
    random.seed(SEED)
    measured(f'seed {SEED}')
    with Pair() as soc, Watch(soc) as watch:
        boots = soc.master_side.get('boots')
        for i in range(count):
            soc.master_side.send('ring', 0, i % 32, 10**6, 10**6)
            time.sleep(random.uniform(0, 0.1))
            since = time.monotonic()
            kill(soc, soc.slave)
            watch.wait('WATCH_RESTARTED', soc.slave, reason='crashed')
            expect_equal((links(soc), soc.core()['state']),
                         (['connected'] * 2, 'held'), 'links, core')
            # The master's firmware is in its command until it is reset.
            hetctl('reset', soc.name)
            boots += 1
            wait_until(lambda: soc.master_side.get('boots') == boots,
                       'the master serves again')
            soc.run_slave('pair-slave-a.elf')
            rings(soc)
            seconds.append(time.monotonic() - since)
        slave = soc.status()['processors'][1]
        expect_equal((slave['restarts'], slave['restart-reason']),
                     (count, 'crashed'), 'status')
        expect(f'restarts: {count} (crashed)' in
               hetctl('status', soc.name).stdout, 'status')
    return f'{count} kills, to the next ring: {summary(seconds)}'


@test('<on_crash>preserve</on_crash>: it stays away, start brings it back')
def preserve():
    with Pair(change=on_crash('preserve')) as soc, Watch(soc) as watch:
        kill(soc, soc.slave)
        watch.wait('WATCH_PRESERVED', soc.slave, reason='crashed')
        expect_equal(soc.status()['state'], 'partial', 'state')
        expect(soc.master_side.do('ping', 1).ok, 'the master')
        hetctl('start', soc.name, soc.slave)
        expect_equal(soc.status()['state'], 'running', 'state')
        soc.run_slave('pair-slave-b.elf')
        rings(soc)
        expect('WATCH_RESTARTED' not in watch.names(), f'{watch.names()}')


@test('<on_crash>destroy</on_crash>: the whole SoC ends')
def destroy():
    with Pair(change=on_crash('destroy')) as soc, Watch(soc) as watch:
        soc.unmap()
        kill(soc, soc.slave)
        watch.wait('WATCH_DESTROYED')
        soc.expect_nothing_left(defined=True)
        soc.start()
        expect_equal(soc.status()['state'], 'running', 'state')


@test('a slave that was destroyed on purpose is left alone')
def on_purpose():
    with Pair() as soc, Watch(soc) as watch:
        for end in (lambda: hetctl('destroy', soc.name, soc.slave),
                    lambda: virsh('destroy', soc.domain(soc.slave))):
            end()
            watch.wait('DOMAIN_STOPPED', soc.slave, reason='destroyed')
            time.sleep(0.3)
            expect_equal(children_left(soc.name), [soc.domain(soc.master)],
                         'processes')
            hetctl('start', soc.name, soc.slave)
        expect('WATCH_RESTARTED' not in watch.names(), f'{watch.names()}')


@test('a lost link is connected again')
def relink():
    with Pair() as soc, Watch(soc) as watch:
        for at, peer in ((soc.master, soc.slave), (soc.slave, soc.master)):
            soc.qmp(at, 'idm-disconnect', id='idm', peer=peer)
            watch.wait('WATCH_RELINKED', soc.slave)
            expect_equal(links(soc), ['connected'] * 2, 'links')
            if soc.core()['state'] != 'running':
                soc.run_slave('pair-slave-a.elf')
            rings(soc)


@test('a slave that dies again and again is restarted twice a second at most')
def patience():
    count = 26
    with Pair() as soc, Watch(soc) as watch:
        since = time.monotonic()
        for _ in range(count):
            kill(soc, soc.slave)
            watch.wait('WATCH_RESTARTED')
        seconds = time.monotonic() - since
        expect(count <= 21 + 2 * seconds, f'{count} in {seconds:.1f} s')
        soc.run_slave('pair-slave-a.elf')
        rings(soc)
    return f'{count} restarts in {seconds:.1f} s'


def windows(soc):
    with open(f'/proc/{soc.pid(soc.slave)}/maps', encoding='ascii') as file:
        mapped = re.findall(r'/dev/shm/hetctl', file.read())
    attached = [w['attached'] for w in soc.core()['windows']]
    expect(bool(mapped) == any(attached), f'{mapped} {attached}')
    return attached


@test("memory on demand: attached when the master's software boots the slave")
def demand():
    count = times(10, 100)
    with Pair(firmware=None, change=on_demand) as soc, Watch(soc) as watch:
        soc.slave_side.set('boots', 0)
        for i in range(1, count + 1):
            expect_equal((windows(soc), soc.core()['state']),
                         ([False] * 2, 'wait-memory'), 'before')
            soc.run_slave('pair-slave-a.elf',
                          lambda: soc.master_side.do('release', 0))
            watch.wait('SLAVE_BOOT_REQUEST', soc.slave)
            expect_equal((windows(soc), soc.core()['boots']),
                         ([True] * 2, i), 'running')
            rings(soc)
            soc.master_side.do('hold', 0)
            soc.wait_core('wait-memory')
        # A crash leaves memory and core as they are, until somebody acts.
        soc.run_slave('pair-slave-a.elf',
                      lambda: soc.master_side.do('release', 0))
        soc.slave_side.do('lockup')
        soc.wait_core('crashed')
        expect_equal(windows(soc), [True] * 2, 'crashed')
        soc.master_side.do('hold', 0)
        soc.wait_core('wait-memory')
        soc.boot()
        soc.shutdown()
        expect_equal(windows(soc), [False] * 2, 'after hetctl shutdown')
    return f'{count} boots'


@test('memory on demand: a core that is released between the look of the watch '
      'and its detach runs on')
def released_meanwhile():
    with Pair(firmware=None, change=on_demand) as soc, \
            Watch(soc, env={'HETCTL_FAULT': 'stop:watch-detach'}) as watch:
        soc.run_slave('pair-slave-a.elf',
                      lambda: soc.master_side.do('release', 0))
        watch.wait('SLAVE_STATE_CHANGED', soc.slave, state='running')
        soc.master_side.do('hold', 0)
        wait_until(lambda: is_stopped(watch.process.pid), 'about to detach')
        soc.run_slave('pair-slave-a.elf',
                      lambda: soc.master_side.do('release', 0))
        os.kill(watch.process.pid, signal.SIGCONT)
        watch.wait('SLAVE_STATE_CHANGED', soc.slave, state='running')
        core = soc.core()
        expect_equal((core['state'], core['boots']), ('running', 2), 'core')
        expect_equal([stop['reason'] for stop in core['stops']],
                     ['guest-reset'], 'stops')
        rings(soc)


@test('what happened while nobody watched is made good')
def late():
    with Pair(firmware=None, change=on_demand) as soc:
        soc.slave_side.clear()
        soc.load('pair-slave-a.elf')
        soc.master_side.do('release', 0)
        expect_equal(soc.core()['state'], 'wait-memory', 'without watch')
        with Watch(soc):
            soc.slave_side.wait_ready()
        kill(soc, soc.slave)
        wait_until(lambda: 'crashed' in virsh('domstate', '--reason',
                                              soc.domain(soc.slave)), 'dead')
        with Watch(soc) as watch:
            watch.wait('WATCH_RESTARTED')


@test('it waits for a SoC to start, and idles without a lock')
def waits():
    with Pair(firmware=None) as soc, Watch(soc) as watch:
        soc.destroy()
        soc.start()
        watch.wait('DOMAIN_RESUMED', soc.master)
        kill(soc, soc.slave)
        watch.wait('WATCH_RESTARTED')
        time.sleep(0.3)
        lock = lock_path(soc.name)
        expect(not os.path.exists(lock), f'{lock} is held')
        with open(f'/proc/{watch.process.pid}/stat',
                  encoding='ascii') as file:
            before = file.read().split()[13:15]
        time.sleep(1)
        with open(f'/proc/{watch.process.pid}/stat',
                  encoding='ascii') as file:
            ticks = sum(map(int, file.read().split()[13:15])) - \
                sum(map(int, before))
        expect(ticks <= 1, f'{ticks} ticks of CPU time in an idle second')
        expect_equal(watch.stop(signal.SIGINT), 0, 'exit code')
    hetctl('watch', 'no-such-soc', code=NOT_FOUND)


@test('a restart of libvirtd: SoC and watch go on, what was missed is done')
def libvirtd():
    if not can_restart_libvirtd():
        return 'not tested: libvirtd is not ours'
    count = times(2, 10)
    with Pair(change=on_crash('restart')) as soc, Watch(soc) as watch:
        for i in range(count):
            pid = soc.pid(soc.master)
            pidfile = kill_libvirtd()
            watch.wait('LIBVIRT_LOST')
            rings(soc)
            if i % 2:
                kill(soc, soc.slave)
            start_libvirtd(pidfile)
            watch.wait('LIBVIRT_CONNECTED')
            if not i % 2:
                kill(soc, soc.slave)
            watch.wait('WATCH_RESTARTED')
            expect_equal(soc.pid(soc.master), pid, 'pid of the master')
            soc.run_slave('pair-slave-a.elf')
            rings(soc)
    return f'{count} restarts'


@test('a watch that is killed at any step of a restart: the next one does it')
def killed():
    with Pair() as soc:
        for step in SLAVE_STEPS:
            with Watch(soc, env={'HETCTL_FAULT': f'kill:{step}'}) as watch:
                kill(soc, soc.slave)
                expect_equal(watch.process.wait(timeout=10), -signal.SIGKILL,
                             step)
            with Watch(soc) as watch:
                wait_until(lambda: soc.status()['state'] == 'running' and
                           links(soc) == ['connected'] * 2, step)
            soc.run_slave('pair-slave-a.elf')
            rings(soc)


main()
