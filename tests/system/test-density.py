#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: alone
# run: long
"""How many SoCs a host carries, and what happens with one more."""

import contextlib
import os
import time

from het import (GUEST, HETCTL, RESOURCE, Soc, anonymous, expect_equal, hetctl,
                 main, measured, run, segments, test, wait_until)
from life import times

IDLE_S = 20
BOOT_S = 600


def available():
    """MiB"""
    with open('/proc/meminfo', encoding='ascii') as file:
        return next(int(line.split()[1]) / 1024 for line in file
                    if line.startswith('MemAvailable:'))


def cpu_seconds(pids):
    """Of processes, so far"""
    ticks = 0
    for pid in pids:
        with open(f'/proc/{pid}/stat', encoding='ascii') as file:
            ticks += sum(map(int, file.read().rsplit(')', 1)[1].split()[11:13]))
    return ticks / os.sysconf('SC_CLK_TCK')


def is_up(soc):
    return 'HET-READY' in hetctl('logs', soc.name, 'a7').stdout


def fill(stack, names):
    """SoCs that run, until there is no memory for one more; and that one"""
    running = []
    for name in names:
        soc = stack.enter_context(Soc('stm32mp157', name=name))
        if run(HETCTL, 'start', name).returncode == RESOURCE:
            return running, soc
        running.append(soc)
    return running, None


def shared():
    """MiB in /dev/shm: segments and recorders"""
    return sum(os.stat(path).st_blocks for path in segments()) / 2048


def measure(running):
    pids = [soc.pid(name) for soc in running for name in ('a7', 'm4')]
    start = cpu_seconds(pids)
    time.sleep(IDLE_S)
    cpu = (cpu_seconds(pids) - start) / IDLE_S / len(running)
    measured(f'{len(running)} SoCs, each: {shared() / len(running):.0f} MiB in '
             f'/dev/shm, {anonymous(pids) / len(running):.0f} MiB of its '
             f'emulators; with Linux and the firmware idle {100 * cpu:.1f}% of '
             'a core')


@test('SoCs fill a host until there is no memory for one more, which leaves '
      'nothing; the others go on, and their memory comes back')
def density():
    if os.environ.get('HETCTL_PRIVATE') != 'inside':
        return 'not tested: no /dev/shm of our own'
    count = times(4, 16)
    size = count * 530
    if available() < 1.5 * size:
        return f'not tested: less than {1.5 * size:.0f} MiB of memory'
    done = run('mount', '-o', f'remount,size={size}m', '/dev/shm')
    expect_equal(done.returncode, 0, done.stderr)
    with contextlib.ExitStack() as stack:
        running, refused = fill(stack, [f'density-{i}'
                                        for i in range(count + 2)])
        expect_equal(len(running), count, 'SoCs that run')
        refused.expect_nothing_left(defined=True)
        for soc in running:
            wait_until(lambda soc=soc: is_up(soc), f'{soc.name} is up', BOOT_S)
            hetctl('boot', soc.name, 'm4', '--firmware',
                   os.path.join(GUEST, 'stm32mp1-openamp.elf'))
        measure(running)
        for soc in running:
            expect_equal(soc.status()['state'], 'running', soc.name)
            expect_equal(soc.core()['state'], 'running', f'm4 of {soc.name}')
        # What one gives back is enough for the next.
        running[0].destroy()
        refused.start()
    expect_equal(segments(), [], 'segments')
    return None


main()
