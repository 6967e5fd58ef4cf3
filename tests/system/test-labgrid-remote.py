#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: alone
# run: long
"""labs/labgrid: SoCs that an exporter exports, used through a coordinator from
another network."""

import concurrent.futures
import contextlib
import os
import time

import sshd
from het import HETCTL, Soc, expect, expect_equal, hetctl, main, measured, test
from labnet import Lab, why_not
from life import LONG, times

NAME = 'stm32mp157-%02d'
SOCS = 12


def with_lab(function):
    def call():
        why = sshd.why_not() or why_not()
        return f'not tested: {why}' if why else function()
    return call


def passed(done):
    expect(done.returncode == 0 and '1 passed' in done.stdout,
           f'{done.stdout[-3000:]}{done.stderr[-1000:]}')


@test('a place of another network: only for who has it, its echo test, its '
      'power; nothing runs afterwards')
@with_lab
def one_place():
    name = NAME % 1
    rounds = times(1, 20)
    with Soc('stm32mp157', name=name) as soc, Lab() as lab:
        done = lab.pytest(name, timeout=120)
        expect(done.returncode != 0 and name in done.stdout, done.stdout)
        lab.place(name)
        taken = lab.client('-p', name, 'acquire', user='other')
        expect(taken.returncode != 0, taken.stdout)
        other = lab.pytest(name, timeout=120, user='other')
        expect(other.returncode != 0, other.stdout)
        expect_equal(soc.status()['state'], 'shut off', 'state')
        for _ in range(rounds):
            passed(lab.pytest(name, timeout=400))
            soc.expect_nothing_left(defined=True)
        for command, state in ('on', 'running'), ('off', 'shut off'):
            done = lab.client('-c', 'remote.yaml', 'power', command,
                              place=name)
            expect(done.returncode == 0, done.stdout + done.stderr)
            expect_equal(soc.status()['state'], state, 'state')
        lab.release(name)
    measured(f'{rounds} times')


BAD = '''
bad-host:
  NetworkHetctlSoc:
    host: 'x/system?command=/bin/false&'
    soc: a
bad-option:
  NetworkHetctlSoc:
    host: -oProxyCommand=false
    soc: a
bad-soc:
  NetworkHetctlSoc:
    host: 192.0.2.1
    soc: --connect=test:///default
no-soc:
  NetworkHetctlSoc:
    host: 192.0.2.1
    user: root
    port: 2222
    hetctl: {hetctl}
    soc: nobody
no-host:
  NetworkHetctlSoc:
    host: 192.0.2.77
    soc: a
'''


@test('what an exporter says is not trusted; a SoC or a host that is not there '
      'is said')
@with_lab
def hostile():
    with Lab() as lab:
        path = os.path.join(lab.folder, 'bad.yaml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(BAD.format(hetctl=HETCTL))
        lab.export(path, 'bad')
        for name, word in (('bad-host', 'host'), ('bad-option', 'host'),
                           ('bad-soc', 'soc'), ('no-soc', 'nobody'),
                           ('no-host', '192.0.2.77')):
            lab.place(name, f'bad/{name}/NetworkHetctlSoc')
            done = lab.pytest(name, timeout=120)
            expect(done.returncode != 0 and word in done.stdout,
                   f'{name}: {done.stdout[-2000:]}{done.stderr[-1000:]}')
            lab.release(name)


def memory():
    """MiB that are available on the host"""
    with open('/proc/meminfo', encoding='ascii') as file:
        for line in file:
            if line.startswith('MemAvailable:'):
                return int(line.split()[1]) >> 10
    return 0


@test(f'{SOCS} SoCs at once, each by a client of its own: all echo tests pass')
@with_lab
def many():
    if not LONG:
        return 'not tested: with HETCTL_LONG=1'
    names = [NAME % i for i in range(1, SOCS + 1)]
    before = memory()
    with contextlib.ExitStack() as stack:
        for name in names:
            stack.enter_context(Soc('stm32mp157', name=name))
        lab = stack.enter_context(Lab())
        for name in names:
            lab.place(name)
        start = time.monotonic()
        least = before
        with concurrent.futures.ThreadPoolExecutor(SOCS) as pool:
            jobs = [pool.submit(lab.pytest, name, timeout=1500)
                    for name in names]
            most = 0
            while not all(job.done() for job in jobs):
                running = hetctl('list', '--name').stdout.split()
                most = max(most, len(running))
                least = min(least, memory())
                time.sleep(1)
            for job in jobs:
                passed(job.result())
        measured(f'{time.monotonic() - start:.0f} s, {most} at once, '
                 f'{(before - least) / SOCS:.0f} MiB for each')
        for name in names:
            lab.release(name)
    return None


main()
