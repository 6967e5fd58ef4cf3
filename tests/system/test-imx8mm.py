#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""The i.MX8M Mini: a 64-bit Linux and its Cortex-M4, over the messaging unit."""

import contextlib
import glob
import os
import re
import time
import xml.etree.ElementTree as ElementTree

from debugger import Gdb, Server, expect_halted, expect_released, stubs_open
from het import (EXAMPLES, GUEST, Shared, Soc, expect, expect_equal, hetctl,
                 main, measured, test, virsh, wait_until)
from life import Events, summary, times
from linux import LinuxSoc
from mainjob import EXAMPLES as JOBS
from mainjob import (REMOTEPROC, TRACE, Console, start_firmware,
                     stop_firmware, wait_tty, with_linux)
from remoteproc import ask, set_state, state

JOB = JOBS['imx8mm']
CRASH = '/sys/kernel/debug/remoteproc/remoteproc0/crash'
M4RCR = 0x3039000c
CLOCKS = 'clocks: M4 400000000 Hz, UART4 24000000 Hz\n'
# What Linux complains of: docs/imx8mm.md has the reasons.
COMPLAINTS = ('loading out-of-tree module', 'KASLR disabled due to lack of seed',
              'imx_rproc_kick: failed (0, err:-62)',
              'imx_rproc_kick: failed (1, err:-62)')


class Board(LinuxSoc):
    """With a reader at the M4's UART. While Linux comes up the main job is
    done, whose facts the first test tells."""

    def __init__(self):
        super().__init__(example='imx8mm')
        self.uart4 = None
        self.facts = []

    def open_linux(self):
        live = ElementTree.fromstring(virsh('dumpxml',
                                            self.domain(self.slave)))
        self.uart4 = Console(next(live.iter('serial')).find('source')
                             .get('path'))
        super().open_linux()

    def wait_up(self):
        self.facts = [fact.name for fact in
                      with_linux(self, self.linux, JOB)]

    def __exit__(self, *error):
        if self.uart4:
            self.uart4.close()
        super().__exit__(*error)


board = Shared(Board)


def echo(linux, count, burst):
    result = linux.run(f'rpmsg-test echo {count} {burst}', timeout=300)
    expect(f'messages={count} ' in result and 'errors=0' in result, result)


def complaints(linux):
    """Kernel messages of level warning and above that have no reason"""
    return [line for line in linux.run('dmesg -r').splitlines()
            if re.match('<[0-4]>', line) and
            not any(known in line for known in COMPLAINTS)]


@contextlib.contextmanager
def firmware(soc, name):
    start_firmware(soc.linux, name)
    wait_tty(soc.linux)
    yield soc.linux
    stop_firmware(soc, soc.linux)


@test('the main job: Linux is up, boots the M4, echoes, boots another firmware')
def main_job():
    with board() as soc:
        expect(len(soc.facts) >= 8, f'facts: {soc.facts}')
        return '\n'.join(soc.facts)


@test('neither side accesses what is not there, and Linux complains of nothing')
def registers():
    with board() as soc:
        for processor in soc.master, soc.slave:
            nothing = next(stub for stub in soc.qmp(processor, 'query-stubs')
                           if stub['id'] == 'unassigned')
            expect_equal(nothing['accesses'], [], f'{processor}: nothing there')
        said = complaints(soc.linux)
        expect(not said, '\n'.join(said))


@test('messages alone and in bursts, and over the character device; the log is '
      'in the trace and on UART4')
def messages():
    count = times(500, 20000)
    with board() as soc, firmware(soc, JOB.echo) as linux:
        for burst in 1, 12:
            echo(linux, count, burst)
        trace = linux.run(f'cat {TRACE}')
        expect(CLOCKS in trace and 'ERROR' not in trace and
               'rpmsg-tty at address 1024' in trace, trace)
        soc.uart4.read_until(CLOCKS + '(?s:.*)rpmsg-tty at address 1024\n', 10)
        touched = {stub['id'] for stub in soc.qmp(soc.slave, 'query-stubs')
                   if stub['accesses']}
        expect({'anatop', 'ccm', 'iomuxc', 'rdc', 'sema4'} <= touched,
               f'touched: {touched}')
        linux.run('cd /sys/bus/rpmsg; d=$(ls devices | grep rpmsg-tty); '
                  'echo $d >drivers/rpmsg_tty/unbind && '
                  'echo rpmsg_chrdev >devices/$d/driver_override && '
                  'echo $d >drivers/rpmsg_chrdev/bind')
        wait_until(lambda: 'rpmsg0' in linux.run('ls /dev').split(),
                   '/dev/rpmsg0')
        result = linux.run('rpmsg-test sample')
        expect('messages=100 expected=100' in result, result)
        return f'{2 * count} messages over the tty, 100 over the device'


@test('Linux stops and starts it again and again, each time another firmware')
def cycles():
    count = times(6, 200)
    answers = {JOB.echo: 'turn', JOB.upper: 'TURN'}
    with board() as soc:
        pid, before = soc.pid(soc.slave), soc.core()
        soc.linux.run('dmesg -c >/dev/null')
        start = time.monotonic()
        for i in range(count):
            name = (JOB.echo, JOB.upper)[i % 2]
            with firmware(soc, name) as linux:
                got = linux.run('rpmsg-test ask turn')
                expect(answers[name] in got, got)
        seconds = time.monotonic() - start
        core = soc.core()
        expect_equal((core['boots'] - before['boots'], core['crashes'],
                      soc.pid(soc.slave)), (count, before['crashes'], pid),
                     'boots, crashes, process')
        said = complaints(soc.linux)
        expect(not said, '\n'.join(said[:20]))
        return f'{count} times, {1000 * seconds / count:.0f} ms each'


def probe_again(linux):
    """As a module that is loaded again"""
    linux.run(f'd=$(basename $(readlink -f {REMOTEPROC}/device)); '
              'cd /sys/bus/platform/drivers/imx-rproc && '
              'echo $d >unbind && echo $d >bind')


@test('Linux finds a core that the host has booted, attaches, stops it, starts '
      'it')
def attach():
    with board() as soc:
        linux = soc.linux
        expect_equal(int(linux.run(f'devmem {M4RCR}'), 0) & 0xf, 0xb, 'M4RCR')
        soc.boot(firmware=JOB.upper)
        expect_equal(int(linux.run(f'devmem {M4RCR}'), 0) & 0xf, 0x8, 'M4RCR')
        boots = soc.core()['boots']
        probe_again(linux)
        expect_equal(state(linux), 'attached', 'state of a driver that probes')
        ask(linux)
        expect_equal(soc.core()['boots'], boots, 'boots')
        set_state(linux, 'stop', 'offline')
        expect_equal(soc.core()['state'], 'held', 'after stop')
        linux.run(f'echo {JOB.upper} > {REMOTEPROC}/firmware')
        set_state(linux, 'start', 'running')
        ask(linux, 'third')
        expect_equal(soc.core()['boots'], boots + 1, 'boots')
        set_state(linux, 'stop', 'offline')


def stop_and_start(linux):
    set_state(linux, 'stop', 'offline')
    set_state(linux, 'start', 'running')


def report_crash(linux):
    """What a driver does that is told of a crash"""
    linux.run(f'echo 1 > {CRASH}')


@test('a lockup, of which nothing on the chip tells Linux: the host sees it and '
      'has Linux recover')
def crashes():
    count = times(4, 100)
    seconds = []
    with board() as soc, Events(soc) as events:
        linux = soc.linux
        start_firmware(linux, JOB.upper)
        for i in range(count):
            device = ask(linux)
            crashed, boots = soc.core()['crashes'], soc.core()['boots']
            since = time.monotonic()
            linux.run(f"printf 'LOCKUP!' > /dev/{device}")
            events.wait('SLAVE_CRASHED', soc.slave)
            expect_equal((soc.core()['state'], state(linux)),
                         ('crashed', 'running'), 'core and what Linux knows')
            (stop_and_start, report_crash)[i % 2](linux)
            wait_until(lambda b=boots: soc.core()['boots'] == b + 1,
                       'booted again', 30)
            ask(linux)
            seconds.append(time.monotonic() - since)
            expect_equal(soc.core()['crashes'], crashed + 1, 'crashes')
        stop_firmware(soc, linux)
    measured('lockup to working echo: ' + summary(seconds))
    return f'{count} times'


@test('suspended in the middle of a burst and resumed: no message is lost')
def suspend():
    with board() as soc, firmware(soc, JOB.echo) as linux:
        linux.read_until('het# ', 10)
        linux.type("het-run 'rpmsg-test echo 2000 12'\n")
        for _ in range(times(3, 30)):
            time.sleep(0.1)
            hetctl('suspend', soc.name)
            expect_equal(soc.status()['state'], 'suspended', 'state')
            hetctl('resume', soc.name)
        output, _ = linux.read_until(r'\nHET-RC=0\n', 120)
        expect('messages=2000 ' in output and 'errors=0' in output, output)
        linux.type('\n')


@test('one debugger over the Cortex-A53 and the Cortex-M4: a message of Linux '
      'hits a breakpoint of the firmware')
def debug():
    with board() as soc, firmware(soc, JOB.echo) as linux:
        with Server(soc) as server, Gdb() as gdb:
            gdb.connect(server, None, os.path.join(GUEST, JOB.echo))
            gdb.do('inferior 2')
            gdb.do('break tty_answer')
            gdb.go()
            linux.read_until('het# ', 10)
            linux.type("het-run 'rpmsg-test echo 10'\n")
            stop = gdb.wait_stop()
            expect('func="tty_answer"' in stop, stop)
            expect_halted(soc)
            expect('serve' in gdb.do('backtrace'), 'no stack')
            gdb.do('inferior 1')
            expect(gdb.value('$pc') != 0, "Linux' pc")
            gdb.do('delete')
            gdb.go()
            output, _ = linux.read_until(r'\nHET-RC=0\n', 30)
            expect('errors=0' in output, output)
            linux.type('\n')
            gdb.interrupt()
        wait_until(lambda: not stubs_open(soc), 'stubs closed')
        expect_released(soc)
        echo(linux, 100, 1)


board.ends()


@test('all examples have a map, are valid, and start side by side')
def side_by_side():
    names = [os.path.basename(path)[:-4] for path in
             sorted(glob.glob(os.path.join(EXAMPLES, '*.xml')))]
    expect('imx8mm' in names and len(names) > 10, f'{names}')
    for name in names:
        shown = hetctl('map', os.path.join(EXAMPLES, name + '.xml')).stdout
        expect(shown, f'{name} has no map')
    # The other boards, which test-boards.py looks at, have another tree only.
    names = [name for name in names if not name.startswith('stm32mp157-') or
             name == 'stm32mp157-virt']
    with contextlib.ExitStack() as stack:
        socs = [stack.enter_context(Soc(name)) for name in names]
        for soc in socs:
            soc.start()
        for soc in socs:
            expect_equal(soc.status()['state'], 'running', soc.name)
    return ' '.join(names)


main()
