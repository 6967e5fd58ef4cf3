# SPDX-License-Identifier: GPL-2.0-or-later
"""What Linux takes to boot, and two of its processes to compute: on machine
virt with and without the series, on the board, with one processor and two."""

import contextlib
import os
import re
import socket
import tempfile
import time

import qemu
from figure import Figure, Goal
from het import GUEST, expect
from linux import BOOT_S, LinuxSoc
from mainjob import Console

STOCK, OURS, BOARD = 'stock virt', 'virt', 'stm32mp157'
TWO = ', 2 processors'
COMMAND_LINE = 'console=ttyAMA0 loglevel=6 panic=-1 cryptomgr.notests'
# Nothing but what a processor does alone
PREPARE = 'dd if=/dev/zero of=/zeros bs=1M count={} 2>/dev/null'
BUSY = 'for n in 1 2; do sha256sum /zeros >/dev/null & done; wait'


class Virt:
    """Machine virt without libvirt, as the example stm32mp157-virt has it but
    for the SoC"""

    def __init__(self, emulator, cpus=1, more=()):
        self.qemu = qemu.Qemu(
            '-M', 'virt', '-cpu', 'cortex-a7', '-smp', str(cpus), '-m', '512',
            '-kernel', os.path.join(GUEST, 'vmlinuz-armhf'), '-initrd',
            os.path.join(GUEST, 'initramfs.cpio.gz'), '-append', COMMAND_LINE,
            '-chardev', 'pty,id=console', '-serial', 'chardev:console', *more,
            emulator=emulator)
        try:
            path = next(char['filename'] for char
                        in self.qemu.qmp('query-chardev')
                        if char['label'] == 'console')
            self.linux = Console(path.removeprefix('pty:'))
        except BaseException:
            self.qemu.close()
            raise

    def boot(self):
        self.qemu.run()
        self.linux.read_until('HET-READY', BOOT_S)

    def vcpu_seconds(self):
        return self.qemu.vcpu_time() / 1e9

    def close(self):
        self.linux.close()
        self.qemu.close()


class Board:
    """The example, from `hetctl start`"""

    def __init__(self, cpus=1):
        self.stack = contextlib.ExitStack()
        self.soc = self.stack.enter_context(LinuxSoc(
            example='stm32mp157', name='bench-linux', started=False,
            change=lambda text:
            text.replace('</os>', f'</os><vcpu>{cpus}</vcpu>')))

    def boot(self):
        self.soc.begin()
        self.linux = self.soc.linux

    def vcpu_seconds(self):
        vcpus = self.soc.qmp(self.soc.master, 'query-cpus-fast')
        pid = self.soc.pid(self.soc.master)
        return sum(qemu.cpu_time(pid, vcpu['thread-id'])
                   for vcpu in vcpus) / 1e9

    def close(self):
        self.stack.close()


MAKERS = {STOCK: lambda: Virt(qemu.STOCK_ARM), OURS: lambda: Virt(qemu.ARM),
          BOARD: Board,
          STOCK + TWO: lambda: Virt(qemu.STOCK_ARM, 2),
          OURS + TWO: lambda: Virt(qemu.ARM, 2), BOARD + TWO: lambda: Board(2)}


class Stub:
    """An emulator's debugger stub"""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(BOOT_S)
        self.sock.connect(path)
        self.got = b''

    def send(self, text):
        packet = text.encode()
        self.sock.sendall(b'$%s#%02x' % (packet, sum(packet) & 0xff))

    def interrupt(self):
        self.sock.sendall(b'\x03')

    def receive(self):
        while True:
            match = re.search(rb'\$([^#]*)#..', self.got)
            if match:
                self.got = self.got[match.end():]
                self.sock.sendall(b'+')
                return match[1].decode()
            more = self.sock.recv(4096)
            expect(more, 'the emulator has closed its debugger stub')
            self.got += more

    def close(self):
        self.sock.close()


def instructions():
    """How many Linux executes until its shell, on machine virt: as counted by
    the emulator with the series. Its ticks and waits make it differ by some
    hundredths."""
    with tempfile.TemporaryDirectory(prefix='hetctl-bench.') as folder, \
            contextlib.ExitStack() as stack:
        path = os.path.join(folder, 'gdb')
        virt = stack.enter_context(contextlib.closing(Virt(
            qemu.ARM, more=['-gdb', f'unix:{path},server=on,wait=off'])))
        stub = stack.enter_context(contextlib.closing(Stub(path)))
        stub.send('Qqemu.StopCount:1')
        expect(stub.receive() == 'OK', 'the emulator counts no instructions')
        stub.send('c')
        virt.linux.read_until('HET-READY', BOOT_S)
        stub.interrupt()
        said = stub.receive()
        counted = re.search(r'executed:([0-9a-f]+);', said)
        expect(counted, f"no count in the stub's '{said}'")
        return int(counted[1], 16)


class Linux:
    def __init__(self, mib, repetitions):
        self.mib, self.repetitions = mib, repetitions
        self.shell = Figure('linux-shell', "From the emulator's start to "
                            "Linux' shell", 's')
        self.cpu = Figure('linux-cpu', 'CPU time of the vCPUs until then', 's')
        self.speed = Figure('linux-speed', 'Guest instructions until then, for '
                            'each second of CPU time', 'million/s')
        self.busy = Figure('linux-busy', 'Two processes of Linux that compute, '
                           'until both are done', 's')
        self.figures = [self.shell, self.cpu, self.speed, self.busy]
        for figure in self.figures:
            figure.ours = {OURS: lambda s: s.replace(STOCK, OURS)
                           if s.startswith(STOCK) else s}
        for figure in (self.shell, self.busy):
            figure.ours['2 processors'] = \
                lambda s: s if s.endswith(TWO) else s + TWO

    def run(self):
        counted = instructions()
        print(f'  {counted} instructions until the shell', flush=True)
        for _ in range(self.repetitions):
            for series, maker in MAKERS.items():
                try:
                    self.repeat(series, maker, counted)
                except Exception as error:  # a failure is a result
                    self.shell.fail(series, error)

    def repeat(self, series, maker, counted):
        with contextlib.closing(maker()) as made:
            start = time.perf_counter()
            made.boot()
            self.shell.add(series, [time.perf_counter() - start])
            seconds = made.vcpu_seconds()
            self.cpu.add(series, [seconds])
            if series in (STOCK, OURS):
                self.speed.add(series, [counted / seconds / 1e6])
            made.linux.run(PREPARE.format(self.mib))
            start = time.perf_counter()
            made.linux.run(BUSY, timeout=120)
            self.busy.add(series, [time.perf_counter() - start])

    def goals(self):
        yield Goal("Linux' boot to the shell, stm32mp157", 3.2,
                   self.shell.median(BOARD), 's')
        yield Goal("guest instructions per second of Linux' boot, virt / stock "
                   'virt', 1.3, self.speed.ratio(OURS, STOCK), least=True)
        for series in (BOARD, OURS):
            yield Goal(f"Linux' boot, {series}: 2 processors / 1", 1,
                       self.shell.ratio(series + TWO, series))
            yield Goal(f'two busy processes in Linux, {series}: 2 processors '
                       '/ 1', 0.9, self.busy.ratio(series + TWO, series))
