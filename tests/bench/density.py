# SPDX-License-Identifier: GPL-2.0-or-later
"""What many SoCs take that do nothing: CPU time, and which of their threads
wake up how often."""

import collections
import contextlib
import os
import re
import time

import hotspots
from figure import Figure
from het import expect_equal, hetctl, qemu_processes
from linux import LinuxSoc
from mainjob import start_firmware, wait_tty
from saved import talking

# Firmware of the M4: sleeps until there is a message, or has timers of 1 kHz
FIRMWARES = {'rpmsg-echo': 'rpmsg-echo.elf',
             'timers of 1 kHz': 'stm32mp1-openamp.elf'}
SETTLE_S = 5
PREFIX = 'bench-idle'


def wakes(pid):
    """{name of a thread, as hotspots has it: how often it has slept so far}"""
    found = collections.Counter()
    for tid in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{tid}/status', encoding='utf-8') as file:
            slept = int(re.search(r'^voluntary_ctxt_switches:\s*(\d+)',
                                  file.read(), re.MULTILINE)[1])
        vcpu = tid != str(pid) and hotspots.is_vcpu(pid, tid)
        found['vCPU' if vcpu else 'main loop' if tid == str(pid)
              else 'other'] += slept
    return found


def sums():
    """({thread: ns of CPU time}, {thread: sleeps}) of all clones"""
    cpu, slept = collections.Counter(), collections.Counter()
    for pid, name in qemu_processes().items():
        if not name.startswith(PREFIX + '-'):
            continue
        who = 'M4' if name.endswith('.m4') else 'Linux'
        for thread, (ran, _) in hotspots.threads(pid).items():
            cpu[f'{who}: {thread}'] += ran
        for thread, count in wakes(pid).items():
            slept[f'{who}: {thread}'] += count
    return cpu, slept


class Density:
    """Clones of one that talks, on all of the host's CPUs. What each takes is
    the part of it of all."""

    def __init__(self, clones, seconds, repetitions, firmwares=FIRMWARES):
        self.clones, self.seconds = clones, seconds
        self.repetitions, self.firmwares = repetitions, firmwares
        self.cpu = Figure('density-cpu', f'CPU time of a SoC that idles, of '
                          f'{clones}', '% of a core')
        self.wakes = Figure('density-wakes', 'How often its threads wake up',
                            '1/s', better='less')
        self.figures = [self.cpu, self.wakes]

    def run(self):
        for name in self.firmwares:
            with LinuxSoc(name='bench-density', example='stm32mp157') as soc:
                start_firmware(soc.linux, FIRMWARES[name])
                wait_tty(soc.linux)
                soc.linux.close()
                path = os.path.join(soc.folder, 'saved')
                hetctl('save', soc.name, path)
                try:
                    with self.clones_of(path, soc.master):
                        for _ in range(self.repetitions):
                            self.repeat(name)
                finally:
                    hetctl('restore', path)
                    soc.open_again()

    @contextlib.contextmanager
    def clones_of(self, path, master):
        names = [f'{PREFIX}-{i + 1}' for i in range(self.clones)]
        hetctl('clone', path, '--count', str(self.clones), '--name', PREFIX,
               timeout=300)
        try:
            for name in names:
                with talking(name, master):
                    pass
            time.sleep(SETTLE_S)
            yield
        finally:
            for name in names:
                hetctl('destroy', name)
                hetctl('undefine', name)

    def repeat(self, firmware):
        cpu, slept = sums()
        start = time.perf_counter()
        time.sleep(self.seconds)
        cpu_now, slept_now = sums()
        seconds = (time.perf_counter() - start) * self.clones
        expect_equal(sorted(cpu_now), sorted(cpu), 'threads')
        self.cpu.add(f'{firmware}, all', [
            (cpu_now.total() - cpu.total()) / seconds / 1e7])
        for thread in sorted(cpu):
            series = f'{firmware}, {thread}'
            self.cpu.add(series, [(cpu_now[thread] - cpu[thread]) /
                                  seconds / 1e7])
            self.wakes.add(series, [(slept_now[thread] - slept[thread]) /
                                    seconds])

    def goals(self):
        return []
