#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""Linux recovers from crashes of the M4: from lockups, from kill -9 of its QEMU
at random moments of an echo load, from a firmware that never answers, from a
closed link; if it is told to."""

import os
import random
import re
import signal
import time

from het import Failure, expect, expect_equal, main, measured, test, wait_until
from life import LONG, SEED, summary, times
from linux import LinuxSoc
from mainjob import REMOTEPROC, find_tty, start_firmware

RECOVERY = '/sys/kernel/debug/remoteproc/remoteproc0/recovery'
ANSWER_MS = 1000


def uptime(linux):
    return float(linux.run('cat /proc/uptime').split()[0])


def echo(linux, device, messages=20):
    result = linux.run(f'TTY=/dev/{device} rpmsg-test echo {messages}',
                       timeout=60)
    expect(re.search(rf'messages={messages} .*errors=0', result), result)


def upper(linux, device):
    got = linux.run(f'TTY=/dev/{device} rpmsg-test ask hello')
    expect('HELLO' in got, got)


def start(linux, firmware):
    """The device of the firmware's endpoint"""
    start_firmware(linux, firmware)
    return wait_until(lambda: find_tty(linux), 'the tty is there', 20)


def recovered(linux, works, since):
    """Seconds from the crash to a working echo"""
    device = wait_until(lambda: find_tty(linux), 'Linux has recovered', 30)
    works(linux, device)
    return time.monotonic() - since, device


def lockups(soc, linux, count):
    device = start(linux, 'rpmsg-upper.elf')
    upper(linux, device)
    seconds = []
    for _ in range(count):
        boots = soc.core()['boots']
        since = time.monotonic()
        # Linux 6.1 oopses now and then when a program polls the tty while
        # the driver removes it: write and close.
        linux.run(f"printf 'LOCKUP!' > /dev/{device}")
        wait_until(lambda: soc.core()['boots'] > boots, 'booted again', 30)
        took, device = recovered(linux, upper, since)
        seconds.append(took)
    linux.run(f'echo stop > {REMOTEPROC}/state')
    return seconds


def kills(soc, linux, count):
    device = start(linux, 'rpmsg-echo.elf')
    echo(linux, device)
    seconds = []
    for _ in range(count):
        pid = soc.pid(soc.slave)
        linux.run(f'(TTY=/dev/{device} rpmsg-test echo 100000 '
                  '>/dev/null 2>&1 &)')
        time.sleep(random.uniform(0, 0.5))
        since = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        soc.watch.wait('WATCH_RESTARTED', soc.slave)
        wait_until(lambda: soc.core()['state'] == 'running', 'runs', 30)
        linux.run('killall rpmsg-test 2>/dev/null; true')
        took, device = recovered(linux, echo, since)
        seconds.append(took)
    linux.run(f'echo stop > {REMOTEPROC}/state')
    return seconds


def closed_link(soc, linux):
    """Also a link that is cut, with both processes well, is a crash."""
    echo(linux, start(linux, 'rpmsg-echo.elf'))
    for at, peer in ((soc.master, soc.slave), (soc.slave, soc.master)):
        boots = soc.core()['boots']
        soc.qmp(at, 'idm-disconnect', id='ipcc', peer=peer)
        soc.watch.wait('WATCH_RELINKED', soc.slave)
        wait_until(lambda: soc.core()['boots'] > boots, 'booted again', 30)
        recovered(linux, echo, time.monotonic())
    linux.run(f'echo stop > {REMOTEPROC}/state')


def ring_until_crash(soc, linux, device):
    """What comes before it is deaf may still be taken."""
    crashes = soc.core()['crashes']
    for _ in range(5):
        linux.run(f"printf 'hello' > /dev/{device}")
        end = time.monotonic() + 2.5 * ANSWER_MS / 1000
        while time.monotonic() < end:
            core = soc.core()
            if core['crashes'] > crashes:
                expect_equal(core['reason'], 'no-answer', 'reason')
                return
            time.sleep(0.02)
    raise Failure('a firmware that never answers runs on')


def deaf(soc, linux, count):
    """A firmware that never answers is a crash after the answer timeout."""
    device = start(linux, 'rpmsg-upper.elf')
    seconds = []
    for _ in range(count):
        upper(linux, device)
        boots = soc.core()['boots']
        since = time.monotonic()
        linux.run(f"printf 'DEAF!' > /dev/{device}")
        ring_until_crash(soc, linux, device)
        wait_until(lambda: soc.core()['boots'] > boots, 'booted again', 30)
        took, device = recovered(linux, upper, since)
        seconds.append(took)
    linux.run(f'echo stop > {REMOTEPROC}/state')
    return seconds


def setting(soc, linux):
    """Linux' `recovery` setting decides."""
    device = start(linux, 'rpmsg-upper.elf')
    linux.run(f'echo disabled > {RECOVERY}')
    linux.run(f"printf 'LOCKUP!' > /dev/{device}")
    soc.wait_core('crashed')
    time.sleep(0.5)
    expect_equal((linux.run(f'cat {REMOTEPROC}/state'),
                  soc.core()['state']), ('crashed', 'crashed'), 'disabled')
    linux.run(f'echo enabled > {RECOVERY}')
    soc.wait_core('running')
    recovered(linux, upper, time.monotonic())
    linux.run(f'echo stop > {REMOTEPROC}/state')


def recovery(attach):
    def change(text):
        return text.replace("<boot control='guest'/>",
                            f"<boot control='guest' attach='{attach}' "
                            f"answer-timeout='{ANSWER_MS}'/>")
    measured(f'seed {SEED}')
    random.seed(SEED)
    with LinuxSoc(watched=True, change=change) as soc:
        linux = soc.linux
        master = soc.pid(soc.master)
        before, clock = uptime(linux), time.monotonic()
        seconds = lockups(soc, linux, times(10, 100))
        measured(f'{len(seconds)} lockups, crash to working echo: '
                 f'{summary(seconds)}')
        seconds = kills(soc, linux, times(5, 50))
        measured(f'{len(seconds)} kills of the process, crash to working '
                 f'echo: {summary(seconds)}')
        seconds = deaf(soc, linux, times(2, 20))
        measured(f'{len(seconds)} firmwares that never answer again, until '
                 f'the working echo: {summary(seconds)}, with an answer '
                 f'timeout of {ANSWER_MS} ms')
        closed_link(soc, linux)
        setting(soc, linux)
        lived = uptime(linux) - before
        expect(abs(lived - (time.monotonic() - clock)) < 5,
               f"the master's uptime grew by {lived} s only")
        expect_equal(soc.pid(soc.master), master, 'pid of the master')


@test('Linux recovers from lockups, kill -9 of the slave, a firmware that '
      'never answers, closed links; the slave gets its memory on demand')
def on_demand():
    recovery('request')


if LONG:
    @test('the same with its memory always there')
    def at_start():
        recovery('start')


main()
