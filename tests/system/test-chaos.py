#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""Twenty hetctl at once on three SoCs, while hetctl, emulators and libvirtd are
killed: nothing gets stuck, nothing is left."""

import collections
import contextlib
import os
import random
import signal
import subprocess
import threading
import time

from het import (GUEST, HETCTL, LIBVIRT, OK, Soc, expect, expect_equal, main,
                 measured, qemu_processes, run, test, wait_until)
from life import (SEED, can_restart_libvirtd, forget_lost, kill_libvirtd,
                  start_libvirtd, times)

HETCTLS = 20
SECONDS = times(15, 300)
# libvirt's 10 s for an emulator, 14 s for another destroy, and the others
STUCK_S = 120
FIRMWARE = ('--firmware', os.path.join(GUEST, 'pair-slave-a.elf'))
COMMANDS = (('start',), ('start',), ('start', 'm4'), ('destroy',),
            ('destroy', 'm4'), ('boot', 'm4', *FIRMWARE),
            ('boot', 'm4', '--wait', *FIRMWARE), ('shutdown', 'm4'),
            ('reset', 'm4'), ('reset',), ('suspend',), ('resume',),
            ('status',), ('cycle', 'm4', '-n', '3', *FIRMWARE))


class Chaos:
    def __init__(self, names):
        self.names = names
        self.end = time.monotonic() + SECONDS
        self.running = {}
        self.codes = collections.Counter()
        self.kills = collections.Counter()
        self.bad = []
        self.lock = threading.Lock()

    def is_over(self):
        return time.monotonic() >= self.end or self.bad

    def command(self, dice):
        word, *more = dice.choice(COMMANDS)
        return [word, dice.choice(self.names), *more]

    def run_one(self, args):
        with subprocess.Popen([HETCTL, *args], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True) as process:
            with self.lock:
                self.running[process.pid] = process
            try:
                output, _ = process.communicate(timeout=STUCK_S)
            except subprocess.TimeoutExpired:
                self.bad.append(f'{args} is stuck')
                process.kill()
                return
            finally:
                with self.lock:
                    del self.running[process.pid]
        code = process.returncode
        with self.lock:
            self.codes[code] += 1
        # SIGTERM comes from a destroy: it is exit code 1.
        if not 0 <= code <= 9 and code != -signal.SIGKILL:
            self.bad.append(f'{args}: exit code {code}: {output}')

    def work(self, number):
        dice = random.Random(f'{SEED}-{number}')
        while not self.is_over():
            self.run_one(self.command(dice))

    def kill_hetctl(self, dice):
        with self.lock:
            if self.running:
                dice.choice(list(self.running.values())).kill()

    def kill_emulator(self, dice):
        mine = [pid for pid, name in qemu_processes().items()
                if name.rsplit('.', 1)[0] in self.names]
        if mine:
            with contextlib.suppress(ProcessLookupError):
                os.kill(dice.choice(mine), signal.SIGKILL)

    def kill_libvirtd(self, dice):
        pidfile = kill_libvirtd()
        time.sleep(dice.uniform(0, 0.2))
        start_libvirtd(pidfile)

    def kill(self):
        dice = random.Random(f'{SEED}-kill')
        ways = [self.kill_hetctl] * 20 + [self.kill_emulator] * 20
        if can_restart_libvirtd():
            ways.append(self.kill_libvirtd)
        while not self.is_over():
            time.sleep(dice.uniform(0, 0.3))
            way = dice.choice(ways)
            way(dice)
            self.kills[way.__name__] += 1

    def go(self):
        threads = [threading.Thread(target=self.work, args=[i])
                   for i in range(HETCTLS)]
        for thread in threads:
            thread.start()
        try:
            self.kill()
        finally:
            self.end = 0
            for thread in threads:
                thread.join()


def lives(soc):
    """Whatever it is in by now, it can be ended, and then works as ever. How
    often libvirtd had lost a domain of it."""
    lost = 0
    done = run(HETCTL, 'destroy', soc.name)
    while done.returncode == LIBVIRT and forget_lost(done):
        lost += 1
        done = run(HETCTL, 'destroy', soc.name)
    expect_equal(done.returncode, OK, f'destroy: {done.stderr}')
    soc.expect_nothing_left(defined=True)
    soc.start()
    expect_equal(soc.status()['state'], 'running', 'state')
    soc.boot(firmware='pair-slave-a.elf')
    soc.wait_core('running')
    return lost


@test('twenty hetctl, and kill -9 of them, of emulators and of libvirtd')
def chaos():
    measured(f'seed {SEED}')
    with contextlib.ExitStack() as stack:
        socs = [stack.enter_context(Soc('bare-pair', name=f'chaos-{name}'))
                for name in 'abc']
        chaos = Chaos([soc.name for soc in socs])
        chaos.go()
        expect(not chaos.bad, '\n'.join(chaos.bad))
        wait_until(lambda: run('virsh', '-q', 'list').returncode == 0,
                   'libvirtd answers', 30)
        lost = sum(lives(soc) for soc in socs)
    expect(chaos.codes[0] and chaos.codes[-signal.SIGKILL], f'{chaos.codes}')
    return (f'{sum(chaos.codes.values())} commands, {chaos.codes[0]} of them '
            f'did what they should, {sum(chaos.kills.values())} kills, '
            f"{chaos.kills['kill_libvirtd']} of libvirtd, which lost {lost} "
            'starts')


main()
