# SPDX-License-Identifier: GPL-2.0-or-later
"""What a slave costs: memory, CPU time while idle, speed of its windows."""

import os
import time

from figure import Figure, Goal
from het import GUEST, expect
from qemu import (ALIGN, ARM, BENCH, CORE_HZ, FIELDS, RAM, RAM_AT, STOCK_ARM,
                  Cluster, Qemu, Segment, attach, het_m_slave, memory_of)

STOCK, SAME_QEMU = 'stock mps2-an386', 'mps2-an386'
MASTER, SLAVE = 'master', 'slave'
STOCK_HZ = 25_000_000
TICKS = (0, 100, 1000)
# Whose tick wakes the core differs from start to start, by more than what is
# measured at that rate: so often, each time so much shorter.
STARTS = {100: 6}
WINDOW, PRIVATE = 'window', 'private RAM'


class Idle:
    """A SoC and a stock machine, in QEMU with and without the series, all with
    the same guest and a Cortex-M4, at the same time. Where their threads wake each other from core to core costs
    more than what is measured, so all are on one."""

    def __init__(self, hz, cpu):
        self.cluster = Cluster(master='bench-pong.elf',
                               master_cpu='cortex-m4',
                               tick=CORE_HZ // hz if hz else 0)
        cycles = STOCK_HZ // hz if hz else 0
        self.processes = {}
        try:
            for name, emulator in ((STOCK, STOCK_ARM), (SAME_QEMU, ARM)):
                self.processes[name] = Qemu(
                    '-M', 'mps2-an386', '-kernel',
                    os.path.join(GUEST, 'bench-pong.elf'), '-device',
                    f'loader,addr={RAM_AT + FIELDS["tick_cycles"]:#x},'
                    f'data={cycles},data-len=4', emulator=emulator)
                self.processes[name].run()
            self.processes.update({MASTER: self.cluster.master,
                                   SLAVE: self.cluster.slaves[0]})
            self.cluster.boot()
        except BaseException:
            self.close()
            raise
        for qemu in self.processes.values():
            qemu.pin({cpu})

    def close(self):
        for name in (STOCK, SAME_QEMU):
            if name in self.processes:
                self.processes[name].close()
        self.cluster.close()


class Cost:
    def __init__(self, cpus, seconds, count, repetitions):
        self.cpu_core, self.seconds, self.count = cpus[0], seconds, count
        self.repetitions = repetitions
        self.rss = Figure('memory-rss', 'Resident memory of a process',
                          'MiB', (SLAVE,))
        self.pss = Figure('memory-pss', 'Memory of a process, what is shared '
                          'divided by the number of sharers', 'MiB',
                          (SLAVE,))
        self.cpu = {hz: Figure(f'idle-{hz}', 'CPU time of a process whose '
                               f'guest sleeps, tick of {hz} Hz',
                               '% of a core', (SLAVE,)) for hz in TICKS}
        self.copy = Figure('copy', 'Copying within a memory', 'MB/s',
                           (WINDOW,))

        self.figures = [self.rss, self.pss, *self.cpu.values(), self.copy]

    def run(self):
        for _ in range(self.repetitions):
            for hz in TICKS:
                starts = STARTS.get(hz, 1)
                for _ in range(starts):
                    self.idle(hz, self.seconds / min(starts, 4))
            self.copies()

    def idle(self, hz, seconds):
        idle = Idle(hz, self.cpu_core)
        try:
            time.sleep(0.3)     # until nothing is translated any more
            before = {name: q.run_time() for name, q in idle.processes.items()}
            start = time.perf_counter()
            time.sleep(seconds)
            for name, qemu in idle.processes.items():
                after, elapsed = qemu.run_time(), time.perf_counter() - start
                used = sum(ns - before[name].get(tid, 0)
                           for tid, ns in after.items())
                self.cpu[hz].add(name, [used / elapsed / 1e7])
            if not hz:
                self.memory(idle)
        finally:
            idle.close()

    def memory(self, idle):
        for name, qemu in idle.processes.items():
            memory = memory_of(qemu.pid)
            self.rss.add(name, [memory['rss'] / 1024])
            self.pss.add(name, [memory['pss'] / 1024])

    def copies(self):
        segment = Segment(2 * ALIGN)
        slave = Qemu(*het_m_slave(), '-object',
                     f'memory-backend-ram,id=private,size={RAM}', '-device',
                     'memory-map,memdev=private,'
                     f'addr={BENCH["BENCH_PRIVATE_RAM"]:#x}')
        block = segment.block(ALIGN)
        try:
            segment.load('bench-ping.elf', 0)
            attach(slave, segment, 0, ALIGN)
            slave.run()
            slave.qmp('slave-boot')
            block.wait_ready()
            block.start('copy', 2 * self.count)
            block.wait('copy')
            self.add_copies(block.samples(2 * self.count))
        finally:
            slave.close()
            block = None
            segment.close()

    def add_copies(self, samples):
        expect(all(samples), 'a copy took no time')
        size = BENCH['BENCH_COPY_SIZE'] * BENCH['BENCH_COPY_PASSES']
        for name, first in ((WINDOW, 0), (PRIVATE, 1)):
            self.copy.add(name, [size * CORE_HZ / cycles / 1e6
                                 for cycles in samples[first::2]])

    def goals(self):
        yield Goal('copy in a window / in private RAM', 0.98,
                   self.copy.ratio(WINDOW, PRIVATE), least=True)
        yield Goal('RSS of a slave / of a stock mps2-an386', 1.05,
                   self.rss.ratio(SLAVE, STOCK))
        more = [figure.difference(name, STOCK)
                for figure in self.cpu.values() for name in (MASTER, SLAVE)]
        yield Goal('idle process, more than stock', 0.2,
                   None if None in more else max(more), 'points')
        more = [self.cpu[100].difference(name, STOCK)
                for name in (MASTER, SLAVE)]
        yield Goal('idle process with a tick of 100 Hz, more than stock', 0.1,
                   None if None in more else max(more), 'points')
