#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hetctl killed at any moment, and several hetctl at once."""

import concurrent.futures
import os
import random
import re
import signal
import subprocess
import time

from het import (FAILED, HETCTL, NOT_FOUND, OK, STATE, TOP, Pair, Soc, expect,
                 expect_equal, hetctl, main, measured, run, test)
from life import SEED, SLAVE_STEPS, background, footprints, times


def faults():
    """The steps that the source knows."""
    found = []
    for name in ('start.c', 'slave-start.c'):
        with open(os.path.join(TOP, 'hetctl', 'run', name),
                  encoding='utf-8') as file:
            text = file.read()
        found += re.findall(r'het_fault\("([a-z-]+)"', text)
        for table in re.findall(r'steps\[\w*\] = \{(.*?)\n\};', text,
                                re.DOTALL):
            found += re.findall(r'\{ "([a-z-]+)"', table)
    return found


def works(soc):
    hetctl('reset', soc.name, soc.slave)
    side = soc.run_slave('pair-slave-a.elf')
    expect(side.do('ping', 1).ok, 'no answer')
    answer = soc.master_side.do('ring', 0, 3, 3, 5000)
    expect(answer.ok and answer.result[0] == 3, f'rings: {answer}')


@test('start of a slave, killed at any step: start finishes it, or destroy')
def slave_steps():
    expect_equal(set(faults()) & set(SLAVE_STEPS), set(SLAVE_STEPS), 'steps')
    with Pair() as soc:
        for step in SLAVE_STEPS:
            for again in (True, False):
                hetctl('destroy', soc.name, soc.slave)
                hetctl('start', soc.name, soc.slave, code=-signal.SIGKILL,
                       env={'HETCTL_FAULT': f'kill:{step}'})
                if not again:
                    hetctl('destroy', soc.name, soc.slave)
                hetctl('start', soc.name, soc.slave)
                expect_equal(soc.status()['state'], 'running', step)
                works(soc)
        for step in SLAVE_STEPS:
            hetctl('destroy', soc.name, soc.slave)
            hetctl('start', soc.name, soc.slave, code=FAILED,
                   env={'HETCTL_FAULT': f'fail:{step}'})
            expect_equal(soc.status()['state'], 'partial', step)
            hetctl('start', soc.name, soc.slave)
        hetctl('start', soc.name, soc.slave, code=STATE)
        works(soc)


@test('a command killed at a random moment: the next one works, nothing leaks')
def any_moment():
    count = times(8, 80)
    random.seed(SEED)
    measured(f'seed {SEED}')
    hit = 0
    with Soc('bare-pair') as soc:
        for i in range(count):
            command = ('start', 'destroy')[i % 2]
            with background(command, soc.name) as process:
                time.sleep(random.uniform(0, 0.3))
                hit += process.poll() is None
                process.kill()
            if i % 4 < 2:
                hetctl('destroy', soc.name)
                soc.expect_nothing_left(defined=True)
            else:
                hetctl('destroy', soc.name)
                soc.start()
                expect_equal(soc.status()['state'], 'running', 'state')
    expect(hit, 'no command was hit')
    return f'{hit} of {count} were hit'


@test('boot, shutdown and cycle killed at random moments leave no fd behind')
def cores():
    count = times(10, 100)
    # Each boot attaches the windows, each shutdown detaches them.
    with Pair(change=lambda text: text.replace(
            "<boot control='guest'/>",
            "<boot control='guest' attach='request'/>")) as soc:
        works(soc)
        before = footprints(soc)
        for i in range(count):
            command = ('boot', 'shutdown', 'cycle', 'reset')[i % 4]
            with background(command, soc.name, soc.slave) as process:
                time.sleep(random.uniform(0, 0.1))
                process.kill()
        works(soc)
        for name, now in footprints(soc).items():
            expect_equal((now.fds, now.segments),
                         (before[name].fds, before[name].segments), name)


def at_once(*commands):
    """Exit codes, in the order of the commands"""
    with concurrent.futures.ThreadPoolExecutor(len(commands)) as pool:
        jobs = [pool.submit(run, HETCTL, *command) for command in commands]
        return [job.result().returncode for job in jobs]


@test('two hetctl at once: the second waits or says busy, never a half state')
def two():
    with Pair(firmware=None) as soc:
        name, m4 = soc.name, soc.slave
        soc.load('pair-slave-a.elf')
        for _ in range(times(3, 30)):
            expect_equal(sorted(at_once(('boot', name, m4),
                                        ('boot', name, m4))),
                         [OK, STATE], 'boot, boot')
            expect_equal(at_once(('shutdown', name, m4), ('status', name)),
                         [OK, OK], 'shutdown, status')
            soc.unmap()
            codes = at_once(('destroy', name), ('destroy', name))
            expect_equal(codes, [OK, OK], 'destroy, destroy')
            soc.expect_nothing_left(defined=True)
            codes = at_once(('start', name), ('start', name))
            expect_equal(sorted(codes), [OK, STATE], 'start, start')
            expect_equal(soc.status()['state'], 'running', 'state')
            codes = at_once(('suspend', name), ('reset', name),
                            ('resume', name), ('status', name))
            expect(set(codes) <= {OK, STATE}, f'{codes}')
            run(HETCTL, 'resume', name)
            expect_equal(soc.status()['state'], 'running', 'state')
            codes = at_once(('destroy', name), ('start', name))
            expect(codes[0] == OK and codes[1] in (OK, STATE), f'{codes}')
            run(HETCTL, 'start', name)
            expect_equal(soc.status()['state'], 'running', 'state')
            soc.load('pair-slave-a.elf')
        hetctl('boot', name, m4)


@test('SoCs side by side, of the same XML under other names')
def side_by_side():
    with Pair(name='one') as one, Pair(name='two') as two:
        works(one)
        works(two)
        one.destroy()
        expect(two.slave_side.do('ping', 1).ok, 'no answer')
        hetctl('status', 'three', code=NOT_FOUND)
        subprocess.run([HETCTL, 'start', 'one'], check=True)
        expect(two.slave_side.do('ping', 2).ok, 'no answer')


main()
