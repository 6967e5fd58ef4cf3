# SPDX-License-Identifier: GPL-2.0-or-later
"""From 1 to 16 slaves; how long the board's Linux takes to boot."""

import time

from figure import Figure, Goal
from het import GUEST, Soc, hetctl
from linux import LinuxSoc
from qemu import CORE_HZ, Cluster, memory_of

NUMBERS = (1, 2, 4, 8, 16)
TICK_HZ = 1000
BOARD, VIRT = 'stm32mp157', 'stm32mp157-virt'

PROCESSOR = '''
  <memory name='{name}-code' unit='KiB'>256</memory>
  <{role} name='{name}'>
    <os><type arch='armv7l' machine='het-m'/>{kernel}</os>
    <map memory='{name}-code' address='0x0'/>
    <map memory='ram' address='0x20000000'/>
  </{role}>'''
KERNEL = f'<kernel>{GUEST}/bench-pong.elf</kernel>'
ENDPOINT = "<endpoint processor='{}' address='0x50000000' irqs='40'/>"


def series(number):
    return f'{number} slave' + ('s' if number > 1 else '')


def soc_xml(name, slaves):
    names = [f's{i}' for i in range(slaves)]
    processors = [PROCESSOR.format(name='m', role='master', kernel=KERNEL)]
    processors += [PROCESSOR.format(name=name, role='slave', kernel='')
                   for name in names]
    endpoints = [ENDPOINT.format(name) for name in ['m', *names]]
    return (f'<soc><name>{name}</name>'
            "<memory name='ram' unit='MiB'>1</memory>" +
            ''.join(processors) + "<idm name='idm' model='idm'>" +
            ''.join(endpoints) + '</idm></soc>')


class Start:
    """hetctl start, and the memory of all processes then."""

    def __init__(self, repetitions):
        self.repetitions = repetitions
        self.seconds = Figure('start', 'hetctl start', 's', (series(16),))
        self.pss = Figure('start-pss', 'Memory of all processes of the SoC, '
                          'what is shared counted once', 'MiB',
                          (series(16),))
        self.figures = [self.seconds, self.pss]

    def run(self):
        for _ in range(self.repetitions):
            for number in NUMBERS:
                self.once(number)

    def once(self, number):
        name = f'bench{number}'
        with Soc('bare-pair', name=name,
                 change=lambda _: soc_xml(name, number)) as soc:
            start = time.perf_counter()
            hetctl('start', soc.name)
            self.seconds.add(series(number), [time.perf_counter() - start])
            processors = [soc.master] + [f's{i}' for i in range(number)]
            total = sum(memory_of(soc.pid(p))['pss'] for p in processors)
            self.pss.add(series(number), [total / 1024])

    def goals(self):
        yield Goal('start of 16 slaves / of 1 slave', 4,
                   self.seconds.ratio(series(16), series(1)))


class LinuxBoot:
    """From hetctl start to the shell of the master's Linux"""

    def __init__(self, repetitions):
        self.repetitions = repetitions
        self.figure = Figure('linux-boot', "From `hetctl start` to Linux' "
                             'shell', 's', (BOARD,))
        self.figures = [self.figure]

    def run(self):
        for _ in range(self.repetitions):
            for example in (BOARD, VIRT):
                with LinuxSoc(example=example, name='bench-boot',
                              started=False) as soc:
                    start = time.perf_counter()
                    soc.begin()
                    self.figure.add(example, [time.perf_counter() - start])

    def goals(self):
        yield Goal("boot to the shell, the board's tree / machine virt", 1.1,
                   self.figure.ratio(BOARD, VIRT))


class Load:
    """Round trips of the master with all its slaves in turn; each slave has
    a tick besides."""

    def __init__(self, count, repetitions):
        self.count, self.repetitions = count, repetitions
        self.figure = Figure(
            'load', 'Interrupt round trip, slaves with a tick of '
            f'{TICK_HZ} Hz, rung in turn', 'us', (series(16),))
        self.figures = [self.figure]

    def run(self):
        for _ in range(self.repetitions):
            for number in NUMBERS:
                try:
                    self.once(number)
                except Exception as error:  # a failure is a result
                    self.figure.fail(series(number), error)

    def once(self, number):
        cluster = Cluster(number, tick=CORE_HZ // TICK_HZ)
        try:
            cluster.block.wait_ready()
            cluster.boot()
            block = cluster.block
            for count in (4 * number, self.count):
                block.start('round_trip', count)
                block.wait('round_trip')
            self.figure.add(series(number), [
                1e6 * sample / CORE_HZ for sample in block.samples(count)])
            block = None
        finally:
            cluster.close()

    def goals(self):
        return []
