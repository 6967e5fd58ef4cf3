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

from debugger import Gdb, Server, expect_released, is_up, stubs_open
from het import (GUEST, Failure, Pair, expect, hetctl, main, test,
                 wait_until)
from life import SEED, times
from linux import LinuxSoc
from mainjob import find_tty, start_firmware, stop_firmware, wait_tty

MASTER = os.path.join(GUEST, 'pair-master.elf')
SLAVE = os.path.join(GUEST, 'pair-slave-a.elf')
ECHO = 'rpmsg-echo.elf'
PATIENCE_S = 60

# Nothing is there, of the M4.
NOWHERE = 0xd0000000


class Session:
    """hetctl and GDB, which may be gone"""

    symbols = MASTER, SLAVE
    breakpoints = ('break pair_rung', 'hbreak main',
                   'watch *(unsigned *)0x20000010')
    memory = 0x20000000

    def __init__(self, soc, dice):
        self.soc, self.dice = soc, dice
        self.runs = self.has_crashed = False
        self.server = Server(soc)
        self.gdb = Gdb()
        self.gdb.connect(self.server, *self.symbols)

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
        self.halt()
        self.gdb.do('inferior 2')
        self.gdb.do(self.dice.choice(self.breakpoints))

    def delete(self):
        self.halt()
        self.gdb.do('delete')

    def look(self):
        self.choose()
        self.gdb.do('backtrace 5')
        self.gdb.do('inferior 2')
        with contextlib.suppress(Failure):      # its emulator may be away
            self.gdb.do(f'x/16wx {self.memory:#x}')

    def boot(self):
        self.halt()
        self.gdb.do('monitor shutdown m4')
        self.soc.load('pair-slave-a.elf')
        self.gdb.do('monitor boot m4')

    def crash(self):
        """The slave's emulator dies, and is started again."""
        os.kill(self.soc.pid(self.soc.slave), signal.SIGKILL)
        wait_until(lambda: not is_up(self.soc, self.soc.slave), 'm4 ends')
        hetctl('start', self.soc.name, self.soc.slave)

    def detach(self):
        # Behind a step GDB (13) itself lets the others go then.
        self.go()
        self.halt()
        self.gdb.do('detach inferiors 2')
        self.gdb.do('inferior 2')
        self.gdb.attach(2)

    def act(self):
        """A few actions; their names"""
        for _ in range(self.dice.randrange(1, 12)):
            action = self.dice.choice((
                self.go, self.go, self.go, self.halt, self.step,
                self.set_breakpoint, self.delete, self.look, self.boot,
                self.crash, self.detach, self.wait))
            yield action() or action.__name__

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


def summary(done):
    return ', '.join(f'{name} {n}' for name, n in sorted(done.items())) + \
        f'; seed {SEED}'


def expect_let_go(soc):
    wait_until(lambda: not stubs_open(soc), 'stubs closed', PATIENCE_S)
    expect_released(soc)


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
            done.update(session.act())
            done[session.end()] += 1
            expect_let_go(soc)
            if soc.core()['state'] != 'held':
                soc.shutdown()
            soc.run_slave('pair-slave-a.elf')
            soc.master_side.answer(PATIENCE_S)
            expect(soc.slave_side.do('ping', 1).ok, 'm4 does not answer')
            expect(soc.master_side.do('ping', 1).ok, 'm33 does not answer')
    return summary(done)


class LinuxSession(Session):
    symbols = None, os.path.join(GUEST, ECHO)
    breakpoints = ('break tty_answer', 'hbreak tty_answer', 'break ipcc_wait')
    memory = 0x10000000

    def step(self):
        """A core that sleeps does none."""
        self.halt()
        self.gdb.do('inferior 2')
        self.gdb.stops = []
        try:
            self.gdb.do('stepi')
        except Failure:         # its emulator is away
            expect(self.has_crashed, 'no step')
            return
        try:
            self.gdb.wait_stop(1)
        except Failure:
            self.gdb.interrupt()

    def boot(self):
        """That is Linux' part."""
        self.halt()
        self.gdb.do('monitor core')

    def crash(self):
        """Linux recovers from it, when it may run: one in a session."""
        if self.has_crashed:
            self.boot()
            return 'boot'
        self.has_crashed = True
        if self.dice.randrange(2):
            os.kill(self.soc.pid(self.soc.slave), signal.SIGKILL)
            self.soc.watch.wait('WATCH_RESTARTED', self.soc.slave, PATIENCE_S)
        else:
            self.halt()
            self.gdb.do('inferior 2')
            self.gdb.do(f'set $pc = {NOWHERE:#x}')
            self.go()
        return 'crash'


def run_of(soc):
    """Which boot of which emulator the slave runs; None: it does not"""
    core = soc.core()
    return (soc.pid(soc.slave), core['boots']) \
        if core['state'] == 'running' else None


class Echo:
    """Messages from Linux to the firmware and back, all the time"""

    def __init__(self, soc):
        self.soc, self.linux = soc, soc.linux
        self.start()

    def start(self):
        start_firmware(self.linux, ECHO)
        wait_tty(self.linux)
        self.send_by('ttyRPMSG0')

    def send_by(self, device):
        self.linux.run('rm -f /stop; (until [ -e /stop ]; do '
                       f'TTY=/dev/{device} rpmsg-test echo 10 && '
                       'echo >>/good || echo >>/bad; done; '
                       'rm /stop) >/dev/null 2>&1 &')

    def end(self, meanwhile='true'):
        self.linux.run(f'touch /stop; while [ -e /stop ]; do {meanwhile}; '
                       'sleep 0.1; done')

    def again(self):
        self.end()
        stop_firmware(self.soc, self.linux)
        self.start()

    def go_on(self, before):
        """Linux boots the firmware again; what was on its way is lost."""
        wait_until(lambda: run_of(self.soc) not in (None, before),
                   'another boot', PATIENCE_S)
        self.end('killall rpmsg-test 2>/dev/null')
        self.linux.run('rm -f /bad')
        self.send_by(wait_until(lambda: find_tty(self.linux), 'a recovery',
                                PATIENCE_S))

    def count(self):
        return int(self.linux.run('touch /good; wc -l </good'))

    def expect_going_on(self):
        before = self.count()
        wait_until(lambda: self.count() > before, 'messages', PATIENCE_S)
        self.linux.run('[ ! -e /bad ]')     # no message was lost


@test('the same over Linux and the firmware that it boots, with messages all '
      'the time: none is lost but by crashes, from which Linux recovers')
def linux_chaos():
    dice = random.Random(SEED)
    done = Counter()
    actions = times(25, 500)
    with LinuxSoc(watched=True) as soc:
        echo = Echo(soc)
        while sum(done.values()) < actions:
            before = run_of(soc)
            session = LinuxSession(soc, dice)
            done.update(session.act())
            if not done['crash']:
                session.crash()
                done['crash'] += 1
            done[session.end()] += 1
            expect_let_go(soc)
            if session.has_crashed:
                echo.go_on(before)
                done['recovered'] += 1
            echo.expect_going_on()
            if dice.randrange(4) == 0:
                echo.again()
                done['firmware again'] += 1
        log = soc.linux.run('dmesg')
        for sign in ('stall', 'lockup', 'unstable', 'timeout'):
            expect(sign not in log, log)
    return summary(done)


main()
