# SPDX-License-Identifier: GPL-2.0-or-later
"""Round trip of an interrupt between two Cortex-M, and what it is without."""

import contextlib

import rigs
from figure import Figure, Goal
from qemu import idm_properties
from rigs import AWAKE, BUSY, OWN, SAME, VARIANTS

IDM, IDM_0 = 'IDM', 'IDM, halt-poll-ns=0'
RECORDED = 'IDM, flight recorder'
FIFO = 'IDM, vcpusched fifo'
READ, PPOLL = 'eventfd, read', 'eventfd, ppoll'
IVSHMEM, MHU, MEMORY = 'ivshmem-flat', 'mps2-an521 MHU', 'polled memory'

TITLES = {
    OWN: 'Interrupt round trip, each processor on a core of its own',
    SAME: 'Interrupt round trip, both processors on one core',
    AWAKE: 'Interrupt round trip, the receiver computes',
    BUSY: 'Interrupt round trip, another process computes on each core',
}


def peers():
    """name: how to make it"""
    found = {IDM: rigs.Idm, RECORDED: rigs.Recorded}
    if 'halt-poll-ns' in idm_properties():
        found[IDM_0] = lambda: rigs.Idm('halt-poll-ns=0')
    if rigs.may_be_realtime():
        found[FIFO] = rigs.Fifo
    found.update({READ: lambda: rigs.Raw('read'),
                  PPOLL: lambda: rigs.Raw('ppoll'),
                  IVSHMEM: rigs.Ivshmem, MHU: rigs.Mhu,
                  MEMORY: rigs.Memory})
    return found


class Interrupt:
    """Each repetition has processes of its own; in it all peers take
    turns."""

    def __init__(self, cpus, count, repetitions):
        self.cpus, self.count, self.repetitions = cpus, count, repetitions
        self.variants = {v: Figure(f'interrupt-{v.replace(" ", "-")}',
                                  TITLES[v], 'us', (IDM, IDM_0))
                         for v in VARIANTS}
        self.timer = Figure('timer-read', "A read of the guest's timer", 'us')
        self.figures = [*self.variants.values(), self.timer]

    def run(self):
        makers = peers()
        for _ in range(self.repetitions):
            with contextlib.ExitStack() as stack:
                self.repeat(self.make(makers, stack))

    def make(self, makers, stack):
        made = {}
        for name, maker in makers.items():
            try:
                made[name] = maker()
            except Exception as error:  # a peer's failure is a result
                self.variants[OWN].fail(name, error)
                continue
            stack.callback(made[name].close)
        return made

    def repeat(self, made):
        for variant in VARIANTS:
            count = self.count
            with contextlib.ExitStack() as stack:
                if variant == BUSY:
                    stack.enter_context(rigs.hogs(self.cpus))
                    count = max(count // 40, 20)
                for name, rig in made.items():
                    if variant in rig.variants:
                        self.take(name, rig, variant, count)
        if IDM in made:
            reads = made[IDM].timer_reads(self.cpus, self.count)
            self.timer.add('SysTick', [ns / 1e3 for ns in reads])

    def take(self, name, rig, variant, count):
        figure = self.variants[variant]
        if name in figure.failures:
            return
        try:
            samples = rig.measure(variant, self.cpus, count)
            figure.add(name, [ns / 1e3 for ns in samples])
        except Exception as error:  # the same
            figure.fail(name, error)

    def goals(self):
        own, same, awake = (self.variants[v] for v in (OWN, SAME, AWAKE))
        summary, read = own.summary(IDM), self.timer.median('SysTick')
        yield Goal('round trip, own cores, in guest timer reads', 20,
                   summary and read and summary['median'] / read)
        ratio = own.ratio(IVSHMEM, IDM)
        yield Goal('ivshmem-flat / IDM, own cores', 20, ratio, least=True)
        yield Goal('p99 / median, own cores', 2,
                   summary and summary['p99'] / summary['median'])
        yield Goal('IDM with flight recorder / IDM, own cores', 1.02,
                   own.ratio(RECORDED, IDM))
        yield Goal('IDM / ivshmem-flat, same core', 0.35,
                   same.ratio(IDM, IVSHMEM))
        yield Goal('IDM with halt-poll-ns=0 / raw ppoll, own cores', 1.15,
                   own.ratio(IDM_0, PPOLL))
        yield Goal('IDM with halt-poll-ns=0 / ivshmem-flat, same core', 0.5,
                   same.ratio(IDM_0, IVSHMEM))
        yield Goal('IDM / ivshmem-flat, receiver awake', 0.4,
                   awake.ratio(IDM, IVSHMEM))
        yield Goal('IDM / mps2-an521 MHU, receiver awake', 0.5,
                   awake.ratio(IDM, MHU))
        busy = self.variants[BUSY]
        idm, fifo, raw = [peer and peer['p99'] for peer
                          in map(busy.summary, (IDM, FIFO, READ))]
        yield Goal('p99 of IDM / p99 of raw eventfd, busy host', 1.5,
                   idm / raw if idm and raw else None)
        yield Goal('p99 of IDM with vcpusched fifo / p99 of raw eventfd, '
                   'busy host', 1.5, fifo / raw if fifo and raw else None)
