#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""A random walk over everything that can happen to a slave: after each step it
is in the state that a model of it expects. HETCTL_SEED repeats a walk."""

import os
import random
import signal

from het import (OK, STATE, Failure, Firmware, Pair, expect_equal, hetctl,
                 main, measured, test, virsh, wait_until)
from life import SEED, times

FIRMWARE = ('pair-slave-a.elf', 'pair-slave-b.elf')

steps = []


def step(weight=1, when=lambda walk: True):
    def add(function):
        steps.append((function, weight, when))
        return function
    return add


class Walk:
    """The model: `core` is off, held, running or crashed; `line` is the boot
    line that the master drives."""

    def __init__(self, soc):
        self.soc = soc
        self.fresh()

    def fresh(self):
        self.core = 'held'
        self.line = False
        self.slave_paused = self.master_paused = False

    # -- what steps are made of --

    def hetctl(self, command, *args, code=OK):
        hetctl(command, self.soc.name, *args, code=code)

    def slave(self, command, *args, code=OK):
        self.hetctl(command, self.soc.slave, *args, code=code)

    def bind(self):
        soc = self.soc
        soc.unmap()
        soc.master_side = Firmware(soc, soc.master, 'master')
        soc.slave_side = Firmware(soc, soc.slave, 'slave')

    def prepare(self):
        """Some firmware where the core will find it, if it does not run."""
        if self.core != 'running':
            self.soc.slave_side.clear()
            self.soc.load(random.choice(FIRMWARE))

    def master(self, command):
        self.soc.master_side.wait_ready()
        answer = self.soc.master_side.do(command, 0)
        if not answer.ok:
            raise Failure(f'{command}: {answer}')

    def on(self):
        return self.core != 'off'

    # -- what must be --

    def check(self):
        soc = self.soc
        domain = soc.domain(soc.slave)
        if not self.on():
            wait_until(lambda: virsh('domstate', domain).strip() ==
                       'shut off', 'the slave is off')
            return
        try:
            wait_until(lambda: soc.core()['state'] == self.core, self.core, 5)
        except Failure as error:
            raise Failure(f'query-slave: {soc.core()}, not {self.core}') \
                from error
        for processor, paused in ((soc.slave, self.slave_paused),
                                  (soc.master, self.master_paused)):
            expect_equal(virsh('domstate', soc.domain(processor)).strip(),
                         'paused' if paused else 'running', processor)
        for processor in (soc.slave, soc.master):
            link = soc.qmp(processor, 'query-idm')[0]['links'][0]
            expect_equal(link['state'], 'connected', f'link at {processor}')
        # Nothing comes afterwards.
        expect_equal(soc.core()['state'], self.core, 'state, still')


# ---- hetctl on the slave ----

@step(3)
def hetctl_boot(w):
    can = w.core in ('held', 'crashed')
    w.prepare()
    w.slave('boot', code=OK if can else STATE)
    if can:
        w.core = 'running'


@step(2)
def hetctl_shutdown(w):
    can = w.core in ('running', 'crashed')
    w.slave('shutdown', code=OK if can else STATE)
    if can:
        w.core = 'held'


@step()
def hetctl_reset_slave(w):
    w.slave('reset', code=OK if w.on() else STATE)
    if w.on():
        w.core = 'held'


@step()
def hetctl_cycle(w):
    can = w.core in ('held', 'crashed')
    w.prepare()
    w.slave('cycle', '--count', '3', code=OK if can else STATE)
    if can:
        w.core = 'held'


@step()
def hetctl_destroy_slave(w):
    w.slave('destroy')
    # What the master has released since the slave went away is remembered.
    if w.on():
        w.core = 'off'
        w.line = False


@step(3)
def hetctl_start_slave(w):
    if w.on():
        resumes = w.slave_paused and not w.master_paused
        w.slave('start', code=OK if resumes else STATE)
        if resumes:
            w.slave_paused = False
        return
    w.prepare()
    w.slave('start')
    w.slave_paused = w.master_paused
    w.core = 'running' if w.line else 'held'


# ---- others on the slave ----

@step(when=Walk.on)
def virsh_reset_slave(w):
    virsh('reset', w.soc.domain(w.soc.slave))
    w.core = 'held'


@step(when=lambda w: w.on() and not w.slave_paused)
def virsh_suspend_slave(w):
    virsh('suspend', w.soc.domain(w.soc.slave))
    w.slave_paused = True


@step(2, when=lambda w: w.on() and w.slave_paused)
def virsh_resume_slave(w):
    virsh('resume', w.soc.domain(w.soc.slave))
    w.slave_paused = False


@step(when=Walk.on)
def virsh_destroy_slave(w):
    virsh('destroy', w.soc.domain(w.soc.slave))
    w.core = 'off'
    w.line = False


@step(when=Walk.on)
def kill_slave(w):
    os.kill(w.soc.pid(w.soc.slave), signal.SIGKILL)
    w.core = 'off'
    w.line = False


def alive(w):
    return w.core == 'running' and not w.slave_paused


@step(2, when=alive)
def lockup(w):
    w.soc.slave_side.wait_ready()
    w.soc.slave_side.do('lockup')
    w.core = 'crashed'


@step(when=alive)
def sysreset_request(w):
    w.soc.slave_side.wait_ready()
    w.soc.slave_side.do('sysreset')
    w.core = 'crashed'


@step(when=lambda w: alive(w) and not w.master_paused)
def talk(w):
    w.soc.slave_side.wait_ready()
    w.soc.master_side.wait_ready()
    answer = w.soc.master_side.do('ring', 0, 4, 3, 5000)
    expect_equal((answer.ok, answer.result[0]), (True, 3), 'rings')


# ---- the master's software ----

@step(3, when=lambda w: not w.master_paused)
def release(w):
    w.prepare()
    w.master('release')
    w.line = True
    if w.core == 'held':
        w.core = 'running'


@step(2, when=lambda w: not w.master_paused)
def hold(w):
    w.master('hold')
    w.line = False
    if w.on():
        w.core = 'held'


# ---- the master and the whole SoC ----

def master_was_reset(w):
    w.line = False
    if w.on():
        w.core = 'held'


@step()
def hetctl_reset(w):
    w.soc.master_side.set('magic', 0)
    w.hetctl('reset')
    master_was_reset(w)


@step(when=lambda w: not w.master_paused)
def hetctl_reboot(w):
    w.soc.master_side.set('magic', 0)
    w.hetctl('reboot')
    master_was_reset(w)


@step(when=lambda w: not w.master_paused)
def virsh_reset_master(w):
    w.soc.master_side.set('magic', 0)
    virsh('reset', w.soc.domain(w.soc.master))
    master_was_reset(w)


@step()
def hetctl_suspend(w):
    can = not w.master_paused or (w.on() and not w.slave_paused)
    w.hetctl('suspend', code=OK if can else STATE)
    w.master_paused = True
    w.slave_paused = w.on()


@step(3)
def hetctl_resume(w):
    can = w.master_paused or (w.on() and w.slave_paused)
    w.hetctl('resume', code=OK if can else STATE)
    w.master_paused = w.slave_paused = False


@step()
def destroy_and_start(w):
    w.soc.unmap()
    w.hetctl('destroy')
    w.soc.expect_nothing_left(defined=True)
    w.hetctl('start')
    w.bind()
    w.fresh()


@step()
def kill_master_and_start(w):
    w.soc.unmap()
    domain = w.soc.domain(w.soc.master)
    os.kill(w.soc.pid(w.soc.master), signal.SIGKILL)
    wait_until(lambda: virsh('domstate', domain).strip() == 'shut off',
               'the master is off')
    w.hetctl('start')
    w.bind()
    w.fresh()


@test('a random walk over all triggers: query-slave says what the model says')
def walk():
    count = times(50, 1000)
    measured(f'seed {SEED}')
    random.seed(SEED)
    done = []
    with Pair(firmware=None) as soc:
        w = Walk(soc)
        for i in range(count):
            can = [s for s in steps if s[2](w)]
            function = random.choices([s[0] for s in can],
                                      [s[1] for s in can])[0]
            done.append(function.__name__)
            try:
                function(w)
                w.check()
            except Exception as error:
                raise Failure(f'seed {SEED}, step {i}: {error}\n'
                              f'the last steps: {" ".join(done[-12:])}') \
                    from error
        kinds = len(set(done))
    return f'{count} steps of {kinds} kinds, seed {SEED}'


main()
