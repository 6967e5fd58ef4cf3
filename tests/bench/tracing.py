# SPDX-License-Identifier: GPL-2.0-or-later
"""The round trip of an interrupt while hetctl trace reads the recorders."""

import signal
import subprocess
import time

from figure import Figure, Goal
from het import HETCTL, Pair, expect, expect_equal

ALONE, TRACED = 'not traced', 'traced'
CHANNEL = 3
RINGS = 20_000
SAMPLES_OF_TRACER = 4       # It keeps some million events, not more.


class Tracer:
    """hetctl trace, which collects until it is told to end"""

    def __init__(self, soc):
        self.soc = soc

    def __enter__(self):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [HETCTL, 'trace', self.soc.name, '--duration', '600', '--quiet',
             '--format', 'vcd', '--output', '/dev/null'],
            stderr=subprocess.PIPE, text=True)
        # It reads 50 times a second once it has begun.
        time.sleep(0.5)
        return self

    def __exit__(self, kind, *_):
        still = self.process.poll() is None
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate()
        expect(kind or still and 'full' not in said,
               f'hetctl trace has ended before: {said}')


class Trace:
    """Two Cortex-M, libvirt and hetctl as users have them, nothing pinned;
    with and without a tracer in turns. A sample is the mean of many rings."""

    def __init__(self, count, repetitions):
        self.count, self.repetitions = count, repetitions
        self.trip = Figure('trace', 'Interrupt round trip while hetctl traces',
                           'us', (TRACED,))
        self.figures = [self.trip]

    def run(self):
        for _ in range(self.repetitions):
            try:
                self.repeat()
            except Exception as error:  # a failure is a result
                self.trip.fail(TRACED, error)

    def repeat(self):
        with Pair() as soc:
            self.sample(soc)
            alone = [self.sample(soc) for _ in range(self.count)]
            traced = []
            while len(traced) < self.count:
                with Tracer(soc):
                    traced += [self.sample(soc)
                               for _ in range(SAMPLES_OF_TRACER)]
        self.trip.add(ALONE, alone)
        self.trip.add(TRACED, traced)

    @staticmethod
    def sample(soc):
        start = time.perf_counter()
        answer = soc.master_side.do('ring', 0, CHANNEL, RINGS, 60_000,
                                    timeout=60)
        seconds = time.perf_counter() - start
        expect_equal(answer.result[0], RINGS, 'answers')
        return seconds / RINGS * 1e6

    def goals(self):
        yield Goal('round trip with hetctl trace / without', 1.5,
                   self.trip.ratio(TRACED, ALONE))
