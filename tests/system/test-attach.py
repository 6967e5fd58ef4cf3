#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""Attach: Linux finds an M4 that the host has booted before."""

import time

from het import (Shared, expect, expect_equal, hetctl, main, measured, test,
                 wait_until)
from life import Events, summary
from linux import LinuxSoc
from mainjob import REMOTEPROC
from remoteproc import ask, set_state, state, tty


class BootedSoc(LinuxSoc):
    """The host boots the M4 while Linux comes up."""

    def wait_up(self):
        self.boot(firmware='rpmsg-upper.elf')
        super().wait_up()


booted = Shared(BootedSoc)


@test('Linux finds the core detached, attaches, detaches, attaches again; the '
      'firmware is not started again')
def attach():
    with booted() as soc:
        linux = soc.linux
        expect_equal(state(linux), 'detached', 'state once Linux is up')
        expect(soc.core()['resource-table'] > 0, 'no resource table')
        set_state(linux, 'start', 'attached')
        ask(linux)
        set_state(linux, 'detach', 'detached')
        wait_until(lambda: not tty(linux), 'the tty is gone')
        expect_equal(soc.core()['state'], 'running', 'after detach')
        set_state(linux, 'start', 'attached')
        ask(linux, 'again')
        core = soc.core()
        expect_equal((core['state'], core['boots']), ('running', 1), 'core')
        set_state(linux, 'detach', 'detached')


@test('Linux recovers from the crash of a core that it has attached to')
def recovery():
    with booted() as soc:
        linux = soc.linux
        # Only of what is offline the name can be changed.
        linux.run('ln -s rpmsg-upper.elf '
                  f'/lib/firmware/$(cat {REMOTEPROC}/firmware)')
        set_state(linux, 'start', 'attached')
        device = ask(linux)
        since = time.monotonic()
        linux.run(f"printf 'LOCKUP!' > /dev/{device}")
        wait_until(lambda: soc.core()['boots'] == 2, 'booted again', 30)
        wait_until(lambda: state(linux) == 'running', 'recovered', 30)
        ask(linux)
        measured('crash while attached to working echo: '
                 + summary([time.monotonic() - since]))
        set_state(linux, 'stop', 'offline')


def probe_again(linux):
    """As a module that is loaded again"""
    linux.run(f'd=$(basename $(readlink -f {REMOTEPROC}/device)); '
              'cd /sys/bus/platform/drivers/stm32-rproc && '
              'echo $d >unbind && echo $d >bind')


@test('Linux stops a core that it has attached to, and starts it again')
def stop():
    with booted() as soc:
        linux = soc.linux
        soc.boot(firmware='rpmsg-upper.elf')
        probe_again(linux)
        expect_equal(state(linux), 'detached', 'state of a driver that probes')
        set_state(linux, 'start', 'attached')
        boots = soc.core()['boots']
        set_state(linux, 'stop', 'offline')
        expect_equal(soc.core()['state'], 'held', 'after stop')
        linux.run(f'echo rpmsg-upper.elf > {REMOTEPROC}/firmware')
        set_state(linux, 'start', 'running')
        ask(linux, 'third')
        expect_equal(soc.core()['boots'], boots + 1, 'boots')
        set_state(linux, 'stop', 'offline')


@test('Linux that does not know of the core loads over it, which is told')
def told():
    with booted() as soc:
        linux = soc.linux
        expect_equal(state(linux), 'offline', 'state')
        boots = soc.core()['boots']
        with Events(soc) as events:
            soc.boot(firmware='rpmsg-upper.elf')
            linux.run(f'echo rpmsg-upper.elf > {REMOTEPROC}/firmware')
            linux.run(f'echo start > {REMOTEPROC}/state')
            events.wait('IDM_BOOT_IGNORED', soc.master, peer=soc.slave)
        expect_equal(soc.core()['boots'], boots + 1, 'boots')
        note = hetctl('status', soc.name).stdout
        expect("booted 'm4' while it ran already" in note, note)
        linux.run(f'echo stop > {REMOTEPROC}/state')
        expect_equal(soc.core()['state'], 'held', 'after stop')
        note = hetctl('status', soc.name).stdout
        expect('while it ran already' not in note, note)


booted.ends()
main()
