# SPDX-License-Identifier: GPL-2.0-or-later
"""Two that interrupt each other, one class for each way to do it."""

import contextlib
import glob
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

from het import BUILD, GUEST, expect, wait_until
from qemu import (ALIGN, BENCH, CORE_HZ, IDM_AT, IRQ, Cluster, Qemu, Segment,
                  het_m_master)

TOOLS = os.path.join(BUILD, 'bench', 'bin')
WARM_UP = 64
# Where it runs, and what else does
OWN, SAME, AWAKE, BUSY = 'own cores', 'same core', 'receiver awake', \
    'busy host'
VARIANTS = (OWN, SAME, AWAKE, BUSY)
IVSHMEM_SIZE, IVSHMEM_AT = 4 << 20, 0x60000000
AN521_RAM, AN521_HZ = 16 << 20, 20_000_000


class Raw:
    """Two processes and eventfds, no emulator."""

    variants = (OWN, SAME, BUSY)

    def __init__(self, how):
        self.how = how

    def measure(self, variant, cpus, count):
        if variant == SAME:
            cpus = cpus[:1] * 2
        done = subprocess.run(
            [os.path.join(TOOLS, 'pingpong'), self.how, str(count),
             *map(str, cpus)], capture_output=True, check=False)
        expect(done.returncode == 0, done.stderr.decode())
        return [ns for ns, in struct.iter_unpack('I', done.stdout)]

    def close(self):
        pass


class Guests:
    """Firmware of guest/bench; subclasses make block and qemus. They are
    stopped while others are measured."""

    variants = VARIANTS
    command = 'round_trip'
    hz = CORE_HZ

    def wait_ready(self):
        self.block.wait_ready()
        wait_until(lambda: self.block.get('ready'), 'bench-pong is ready')
        self.stop()

    def stop(self):
        for qemu in self.qemus:
            qemu.stop()

    def pin(self, cpus):
        for i, qemu in enumerate(self.qemus):
            qemu.pin({cpus[i % len(cpus)]})

    def take(self, command, count):
        """Samples in nanoseconds."""
        self.block.start(command, count)
        self.block.wait(command)
        return [sample * 1e9 / self.hz for sample in self.block.samples(count)]

    def measure(self, variant, cpus, count):
        self.pin(cpus[:1] if variant == SAME else cpus)
        self.block.set(awake=variant == AWAKE)
        for qemu in self.qemus:
            qemu.run()
        try:
            self.take(self.command, min(WARM_UP, count))
            return self.take(self.command, count)
        finally:
            self.stop()

    def timer_reads(self, cpus, count):
        """Nanoseconds of one read of the guest's timer."""
        self.pin(cpus)
        self.qemus[0].run()
        try:
            return [sample / BENCH['BENCH_TIMER_READS']
                    for sample in self.take('timer', count)]
        finally:
            self.qemus[0].stop()

    def close(self):
        for qemu in self.qemus:
            qemu.close()
        self.block = None
        self.segment.close()


class Idm(Guests):
    """A slave with an IDM, as hetctl starts it."""

    def __init__(self, *properties):
        self.cluster = Cluster(properties=properties)
        self.block, self.qemus = self.cluster.block, self.cluster.qemus
        self.cluster.boot()
        self.wait_ready()

    def close(self):
        self.block = None
        self.cluster.close()


class Recorded(Idm):
    """The same with flight recorders."""

    AREA = 0x100000

    def __init__(self):
        super().__init__()
        self.areas = Segment(len(self.qemus) * self.AREA)
        for i, qemu in enumerate(self.qemus):
            qemu.qmp.give('recorder', self.areas.fd)
            qemu.qmp('recorder-attach', fdname='recorder',
                     offset=i * self.AREA, size=self.AREA)

    def close(self):
        super().close()
        self.areas.close()


def may_be_realtime():
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        return False
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return True


class Fifo(Idm):
    """The same, with <vcpusched scheduler='fifo' priority='1'/> and
    <emulatorsched scheduler='fifo' priority='2'/>."""

    variants = (BUSY,)

    def __init__(self):
        super().__init__()
        for qemu in self.qemus:
            vcpus = [vcpu['thread-id']
                     for vcpu in qemu.qmp('query-cpus-fast')]
            for tid in qemu.threads():
                with contextlib.suppress(ProcessLookupError):
                    os.sched_setscheduler(
                        tid, os.SCHED_FIFO,
                        os.sched_param(1 if tid in vcpus else 2))


class Plain(Guests):
    """Two processors of machine het-m over one RAM, without an IDM."""

    def __init__(self, transport, more=(), **block):
        self.segment = Segment(3 * ALIGN)
        self.block = self.segment.block(2 * ALIGN)
        self.block.set(transport=BENCH[f'BENCH_{transport.upper()}'], peers=1,
                       **block)
        self.qemus = []
        try:
            for i, (role, cpu) in enumerate((('ping', 'cortex-m33'),
                                             ('pong', 'cortex-m4'))):
                self.qemus.append(Qemu(
                    *het_m_master(self.segment, i * ALIGN, 2 * ALIGN, cpu),
                    *more, '-kernel', os.path.join(GUEST, f'bench-{role}.elf'),
                    fds=[self.segment.fd]))
            self.connect()
            for qemu in self.qemus:
                qemu.run()
            self.wait_ready()
        except BaseException:
            self.close()
            raise

    def connect(self):
        """What must be before the firmware starts."""


class Memory(Plain):
    """No interrupt at all: each polls the other's word."""

    variants = (OWN,)
    command = 'poll'

    def __init__(self):
        super().__init__('memory')


def eventfds(qemu):
    """The kernel's numbers of a process's eventfds."""
    found = set()
    for path in glob.glob(f'/proc/{qemu.pid}/fdinfo/*'):
        with contextlib.suppress(FileNotFoundError), \
                open(path, encoding='ascii') as file:
            match = re.search(r'^eventfd-id: *(\d+)', file.read(),
                              re.MULTILINE)
            if match:
                found.add(match[1])
    return found


class Ivshmem(Plain):
    """Upstream's ivshmem-flat and its server; ids in the order of start."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix='hetctl-bench.')
        path = os.path.join(self.folder.name, 'socket')
        # pylint: disable=consider-using-with
        self.server = subprocess.Popen(
            [os.path.join(TOOLS, 'ivshmem-server'), '-F', '-S', path,
             '-m', self.folder.name, '-l', str(IVSHMEM_SIZE), '-n', '1'],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            wait_until(lambda: os.path.exists(path), 'ivshmem-server listens')
            device = {'driver': 'sysbus-place', 'id': 'ivshmem',
                      'device-type': 'ivshmem-flat',
                      'addrs': [IDM_AT, IVSHMEM_AT], 'irqs': [IRQ],
                      'properties': {'chardev': 'server',
                                     'shmem-size': str(IVSHMEM_SIZE)}}
            super().__init__(
                'ivshmem', ['-chardev', f'socket,id=server,path={path}',
                            '-device', json.dumps(device)],
                first_peer=1, pong_peer=0)
        except BaseException:
            self.end_server()
            raise

    def connect(self):
        wait_until(lambda: len(set.intersection(*map(eventfds,
                                                     self.qemus))) == 2,
                   'both have got both eventfds')

    def end_server(self):
        self.server.kill()
        self.server.wait()
        self.folder.cleanup()

    def close(self):
        super().close()
        self.end_server()


class Mhu(Guests):
    """Two cores in one process."""

    hz = AN521_HZ

    def __init__(self):
        self.segment = Segment(AN521_RAM)
        self.block = self.segment.block(0)
        self.block.set(transport=BENCH['BENCH_MHU'], peers=1)
        self.qemus = []
        try:
            self.qemus.append(Qemu(
                '-M', 'mps2-an521,memory-backend=ram', '-object',
                f'memory-backend-file,id=ram,size={AN521_RAM},share=on,'
                f'mem-path={self.segment.path}',
                '-kernel', os.path.join(GUEST, 'bench-an521-ping.elf'),
                '-device', 'loader,file=' +
                os.path.join(GUEST, 'bench-an521-pong.elf'),
                fds=[self.segment.fd]))
            self.qemus[0].run()
            self.wait_ready()
        except BaseException:
            self.close()
            raise

    def pin(self, cpus):
        self.qemus[0].pin_vcpus(cpus)


@contextlib.contextmanager
def hogs(cpus):
    """A process on each CPU that only computes."""
    running = [subprocess.Popen([sys.executable, '-c', 'while True: pass'])
               for _ in cpus]
    try:
        for process, cpu in zip(running, cpus):
            os.sched_setaffinity(process.pid, {cpu})
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()
