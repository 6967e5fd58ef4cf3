#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""A debugger that does anything, and is killed at any moment."""

import contextlib
import os
import random
import signal
import time
from collections import Counter

from debugger import Gdb, Server, expect_released, stubs_open
from het import GUEST, Failure, Pair, expect, main, test, wait_until
from life import SEED, times

MASTER = os.path.join(GUEST, 'pair-master.elf')
SLAVE = os.path.join(GUEST, 'pair-slave-a.elf')
PATIENCE_S = 60


class Session:
    """hetctl and GDB, which may be gone"""

    def __init__(self, soc, dice):
        self.soc, self.dice = soc, dice
        self.runs = False
        self.server = Server(soc)
        self.gdb = Gdb()
        self.gdb.connect(self.server, MASTER, SLAVE)

    def halt(self):
        if self.runs:
            self.runs = False
            if not self.gdb.stops:
                with contextlib.suppress(Failure):
                    self.gdb.mi('-exec-interrupt')
            self.gdb.wait_stop()

    def choose(self):
        self.halt()
        self.gdb.do(f'inferior {self.dice.choice((1, 2))}')

    def go(self):
        if not self.runs:
            self.gdb.go()
            self.runs = True

    def step(self):
        self.halt()
        self.gdb.do('inferior 1')
        self.gdb.stops = []
        self.gdb.do('stepi')
        self.gdb.wait_stop()

    def set_breakpoint(self):
        self.choose()
        self.gdb.do(self.dice.choice(('break pair_rung', 'hbreak main',
                                      'watch *(unsigned *)0x20000010')))

    def delete(self):
        self.halt()
        self.gdb.do('delete')

    def look(self):
        self.choose()
        self.gdb.do('backtrace 5')
        self.gdb.do('x/16wx 0x20000000')

    def boot(self):
        self.halt()
        self.gdb.do('monitor shutdown m4')
        self.soc.load('pair-slave-a.elf')
        self.gdb.do('monitor boot m4')

    def detach(self):
        # Behind a step GDB (13) itself lets the others go then.
        self.go()
        self.halt()
        self.gdb.do('detach inferiors 2')
        self.gdb.do('inferior 2')
        self.gdb.attach(2)

    def wait(self):
        time.sleep(self.dice.uniform(0, 0.05))

    def end(self):
        """One of the two is killed, or both end as they should."""
        victims = {'gdb': [self.gdb.process], 'both': [
            self.server.process, self.gdb.process],
            'hetctl': [self.server.process], 'none': []}
        way = self.dice.choice(sorted(victims))
        for process in victims[way]:
            process.send_signal(signal.SIGKILL)
        with self.gdb, self.server:
            pass
        return 'end: ' + way


@test('a debugger that does anything and is killed at any moment leaves a SoC '
      'that runs, and nothing else')
def chaos():
    dice = random.Random(SEED)
    done = Counter()
    actions = times(60, 500)
    with Pair() as soc:
        while sum(done.values()) < actions:
            session = Session(soc, dice)
            soc.master_side.send('ring', 0, 4, 1000000, 1)
            for _ in range(dice.randrange(1, 12)):
                action = dice.choice((
                    session.go, session.go, session.go, session.halt,
                    session.step, session.set_breakpoint, session.delete,
                    session.look, session.boot, session.detach,
                    session.wait))
                action()
                done[action.__name__] += 1
            done[session.end()] += 1
            wait_until(lambda: not stubs_open(soc), 'stubs closed',
                       PATIENCE_S)
            expect_released(soc)
            soc.shutdown()
            soc.run_slave('pair-slave-a.elf')
            soc.master_side.answer(PATIENCE_S)
            expect(soc.slave_side.do('ping', 1).ok, 'm4 does not answer')
            expect(soc.master_side.do('ping', 1).ok, 'm33 does not answer')
    return ', '.join(f'{name} {n}' for name, n in sorted(done.items())) + \
        f'; seed {SEED}'


main()
