#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""hetctl console and logs: every console of every processor, for people and
for programs, with several readers."""

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import time

from het import (HETCTL, NOT_FOUND, STATE, USAGE, Failure, Shared, Soc, expect,
                 expect_equal, hetctl, main, test, wait_until)
from life import times
from mainjob import REMOTEPROC

BOOT_S = 120
SLACK_S = 3             # of a machine that does other things as well
FIRMWARE = 'stm32mp1-openamp.elf'


class Reader:
    """A hetctl whose output is read; its input is a pipe."""

    def __init__(self, *args):
        self.process = subprocess.Popen(
            [HETCTL, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.seen = b''

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def read_until(self, pattern, timeout=30):
        end = time.monotonic() + timeout
        while True:
            match = re.search(pattern, self.seen)
            if match:
                self.seen = self.seen[match.end():]
                return match
            left = end - time.monotonic()
            out = self.process.stdout
            data = left > 0 and select.select([out], [], [], left)[0] and \
                os.read(out.fileno(), 65536)
            if not data:
                raise Failure(f'no {pattern} from {self.process.args}: '
                              f'{self.seen[-1000:]}')
            self.seen += data

    def type(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def sync(self):
        """At the next prompt, whatever was said before"""
        out = self.process.stdout
        self.type('\n')
        while select.select([out], [], [], 0.7)[0]:
            expect(os.read(out.fileno(), 65536), 'the console has ended')
        self.seen = b''
        self.type('\n')

    def start(self, command):
        """Of Linux' shell, which forgets what comes before its prompt"""
        self.read_until(b'het# ')
        self.type(f"het-run '{command}'\n")

    def run(self, command):
        self.start(command)
        return self.read_until(rb'HET-RC=(\d+)\r?\n')

    def end(self, close=True):
        """Its exit code, and what is left of its output"""
        if close:
            self.process.stdin.close()
        self.process.stdin = None
        out, _ = self.process.communicate(timeout=20)
        return self.process.returncode, self.seen + out


class Up(Soc):
    """Linux is up, and nobody has a console."""

    def __enter__(self):
        super().__enter__()
        try:
            self.start()
            with self.console() as linux:
                linux.read_until(b'HET-READY', BOOT_S)
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def console(self, processor=None, *options):
        return Reader('console', self.name, processor or self.master, '--raw',
                      *options)


running = Shared(lambda: Up('stm32mp157-virt'))


@test('a program has the console over pipes: all bytes, and the end of its '
      'input is the end')
def raw():
    with running() as soc, soc.console() as linux:
        linux.sync()
        linux.run('echo marker-$((40 + 2))')
        linux.start('seq 5000')
        linux.read_until(rb'\r?\n'.join(b'%d' % n for n in range(1, 5001)))
        # Ctrl+] is a byte as any other.
        linux.start('echo ready; head -n 1 | hexdump -C')
        linux.read_until(b'ready')
        linux.type('\x1dA\n')
        linux.read_until(b'1d 41 0a')
        expect_equal(linux.end()[0], 0, 'exit code')


@test('what a program types arrives, also when it is gone at once')
def gone_at_once():
    with running() as soc:
        with soc.console() as linux:
            linux.sync()
            linux.end()
        for i in range(3):
            with soc.console() as brief:
                brief.type(f'echo brief-$((70 + {i}))\n')
                expect_equal(brief.end()[0], 0, 'exit code')
            wait_until(lambda i=i: re.search(
                rf'brief-7{i}$', hetctl('logs', soc.name, soc.master).stdout,
                re.M), 'what was typed')


@test('while one has the console another is refused, and any number read '
      'along')
def readers():
    with running() as soc, soc.console() as linux:
        linux.sync()
        linux.run('true')
        along = ['console', soc.name, soc.master, '--read-only']
        with Reader(*along) as one, Reader(*along) as two:
            error = hetctl('console', soc.name, soc.master,
                           code=STATE).stderr
            expect('--read-only' in error, error)
            time.sleep(1)
            linux.run('echo marker-$((50 + 3))')
            for reader in (one, two):
                reader.read_until(b'marker-53')
            one.process.send_signal(signal.SIGINT)
            expect_equal(one.end(close=False)[0], 0, 'exit code')
        linux.run('true')
        linux.end()


@test('a UART is found by its number and by the name of its device')
def serials():
    with running() as soc, soc.console() as linux:
        with soc.console(soc.slave, '--serial', 'uart7') as uart7:
            linux.sync()
            linux.run(f'echo {FIRMWARE} > {REMOTEPROC}/firmware')
            linux.run(f'echo start > {REMOTEPROC}/state')
            uart7.read_until(rb'rpmsg: rpmsg-client-sample at 1025')
            with soc.console(soc.slave, '--serial', '1') as usart3:
                usart3.type('state\r')
                usart3.read_until(rb'state')
        linux.run(f'echo stop > {REMOTEPROC}/state')
        error = hetctl('console', soc.name, soc.slave, '--serial', 'uart9',
                       code=NOT_FOUND).stderr
        expect('0 (uart7), 1 (usart3)' in error, error)
        hetctl('console', soc.name, soc.slave, '--serial', '2',
               code=NOT_FOUND)


@test('logs has the lines of all consoles, also those that nobody has read, '
      'under the names of processors and UARTs')
def past():
    with running() as soc:
        text = hetctl('logs', soc.name).stdout
        expect(re.search(r'^a7 +\| .*Linux version', text, re.M), text[:500])
        expect(re.search(r'^m4/uart7 +\| rpmsg: rpmsg-client', text, re.M),
               text[-500:])
        expect('\033' not in text, 'control characters')
        only = hetctl('logs', soc.name, soc.slave).stdout
        expect(only and 'a7' not in {line.split()[0] for line in
                                     only.splitlines()}, only[:500])
        lines = [json.loads(line) for line in
                 hetctl('logs', soc.name, soc.slave, '--format',
                        'json').stdout.splitlines()]
        expect_equal({(line['processor'], line['serial'], line['seen'])
                      for line in lines},
                     {('m4', 'uart7', None), ('m4', 'usart3', None)},
                     'lines as JSON')
        expect_equal(hetctl('logs', soc.name, '--since',
                            '2100-01-01T00:00:00').stdout, '', 'future')
        expect(hetctl('logs', soc.name, '--since', '1d').stdout == text,
               'since yesterday')
        hetctl('logs', soc.name, 'nobody', code=NOT_FOUND)
        hetctl('logs', soc.name, '--since', 'x', code=USAGE)


def on_terminal(*args, **environment):
    """What it prints to a terminal"""
    terminal, output = os.openpty()
    with os.fdopen(terminal, 'rb', buffering=0) as seen:
        process = subprocess.Popen(
            [HETCTL, *args], stdin=subprocess.DEVNULL, stdout=output,
            env={**os.environ, 'TERM': 'xterm', 'NO_COLOR': '',
                 **environment})
        os.close(output)
        text = b''
        with contextlib.suppress(OSError):      # its other end has gone
            while data := seen.read(65536):
                text += data
        expect_equal(process.wait(20), 0, 'exit code')
    return text


@test('on a terminal each processor has a colour of its own, not with NO_COLOR, '
      'on a dumb terminal or in a pipe')
def colours():
    with running() as soc:
        text = on_terminal('logs', soc.name)
        found = {name: set(re.findall(
            rb'\033\[(\d+)m%s' % name.encode(), text))
                 for name in (soc.master, soc.slave)}
        expect(all(len(colours) == 1 for colours in found.values()) and
               found[soc.master] != found[soc.slave], found)
        for plain in ({'NO_COLOR': '1'}, {'TERM': 'dumb'}):
            text = on_terminal('logs', soc.name, **plain)
            expect(b'Linux version' in text and b'\033' not in text, plain)


@test('who follows gets each line once and in order, with the time when it was '
      'seen, also while libvirt rotates the log')
def rotated():
    count = times(40000, 400000)
    with running() as soc, soc.console() as linux, \
            Reader('logs', soc.name, soc.master, '--follow', '--timestamps',
                   '--since', '2100-01-01T00:00:00') as logs:
        linux.sync()
        linux.start(f'seq 1000000 {1000000 + count}')
        linux.read_until(rb'HET-RC=0', 600)
        lines, end = [], time.monotonic() + 60
        while not any('| HET-RC=0' in line for line in lines[-3:]) or \
                len(lines) < count:
            expect(time.monotonic() < end, f'{len(lines)} lines')
            lines.append(logs.process.stdout.readline().decode())
        numbers = [int(m[1]) for m in
                   (re.search(r'\| (?:het# )*(1\d{6})$', line)
                    for line in lines) if m]
        want = list(range(1000000, 1000001 + count))
        expect(numbers == want, f'{len(numbers)} lines; missing or twice: '
               f'{sorted(set(want) ^ set(numbers))[:20]}')
        expect(re.match(r'\d\d:\d\d:\d\d\.\d{6} a7 +\| ', lines[-1]),
               lines[-1])
    log = f'/var/log/libvirt/qemu/{soc.name}.{soc.master}-serial0.log'
    if os.path.exists(log):
        expect(os.path.exists(log + '.0'), 'libvirt has not rotated')


@test('who follows gets the lines of different consoles in the order in which '
      'they were said')
def in_order():
    with running() as soc:
        logs = [f'/var/log/libvirt/qemu/{soc.name}.{name}.log'
                for name in ('m4-serial0', 'a7-serial0')]
        if not all(os.path.exists(log) for log in logs):
            return "not tested: the logs are not root's"
        want = [f'line {i}' for i in range(60)]
        with Reader('logs', soc.name, '--follow', '--since',
                    '2100-01-01T00:00:00') as reader:
            time.sleep(1)
            for i, text in enumerate(want):
                with open(logs[i % 2], 'a', encoding='ascii') as file:
                    file.write(text + '\n')
                time.sleep(0.02)
            got = []
            while len(got) < len(want):
                line = reader.process.stdout.readline().decode().strip()
                got += re.findall(r'\| (line \d+)$', line)
        # Two of them where it was kept from running for so long
        wrong = sum(a != b for a, b in zip(got, want))
        expect(sorted(got) == sorted(want) and wrong < 20, got)
        return f'{wrong} of {len(want)} elsewhere'


@test('a signal ends it while nobody reads its output')
def stuck():
    with running() as soc, soc.console() as linux:
        linux.sync()
        with Reader('console', soc.name, soc.master, '--read-only') as along, \
                Reader('logs', soc.name, '--follow') as logs:
            linux.start('seq 30000')
            linux.read_until(b'HET-RC=0')
            linux.start('seq 30000')
            time.sleep(1)
            for reader in (along, logs, linux):
                reader.process.terminate()
                reader.process.wait(1 + SLACK_S)


@test('logs stay when the SoC has ended, and go on with its next start')
def after_end():
    with running() as soc:
        text = hetctl('logs', soc.name, soc.slave).stdout
        soc.destroy()
        expect_equal(hetctl('logs', soc.name, soc.slave).stdout, text,
                     'after destroy')
        hetctl('console', soc.name, soc.master, code=STATE)
        soc.start()
        expect(hetctl('logs', soc.name, soc.slave).stdout.startswith(text),
               'after start')


running.ends()
main()
