# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages from Linux user space to the Cortex-M4 and back."""

import contextlib
import os
import re

import hotspots
from figure import Figure, Goal
from het import BUILD, GUEST, hmp
from linux import LinuxSoc
from mainjob import start_firmware, wait_tty

SIZES = (16, 64, 128, 256, 496)
RPMSG, PIPE = 'rpmsg', 'pipe in Linux'
PROFILED_SIZE = 64
# Debian's other kernel for armhf, machine `virt` instead of the board, and the
# other chip, with a 64-bit Linux
LPAE, VIRT, IMX8MM, OTHER_SIZES = ', LPAE', ', virt', ', i.MX8M Mini', (64, 496)
LPAE_FILES = os.path.join(BUILD, 'bench', 'lpae')


def series(size, peer, kernel=''):
    return f'{size} bytes, {peer}{kernel}'


def with_lpae(folder):
    path = os.path.join(folder, 'chips', 'stm32mp157-linux.xml')
    with open(path, encoding='utf-8') as file:
        xml = file.read()
    for name in ('vmlinuz-armhf', 'initramfs.cpio.gz'):
        xml = xml.replace(os.path.join(GUEST, name),
                          os.path.join(LPAE_FILES, name))
    with open(path, 'w', encoding='utf-8') as file:
        file.write(xml)


@contextlib.contextmanager
def only(one, socs):
    """The others need no CPU meanwhile."""
    others = [(soc, processor) for soc in socs if soc is not one
              for processor in (soc.master, soc.slave)]
    for soc, processor in others:
        soc.qmp(processor, 'stop')
    yield
    for soc, processor in others:
        soc.qmp(processor, 'cont')


def emulator_counters(soc):
    """What the emulators count: {(processor, what): how often}"""
    counters = {}
    for name, processor in (('Linux', soc.master), ('M4', soc.slave)):
        text = hmp(soc.domain(processor), 'info jit')
        for what in ('TB invalidate count', 'TLB full flushes',
                     'TLB partial flushes'):
            counters[name, what] = int(re.search(rf'{what} +(\d+)',
                                                 text)[1])
        link = soc.qmp(processor, 'query-idm')[0]['links'][0]
        counters[name, 'interrupts sent'] = link['sent'] - link['coalesced']
    return counters


class Rpmsg:
    def __init__(self, count, repetitions, profile_count):
        self.count, self.repetitions = count, repetitions
        self.profile_count = profile_count
        self.latency = Figure('rpmsg-latency', 'Message from Linux user space '
                              'to the other side and back', 'us')
        self.rate = Figure('rpmsg-rate', 'Payload there and back again, in '
                           'bursts of 12 messages', 'KB/s')
        self.figures = [self.latency, self.rate]
        for figure in self.figures:
            figure.ours = {RPMSG: lambda s: s.replace(PIPE, RPMSG)}
        self.profile = None

    def run(self):
        with LinuxSoc(name='bench-lpae', prepare=with_lpae,
                      example='stm32mp157') as lpae, \
                LinuxSoc(name='bench-virt') as virt, \
                LinuxSoc(name='bench-imx8mm', example='imx8mm') as imx8mm, \
                LinuxSoc(name='bench-board', example='stm32mp157') as soc:
            all_of_them = lpae, virt, imx8mm, soc
            for each in all_of_them:
                start_firmware(each.linux, 'imx8mm-echo.elf'
                               if each is imx8mm else 'rpmsg-echo.elf')
                wait_tty(each.linux)
            for _ in range(self.repetitions):
                with only(soc, all_of_them):
                    self.take(soc.linux, SIZES)
                with only(lpae, all_of_them):
                    self.take(lpae.linux, OTHER_SIZES, LPAE)
                with only(virt, all_of_them):
                    self.take(virt.linux, OTHER_SIZES, VIRT)
                with only(imx8mm, all_of_them):
                    self.take(imx8mm.linux, OTHER_SIZES, IMX8MM)
            with only(soc, all_of_them):
                self.profile = hotspots.take(
                    {'Linux': soc.pid(soc.master), 'M4': soc.pid(soc.slave)},
                    lambda: self.loop(soc.linux), self.profile_count,
                    lambda: emulator_counters(soc))

    def loop(self, linux):
        """Microseconds of a round trip."""
        output = linux.run(f'rpmsg-test bench {PROFILED_SIZE} '
                           f'{self.profile_count} loop', timeout=120)
        return int(re.search(r'microseconds=(\d+)', output)[1]) / \
            self.profile_count

    @staticmethod
    def bench(linux, size, peer, count):
        """Round trips in microseconds, KB/s."""
        where = ' pipe' if peer == PIPE else ''
        output = linux.run(f'rpmsg-test bench {size} {count}{where}',
                           timeout=120)
        samples = re.search(r'nanoseconds:([\d\s]+)messages=', output)[1]
        rate = re.search(r'bytes=(\d+) microseconds=(\d+)', output)
        return ([int(ns) / 1e3 for ns in samples.split()],
                1e3 * int(rate[1]) / max(int(rate[2]), 1))

    def take(self, linux, sizes, kernel=''):
        for size in sizes:
            for peer in (RPMSG, PIPE):
                latency, rate = self.bench(linux, size, peer, self.count)
                name = series(size, peer, kernel)
                self.latency.add(name, latency)
                self.rate.add(name, [rate])

    def goals(self):
        rpmsg, pipe = (series(PROFILED_SIZE, peer) for peer in (RPMSG, PIPE))
        yield Goal('rpmsg, 64 bytes there and back', 120,
                   self.latency.median(rpmsg), 'us')
        yield Goal('rpmsg / pipe in Linux, 64 bytes', 1.3,
                   self.latency.ratio(rpmsg, pipe))
