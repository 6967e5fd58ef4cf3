# SPDX-License-Identifier: GPL-2.0-or-later
"""The debugger: how long after the first processor the last one halts, in time
and in instructions."""

import os
import re

from debugger import Gdb, Server
from figure import Figure
from het import GUEST, PAIR, PAIR_FREE, Pair, expect

FILES = ['pair-master.elf', 'pair-slave-a.elf']
BREAKPOINT = 'breakpoint'
ESTIMATE = 'as monitor skew says'
CHANNEL = 3

# In the memory that both see; the second ends both
COUNTER, STOP = PAIR_FREE, PAIR_FREE + 4
# Long enough for both to run again
PAUSE = 2_000_000


class Debug:
    """hetctl gdb over two Cortex-M, of which one has the other interrupt it
    all the time, or counts for it."""

    def __init__(self, count, repetitions):
        self.count, self.repetitions = count, repetitions
        self.skew = Figure('debug-skew', 'From the halt of the first processor '
                           'to that of the last', 'us', (BREAKPOINT,))
        self.instructions = Figure(
            'debug-skew-instructions', 'What the other still executes after '
            'the last instruction of the one that halts first',
            'instructions', (BREAKPOINT, ESTIMATE))
        self.figures = [self.skew, self.instructions]

    def run(self):
        for _ in range(self.repetitions):
            try:
                self.skew.add(BREAKPOINT, self.samples(self.repeat_time))
            except Exception as error:  # a failure is a result
                self.skew.fail(BREAKPOINT, error)
            try:
                counted, said = zip(*self.samples(self.repeat_count))
                self.instructions.add(BREAKPOINT, counted)
                self.instructions.add(ESTIMATE, said)
            except Exception as error:
                self.instructions.fail(BREAKPOINT, error)

    def samples(self, repeat):
        with Pair() as soc, Server(soc) as server, Gdb() as gdb:
            gdb.connect(server, *(os.path.join(GUEST, f) for f in FILES))
            gdb.do('inferior 2')
            samples = list(repeat(soc, gdb))
            gdb.interrupt()
            return samples

    def repeat_time(self, soc, gdb):
        gdb.do('break pair_rung')
        gdb.go()
        soc.master_side.send('ring', 0, CHANNEL, 1_000_000, 60_000)
        for _ in range(self.count):
            gdb.wait_stop()
            yield self.last(gdb, r'last (\d+) us')
            gdb.go()

    @staticmethod
    def last(gdb, pattern):
        said = gdb.do('monitor skew')
        last = re.search(pattern, said)
        expect(last, said)
        return int(last[1])

    def repeat_count(self, soc, gdb):
        """The last thing that the slave does is to load what the master has
        counted; when both have halted it has counted further. Where it had not
        gone on since the halt before there is nothing to be seen."""
        words = soc.words(soc.master, COUNTER)
        words[0] = words[STOP - COUNTER] = halted_at = 0
        gdb.do('break *(unsigned)&tally_seen')
        soc.master_side.send('tally', COUNTER, STOP)
        soc.slave_side.send('look', COUNTER, STOP, PAUSE)
        gdb.go()
        for _ in range(self.count):
            stop = gdb.wait_stop()
            expect('breakpoint-hit' in stop, stop)
            seen = gdb.value('(unsigned)$r0')
            if seen != halted_at:
                counted = (words[0] - seen) % (1 << 32)
                yield (counted * PAIR['PAIR_TALLY_LENGTH'],
                       self.last(gdb, r'last \d+ us, (\d+) instr'))
            halted_at = words[0]
            gdb.go()
        words[STOP - COUNTER] = 1

    def goals(self):
        return ()
