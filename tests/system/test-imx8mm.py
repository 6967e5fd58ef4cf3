#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""The i.MX8M Mini: a 64-bit Linux and its Cortex-M4, over the messaging unit."""

import contextlib
import glob
import json
import os
import random
import re
import time
import xml.etree.ElementTree as ElementTree

from debugger import Gdb, Server, expect_halted, expect_released, stubs_open
from het import (EXAMPLES, GUEST, Shared, Soc, expect, expect_equal, hetctl,
                 main, measured, test, virsh, wait_until)
from life import SEED, Events, summary, times
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

    def open_uart4(self):
        live = ElementTree.fromstring(virsh('dumpxml',
                                            self.domain(self.slave)))
        self.uart4 = Console(next(live.iter('serial')).find('source')
                             .get('path'))

    def open_linux(self):
        self.open_uart4()
        super().open_linux()

    def reopen(self):
        """After a restore the consoles are others."""
        self.linux.close()
        self.uart4.close()
        self.open_uart4()
        self.linux = console_of(self.domain(self.master))

    def wait_up(self):
        self.facts = [fact.name for fact in
                      with_linux(self, self.linux, JOB)]

    def __exit__(self, *error):
        if self.uart4:
            self.uart4.close()
        super().__exit__(*error)


def console_of(domain):
    """Of a Linux that does not come up but goes on"""
    linux = Console(virsh('ttyconsole', domain).strip())
    linux.type('\n')
    return linux


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
        expect({'anatop', 'ccm-gates', 'ccm-roots', 'iomuxc', 'rdc', 'sema4'}
               <= touched, f'touched: {touched}')
        linux.run('cd /sys/bus/rpmsg; d=$(ls devices | grep rpmsg-tty); '
                  'echo $d >drivers/rpmsg_tty/unbind && '
                  'echo rpmsg_chrdev >devices/$d/driver_override && '
                  'echo $d >drivers/rpmsg_chrdev/bind')
        wait_until(lambda: 'rpmsg0' in linux.run('ls /dev').split(),
                   '/dev/rpmsg0')
        result = linux.run('rpmsg-test sample')
        expect('messages=100 expected=100' in result, result)
        return f'{2 * count} messages over the tty, 100 over the device'


@test('start-up code as that of NXP and of Zephyr finds what it waits for')
def startup():
    with board() as soc:
        start_firmware(soc.linux, 'imx8mm-startup.elf')
        trace = wait_until(lambda: finished(soc.linux), 'start-up is done', 30)
        expect('ERROR' not in trace and ', 0 wrong' in trace and
               'GPT: 20 interrupts' in trace, trace)
        touched = {stub['id'] for stub in soc.qmp(soc.slave, 'query-stubs')
                   if stub['accesses']}
        expect({'anatop', 'ccm', 'ccm-gates', 'ccm-roots', 'csu', 'gpc',
                'gpv5', 'rdc', 'sema4'} <= touched, f'touched: {touched}')
        nothing = next(stub for stub in soc.qmp(soc.slave, 'query-stubs')
                       if stub['id'] == 'unassigned')
        expect_equal(nothing['accesses'], [], 'nothing there')
        stop_firmware(soc, soc.linux)
        return re.search('start-up: .*', trace)[0]


def finished(linux):
    trace = linux.run(f'cat {TRACE}')
    return trace if 'start-up: ' in trace else None


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


ECHOED = '/tmp/echoed'
MESSAGES = 4000


def begin_echo(linux):
    linux.run(f'rpmsg-test echo {MESSAGES} >{ECHOED} 2>&1 &')


def echo_runs(linux):
    return 'messages=' not in linux.run(f'cat {ECHOED}')


def expect_echoed(linux):
    wait_until(lambda: not echo_runs(linux), 'all messages came', 120)
    said = linux.run(f'cat {ECHOED}')
    expect(re.search(rf'messages={MESSAGES} .*errors=0', said), said)


@test('saved and restored in the middle of messages: each comes once and '
      'intact')
def save():
    count = times(3, 50)
    random.seed(SEED)
    measured(f'seed {SEED}')
    hit, seconds = 0, []
    with board() as soc, firmware(soc, JOB.echo):
        before = soc.core()
        path = os.path.join(soc.folder, 'saved')
        for i in range(count):
            if i and not echo_runs(soc.linux):
                expect_echoed(soc.linux)
            if not i or not echo_runs(soc.linux):
                begin_echo(soc.linux)
            time.sleep(random.uniform(0, 0.2))
            hetctl('save', soc.name, path)
            expect_equal(soc.status()['state'], 'shut off', 'when saved')
            start = time.monotonic()
            hetctl('restore', path)
            seconds.append(time.monotonic() - start)
            soc.reopen()
            hit += echo_runs(soc.linux)
        expect_echoed(soc.linux)
        core = soc.core()
        expect_equal((core['state'], core['boots']),
                     ('running', before['boots']), 'the M4')
        echo(soc.linux, 100, 12)
        os.unlink(path)
    expect(hit > count / 2, f'only {hit} of {count} were hit')
    return f'{count} times, {hit} in the middle; restore: {summary(seconds)}'


@test('saved live in the middle of messages and restored as a second SoC: both '
      'go on, beside each other')
def clone():
    with board() as soc, firmware(soc, JOB.echo):
        path = os.path.join(soc.folder, 'saved')
        begin_echo(soc.linux)
        hetctl('save', soc.name, path, '--live')
        expect(echo_runs(soc.linux), 'it was not in the middle')
        hetctl('restore', path, '--name', 'second')
        try:
            linux = console_of('second.a53')
            expect_echoed(linux)
            echo(linux, 100, 1)
            linux.run('rm ' + ECHOED)
            set_state(linux, 'stop', 'offline')
            linux.run(f'echo {JOB.upper} > {REMOTEPROC}/firmware')
            set_state(linux, 'start', 'running')
            ask(linux, 'second')
            linux.close()
            status = json.loads(hetctl('status', 'second', '-f', 'json').stdout)
            expect_equal(status['state'], 'running', 'state')
        finally:
            hetctl('destroy', 'second')
            hetctl('undefine', 'second')
        expect_echoed(soc.linux)
        os.unlink(path)


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


class Booted(LinuxSoc):
    """The host boots the M4 while Linux comes up."""

    def __init__(self):
        super().__init__(example='imx8mm')

    def wait_up(self):
        self.boot(firmware=JOB.upper)
        super().wait_up()


@test('Linux comes up, finds a core that the host has booted before, and '
      'attaches by itself')
def attach_at_boot():
    with Booted() as soc:
        linux = soc.linux
        wait_until(lambda: state(linux) == 'attached', 'attached', 20)
        said = linux.run('dmesg | grep remoteproc0')
        for text in ('is available', 'attaching to imx-rproc',
                     'remote processor imx-rproc is now attached'):
            expect(text in said, f'no "{text}" in\n{said}')
        expect('powering up' not in said, said)
        ask(linux)
        core = soc.core()
        expect_equal((core['state'], core['boots']), ('running', 1), 'core')
        set_state(linux, 'stop', 'offline')
        expect_equal(soc.core()['state'], 'held', 'after stop')
        start_firmware(linux, JOB.echo)
        wait_tty(linux)
        echo(linux, 100, 12)
        expect_equal(soc.core()['boots'], 2, 'boots')


def of_the_quad(text):
    return text.replace('</soc>', "<remoteproc slave='m4' change='edit' "
                        "model='imx8mq'/></soc>")


@test("the i.MX8M Quad's remote processor: Linux' driver binds, boots the M4, "
      'talks to it')
def quad():
    with LinuxSoc(example='imx8mm', change=of_the_quad) as soc:
        linux = soc.linux
        tree = linux.run(f'cat {REMOTEPROC}/device/of_node/compatible')
        expect('fsl,imx8mq-cm4' in tree, tree)
        driver = linux.run(f'readlink {REMOTEPROC}/device/driver')
        expect(driver.endswith('/imx-rproc'), driver)
        start_firmware(linux, JOB.echo)
        wait_tty(linux)
        echo(linux, 200, 12)
        expect_equal(soc.core()['boots'], 1, 'boots')
        stop_firmware(soc, linux)


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
