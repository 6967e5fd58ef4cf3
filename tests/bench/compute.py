# SPDX-License-Identifier: GPL-2.0-or-later
"""What Cortex-M4s compute, alone and two at once, with and without the
series."""

import contextlib
import os
import time

from figure import Figure, Goal
from het import GUEST, expect, expect_equal, wait_until
from qemu import ALIGN, BENCH, STOCK_ARM, Cluster, Qemu, Segment

STOCK, STOCK_2 = 'stock mps2-an386', 'two stock mps2-an386'
MASTER, SLAVE, BOTH = 'master', 'slave', 'master and slave'
AN386_RAM = 16 << 20
LOOPS = {'straight': 'a loop in one piece', 'calls': 'a loop that calls'}
# What one of the count takes: until there is enough to see
COUNTS = {'compute': 1000, 'straight': 500, 'calls': 500}


class An386:
    """A stock machine, in a QEMU without the series"""

    def __init__(self):
        self.segment = Segment(AN386_RAM)
        self.parts = []
        try:
            qemu = Qemu(
                '-M', 'mps2-an386,memory-backend=ram', '-object',
                f'memory-backend-file,id=ram,size={AN386_RAM},share=on,'
                f'mem-path={self.segment.path}',
                '-kernel', os.path.join(GUEST, 'bench-an386-compute.elf'),
                fds=[self.segment.fd], emulator=STOCK_ARM)
        except BaseException:
            self.segment.close()
            raise
        self.parts.append((self.segment.block(0), qemu))
        qemu.run()

    def close(self):
        self.parts.pop()[1].close()
        self.segment.close()


class Ours:
    """A SoC of two, of which those that are named compute"""

    def __init__(self, series):
        self.cluster = cluster = Cluster(
            master='bench-compute.elf', slave='bench-compute.elf',
            master_cpu='cortex-m4', apart=True)
        master = cluster.block, cluster.master
        slave = cluster.segment.block(cluster.ram_of(ALIGN)), cluster.slaves[0]
        self.parts = {MASTER: [master], SLAVE: [slave],
                      BOTH: [master, slave]}[series]
        if series == SLAVE:
            cluster.master.stop()
        if series != MASTER:
            cluster.slaves[0].qmp('slave-boot')

    def close(self):
        self.parts = []
        self.cluster.close()


MAKERS = {STOCK: [An386], STOCK_2: [An386, An386],
          MASTER: [lambda: Ours(MASTER)], SLAVE: [lambda: Ours(SLAVE)],
          BOTH: [lambda: Ours(BOTH)]}


class Compute:
    """Speeds are by CPU time of the vCPU's thread: how much of its core it
    gets is the host's. Each process has a core of its own."""

    def __init__(self, cpus, scale, repetitions):
        self.cpus, self.scale, self.repetitions = cpus, scale, repetitions
        self.work = Figure('compute', 'A program that computes: lists, '
                           'matrices, text, checksums; of each processor',
                           '1000/s')
        self.work.ours = {'ours': lambda s: BOTH if s in (BOTH, STOCK_2)
                          else SLAVE}
        self.loops = {name: Figure(
            f'instructions-{name}', 'Instructions of a Cortex-M4, '
            f'{text}', 'million/s', (SLAVE,))
            for name, text in LOOPS.items()}
        self.figures = [self.work, *self.loops.values()]
        self.results = {}

    def run(self):
        for _ in range(self.repetitions):
            for series, makers in MAKERS.items():
                try:
                    with contextlib.ExitStack() as stack:
                        parts = [part for maker in makers for part
                                 in stack.enter_context(
                                     contextlib.closing(maker())).parts]
                        self.repeat(series, parts)
                except Exception as error:  # a failure is a result
                    self.work.fail(series, error)

    def repeat(self, series, parts):
        """parts: [(block, emulator)]"""
        for (block, qemu), cpu in zip(parts, self.cpus):
            qemu.pin({cpu})
            wait_until(lambda b=block: b.get('ready') == 1, 'it is ready')
        self.work.add(series, [
            count / seconds / 1000
            for count, seconds in self.execute(parts, 'compute')])
        if series not in (STOCK, SLAVE):
            return
        for name, figure in self.loops.items():
            insns = BENCH['BENCH_ROUNDS'] * \
                BENCH[f'BENCH_{name.upper()}_INSNS']
            figure.add(series, [
                insns * count / seconds / 1e6
                for count, seconds in self.execute(parts, name)])

    def execute(self, parts, command):
        """(count, CPU time in seconds) of each processor"""
        self.once(parts, command, max(1, COUNTS[command] // 50))
        count = int(COUNTS[command] * self.scale)
        return [(count, seconds) for seconds
                in self.once(parts, command, count)]

    def once(self, parts, command, count):
        before = [qemu.vcpu_time() for _, qemu in parts]
        for block, _ in parts:
            block.set(result=0)
            block.start(command, count)
        left, seconds = list(range(len(parts))), {}
        end = time.monotonic() + 60
        while left:
            expect(time.monotonic() < end, f'{command}: no end in 60 s')
            time.sleep(0.001)
            for i in left:
                block, qemu = parts[i]
                if block.finished():
                    seconds[i] = (qemu.vcpu_time() - before[i]) / 1e9
            left = [i for i in left if i not in seconds]
        for block, _ in parts:
            # Whoever computes it, it is the same.
            result = block.get('result')
            expect_equal(result, self.results.setdefault((command, count),
                                                         result),
                         f'{command}, {count} times')
        return [seconds[i] for i in range(len(parts))]

    def goals(self):
        yield Goal('a slave that computes / a stock mps2-an386', 0.99,
                   self.work.ratio(SLAVE, STOCK), least=True)
        yield Goal('master and slave that compute / two stock mps2-an386',
                   0.99, self.work.ratio(BOTH, STOCK_2), least=True)
        for name, text in LOOPS.items():
            yield Goal(f'instructions per second, {text}: slave / stock', 0.99,
                       self.loops[name].ratio(SLAVE, STOCK), least=True)
