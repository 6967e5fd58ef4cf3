# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot: from the host, from the master's software, with hetctl."""

import json
import os
import time

from figure import Figure, Goal
from het import GUEST, Pair, expect, hetctl, virsh
from qemu import CORE_HZ, Cluster

REGISTER, QMP = "master's register write", 'QMP slave-boot'
COMMAND, VIRSH = 'hetctl boot', 'virsh qemu-monitor-command'
PATIENCE = 5.0


def once(cluster):
    """Seconds from the QMP command to the first store, seen by the host."""
    slave, block = cluster.slaves[0], cluster.block
    slave.qmp('slave-reset')
    block.set(first_store=0)
    start = time.perf_counter()
    slave.qmp.send('slave-boot')
    while not block.get('first_store'):
        expect(time.perf_counter() - start < PATIENCE, 'no first store')
    seconds = time.perf_counter() - start
    slave.qmp.receive('slave-boot')
    return seconds


class Boot:
    """QEMU processes alone."""

    def __init__(self, cpus, count, repetitions):
        self.cpus, self.count, self.repetitions = cpus, count, repetitions
        self.figure = Figure('boot', 'From the release of the boot line to '
                             "the slave's first store", 'us', (REGISTER,))
        self.figures = [self.figure]

    def run(self):
        for _ in range(self.repetitions):
            try:
                self.repeat()
            except Exception as error:  # a failure is a result
                self.figure.fail(REGISTER, error)

    def repeat(self):
        cluster = Cluster(slave='bench-first-store.elf')
        try:
            cluster.block.wait_ready()
            cluster.master.pin({self.cpus[0]})
            cluster.slaves[0].pin({self.cpus[1]})
            cluster.block.start('boot', self.count)
            cluster.block.wait('boot')
            self.figure.add(REGISTER, [
                1e6 * sample / CORE_HZ
                for sample in cluster.block.samples(self.count)])
            cluster.master.stop()
            self.figure.add(QMP, [1e6 * once(cluster)
                                  for _ in range(self.count)])
        finally:
            cluster.close()

    def goals(self):
        summary = self.figure.summary(REGISTER)
        yield Goal('register write to first store, median', 200,
                   summary and summary['median'], 'us')
        yield Goal('register write to first store, p99', 2000,
                   summary and summary['p99'], 'us')


class Commands:
    """hetctl over libvirt."""

    def __init__(self, count, repetitions):
        self.count, self.repetitions = count, repetitions
        self.boot = Figure('hetctl-boot', 'A whole command', 'ms', (COMMAND,))
        self.cycle = Figure('hetctl-cycle', 'Boot and shutdown of a slave, '
                            'with another firmware each time', '1/s')
        self.figures = [self.boot, self.cycle]

    def run(self):
        with Pair() as soc:
            soc.shutdown()
            for _ in range(self.repetitions):
                self.repeat(soc)

    def repeat(self, soc):
        boots, peers = [], []
        for _ in range(self.count):
            boots.append(timed(soc.boot))
            soc.shutdown()
            peers.append(timed(lambda: virsh(
                'qemu-monitor-command', soc.domain(soc.slave),
                '{"execute":"query-status"}')))
        self.boot.add(COMMAND, boots)
        self.boot.add(VIRSH, peers)
        result = json.loads(hetctl(
            'cycle', soc.name, soc.slave, '--count', str(10 * self.count),
            '--firmware', os.path.join(GUEST, 'pair-slave-a.elf'),
            '--firmware', os.path.join(GUEST, 'pair-slave-b.elf'),
            '--format', 'json').stdout)
        self.cycle.add('hetctl cycle', [result['cycles-per-second']])

    def goals(self):
        yield Goal('hetctl boot, whole command', 12,
                   self.boot.median(COMMAND), 'ms')


def timed(function):
    """Milliseconds"""
    start = time.perf_counter()
    function()
    return 1e3 * (time.perf_counter() - start)
