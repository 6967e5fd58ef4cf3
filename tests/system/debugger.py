# SPDX-License-Identifier: GPL-2.0-or-later
"""The real GDB, driven over its machine interface, and hetctl gdb --server."""

import contextlib
import os
import re
import select
import signal
import subprocess
import time

import libvirt

from het import (HETCTL, Failure, ask_libvirt, expect, expect_equal,
                 wait_until)

PROGRAM = 'gdb-multiarch'
WAIT_S = 20


class Server:
    """hetctl gdb SOC [PROCESSOR]... --server"""

    def __init__(self, soc, *more, where='', env=None):
        self.process = subprocess.Popen(
            [HETCTL, 'gdb', soc.name, *more,
             '--server' + (where and f'={where}')],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(env or {})})
        self.target = ''
        while not self.target.startswith('target '):
            line = self.process.stdout.readline()
            if not line:
                raise Failure(f'no server: {self.process.communicate()[1]}')
            self.target = line.strip()

    def __enter__(self):
        return self

    def keeper(self):
        """The process that undoes what it has done when it is killed"""
        pid = self.process.pid
        with open(f'/proc/{pid}/task/{pid}/children',
                  encoding='ascii') as file:
            children = file.read().split()
        expect_equal(len(children), 1, 'processes of hetctl')
        return int(children[0])

    def end(self, number=signal.SIGTERM):
        """Its errors"""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.communicate(timeout=30)[1]

    def __exit__(self, *_):
        self.end()


class Gdb:
    """One GDB. Each command waits for its result; stops come later."""

    def __init__(self):
        self.process = subprocess.Popen(
            [PROGRAM, '-nx', '-q', '--interpreter=mi3'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        self.seen = ''
        self.number = 0
        self.stops = []
        for line in ('set mi-async on', 'set confirm off',
                     'set pagination off', 'set schedule-multiple on'):
            self.do(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def _line(self, timeout):
        end = time.monotonic() + timeout
        while '\n' not in self.seen:
            left = end - time.monotonic()
            if left < 0 or not select.select([self.process.stdout], [], [],
                                             left)[0]:
                raise Failure(f'GDB says nothing for {timeout} s')
            data = os.read(self.process.stdout.fileno(), 65536)
            expect(data, 'GDB has ended')
            self.seen += data.decode(errors='replace')
        line, self.seen = self.seen.split('\n', 1)
        if line.startswith('*stopped'):
            self.stops.append(line)
        return line

    def mi(self, command, timeout=WAIT_S):
        """What the console says, and the result"""
        self.number += 1
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(f'{self.number}{command}\n'.encode())
            self.process.stdin.flush()
        said = ''
        while True:
            line = self._line(timeout)
            if line.startswith(('~', '@')):
                said += line[2:-1].encode().decode('unicode_escape')
            match = re.match(rf'{self.number}\^(\w+),?(.*)', line)
            if match:
                if match[1] == 'error':
                    raise Failure(f'{command}: {match[2]}')
                return said + match[2]

    def do(self, command, timeout=WAIT_S):
        """A command as typed"""
        quoted = command.replace('\\', '\\\\').replace('"', '\\"')
        return self.mi(f'-interpreter-exec console "{quoted}"', timeout)

    def value(self, expression):
        return int(re.search(r'= (-?\d+)',
                             self.do(f'output/d {expression}') and
                             self.do(f'print/d {expression}'))[1])

    def attach(self, number):
        self.stops = []
        self.do(f'attach {number}')
        self.wait_stop()        # GDB is not done before that

    def connect(self, server, *symbols):
        """An inferior for each: its symbols, or None"""
        for number, file in enumerate(symbols, 1):
            if number > 1:
                self.do('add-inferior')
                self.do(f'inferior {number}')
            if file:
                self.do(f'file {file}')
            if number == 1:
                self.do(server.target)
            if len(symbols) > 1:
                self.attach(number)
        self.stops = []

    def wait_stop(self, timeout=WAIT_S):
        """The next stop"""
        while not self.stops:
            self._line(timeout)
        return self.stops.pop(0)

    def go(self):
        self.stops = []
        self.do('continue &')

    def interrupt(self):
        self.mi('-exec-interrupt')
        return self.wait_stop()


def halted(soc, processor):
    def state(connection):
        return connection.lookupByName(soc.domain(processor)).state()[0]
    return ask_libvirt(state) == libvirt.VIR_DOMAIN_PAUSED


def is_up(soc, processor):
    def ask(connection):
        return connection.lookupByName(soc.domain(processor)).isActive()
    return ask_libvirt(ask)


def expect_halted(soc, *processors):
    """libvirt hears of it a moment after GDB."""
    for processor in processors or (soc.master, soc.slave):
        wait_until(lambda name=processor: halted(soc, name),
                   f'{processor} is halted', 5)


def stubs_open(soc):
    return [p for p in (soc.master, soc.slave) if any(
        c['label'].startswith('hetctl-gdb')
        for c in soc.qmp(p, 'query-chardev'))]


def expect_released(soc):
    expect(not stubs_open(soc), f'open stubs: {stubs_open(soc)}')
    for processor in (soc.master, soc.slave):
        expect(not halted(soc, processor), f'{processor} is halted')
