# SPDX-License-Identifier: GPL-2.0-or-later
"""The debugger: how long after the first processor the last one halts."""

import os
import re

from debugger import Gdb, Server
from figure import Figure
from het import GUEST, Pair, expect

FILES = ['pair-master.elf', 'pair-slave-a.elf']
BREAKPOINT = 'breakpoint'
CHANNEL = 3


class Debug:
    """hetctl gdb over two Cortex-M, of which one has the other interrupt it
    all the time."""

    def __init__(self, count, repetitions):
        self.count, self.repetitions = count, repetitions
        self.skew = Figure('debug-skew', 'From the halt of the first processor '
                           'to that of the last', 'us', (BREAKPOINT,))
        self.figures = [self.skew]

    def run(self):
        for _ in range(self.repetitions):
            try:
                self.repeat()
            except Exception as error:  # a failure is a result
                self.skew.fail(BREAKPOINT, error)

    def repeat(self):
        samples = []
        with Pair() as soc, Server(soc) as server, Gdb() as gdb:
            gdb.connect(server, *(os.path.join(GUEST, f) for f in FILES))
            gdb.do('inferior 2')
            gdb.do('break pair_rung')
            gdb.go()
            soc.master_side.send('ring', 0, CHANNEL, 1_000_000, 60_000)
            for _ in range(self.count):
                gdb.wait_stop()
                said = gdb.do('monitor skew')
                last = re.search(r'last (\d+) us', said)
                expect(last, said)
                samples.append(int(last[1]))
                gdb.go()
            gdb.interrupt()
        self.skew.add(BREAKPOINT, samples)

    def goals(self):
        return ()
