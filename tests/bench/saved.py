# SPDX-License-Identifier: GPL-2.0-or-later
"""Saving, restoring, cloning Linux and an M4 that talk."""

import contextlib
import json
import os
import re
import time

from figure import Figure, Goal
from het import anonymous, hetctl, qemu_processes, virsh
from linux import LinuxSoc
from mainjob import REMOTEPROC, Console, start_firmware, wait_tty

MIB, IDLE_S = 1 << 20, 15
SAVE, RESTORE, REVERT = 'save', 'restore, to shell and echo', \
    'snapshot revert, to shell and echo'
BOOT = 'boot, to shell and echo'
UP, ANSWERS = 'until all are up', 'until all have answered'
PRIVATE, SHARED = "its emulators'", "its part of /dev/shm"
BOOTED, IDLE = 'has just booted', f'idle for {IDLE_S} s'
BEFORE, AFTER = 'before', 'after a restore'
BOOTS = 10
STOP_AND_START = (f'echo stop > {REMOTEPROC}/state; '
                  'while [ -e /dev/ttyRPMSG0 ]; do :; done; '
                  f'echo start > {REMOTEPROC}/state; '
                  'until [ -e /dev/ttyRPMSG0 ]; do :; done')


def used():
    """Bytes of /dev/shm"""
    state = os.statvfs('/dev/shm')
    return (state.f_blocks - state.f_bfree) * state.f_frsize


def emulators_of(prefix):
    """Bytes that are theirs alone"""
    total = 0
    for pid, name in qemu_processes().items():
        if name.startswith(prefix):
            with open(f'/proc/{pid}/smaps_rollup', encoding='utf-8') as file:
                text = file.read()
            total += sum(1024 * int(kib) for kib in re.findall(
                r'^Pss_(?:Anon|File): +(\d+)', text, re.MULTILINE))
    return total


class Saved:
    def __init__(self, repetitions, clones):
        self.repetitions, self.clones = repetitions, clones
        self.seconds = Figure('saved-seconds', 'Saving Linux and an M4 that '
                              'talk, and going on from there', 's',
                              (SAVE, RESTORE, REVERT))
        self.size = Figure('saved-size', 'The file', 'MiB', ('file',))
        self.trip = Figure('saved-trip', 'Message of 64 bytes from Linux to '
                           'the M4 and back', 'us', (AFTER,))
        self.boots = Figure('saved-boot', 'Linux stops the M4 and boots it, '
                            'until its tty is there', 'ms', (AFTER,))
        self.emulators = Figure('soc-memory', 'Memory of both emulators of '
                                'Linux and an M4 that talk', 'MiB', (IDLE,))
        self.up = Figure('clones-up', f'{clones} clones of Linux and an M4 '
                         'that talk', 's', (UP, ANSWERS))
        self.memory = Figure('clones-memory', 'Memory of a clone beyond the '
                             f'image, of {clones} that have answered', 'MiB',
                             (PRIVATE, SHARED))
        self.figures = [self.seconds, self.size, self.trip, self.boots,
                        self.emulators, self.up, self.memory]

    def run(self):
        with LinuxSoc(name='bench-saved', example='stm32mp157') as soc:
            path = os.path.join(soc.folder, 'saved')
            for _ in range(self.repetitions):
                self.boot(soc)
            for _ in range(self.repetitions):
                self.latency(soc.linux, BEFORE)
                self.boot_slave(soc.linux, BEFORE)
                self.save_and_restore(soc, path)
                self.latency(soc.linux, AFTER)
                self.boot_slave(soc.linux, AFTER)
            soc.linux.close()
            hetctl('snapshot', 'create', soc.name, 'here')
            for _ in range(self.repetitions):
                start = time.perf_counter()
                hetctl('snapshot', 'revert', soc.name, 'here')
                with talking(soc.name, soc.master):
                    self.seconds.add(REVERT, [time.perf_counter() - start])
            hetctl('snapshot', 'delete', soc.name, 'here')
            hetctl('save', soc.name, path)
            for _ in range(self.repetitions):
                self.clone(path, soc.master)
            hetctl('restore', path)
            soc.open_again()

    def boot(self, soc):
        soc.linux.close()
        soc.destroy()
        start = time.perf_counter()
        soc.begin()
        start_firmware(soc.linux, 'rpmsg-echo.elf')
        wait_tty(soc.linux)
        soc.linux.run('rpmsg-test echo 1')
        self.seconds.add(BOOT, [time.perf_counter() - start])
        pids = [soc.pid(name) for name in (soc.master, soc.slave)]
        self.emulators.add(BOOTED, [anonymous(pids)])
        time.sleep(IDLE_S)
        self.emulators.add(IDLE, [anonymous(pids)])

    def latency(self, linux, when):
        # The first take a tenth longer, after a boot as after a restore.
        linux.run('rpmsg-test bench 64 2000', timeout=120)
        output = linux.run('rpmsg-test bench 64 500', timeout=120)
        samples = re.search(r'nanoseconds:([\d\s]+)messages=', output)[1]
        self.trip.add(when, [int(ns) / 1e3 for ns in samples.split()])

    def boot_slave(self, linux, when):
        samples = []
        for _ in range(BOOTS):
            start = time.perf_counter()
            linux.run(STOP_AND_START)
            samples.append(1e3 * (time.perf_counter() - start))
        self.boots.add(when, samples)

    def save_and_restore(self, soc, path):
        soc.linux.close()
        start = time.perf_counter()
        said = json.loads(hetctl('save', soc.name, path, '-f',
                                 'json').stdout)
        self.seconds.add(SAVE, [time.perf_counter() - start])
        self.size.add('file', [said['size'] / MIB])
        start = time.perf_counter()
        hetctl('restore', path)
        with talking(soc.name, soc.master):
            self.seconds.add(RESTORE, [time.perf_counter() - start])
        soc.open_again()

    def clone(self, path, master):
        before = used()
        names = [f'bench-clone-{i + 1}' for i in range(self.clones)]
        start = time.perf_counter()
        hetctl('clone', path, '--count', str(self.clones), '--name',
               'bench-clone', timeout=300)
        try:
            self.up.add(UP, [time.perf_counter() - start])
            for name in names:
                with talking(name, master):
                    pass
            self.up.add(ANSWERS, [time.perf_counter() - start])
            image = os.path.getsize(path)
            self.memory.add(PRIVATE, [emulators_of('bench-clone-') /
                                      self.clones / MIB])
            self.memory.add(SHARED, [(used() - before - image) /
                                     self.clones / MIB])
        finally:
            for name in names:
                hetctl('destroy', name)
                hetctl('undefine', name)

    def goals(self):
        yield Goal('restore to a shell and an echo', 0.5,
                   self.seconds.median(RESTORE), 's')
        yield Goal('save', 0.5, self.seconds.median(SAVE), 's')
        yield Goal('file of a saved Linux and M4', 60,
                   self.size.median('file'), 'MiB')
        yield Goal('memory of both emulators of an idle Linux and M4', 44.5,
                   self.emulators.median(IDLE), 'MiB')
        yield Goal('round trip after a restore / before', 1.1,
                   self.trip.ratio(AFTER, BEFORE))
        yield Goal('boot of the M4 by Linux after a restore / before', 1.1,
                   self.boots.ratio(AFTER, BEFORE))
        yield Goal(f'{self.clones} clones up', 20, self.up.median(UP), 's')
        memory = [self.memory.median(series) for series in (PRIVATE, SHARED)]
        yield Goal('memory of a clone beyond the image', 60,
                   sum(memory) if None not in memory else None, 'MiB')


@contextlib.contextmanager
def talking(name, master):
    """Its shell has done one echo with the M4."""
    console = Console(virsh('ttyconsole', f'{name}.{master}').strip())
    try:
        console.type('\n')
        console.run('rpmsg-test echo 1')
        yield console
    finally:
        console.close()
