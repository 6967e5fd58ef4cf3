# SPDX-License-Identifier: GPL-2.0-or-later
"""The console of one processor: a driver for each."""

import logging
import os
import select
import subprocess
import tempfile

import attr
from labgrid.driver import Driver, ExecutionError
from labgrid.driver.consoleexpectmixin import ConsoleExpectMixin
from labgrid.factory import target_factory
from labgrid.protocol import ConsoleProtocol
from pexpect import TIMEOUT

from .command import BINDING, command

CHUNK = 65536


@target_factory.reg_driver
@attr.s(eq=False)
class HetctlConsoleDriver(ConsoleExpectMixin, Driver, ConsoleProtocol):
    """`hetctl console --raw` while the driver is active. The SoC must run
    then; activate it behind HetctlDriver.on().

    Args: processor: its name; serial: number or name of the UART, the first
    when empty"""
    bindings = {'soc': BINDING}
    processor = attr.ib(validator=attr.validators.instance_of(str))
    serial = attr.ib(default='', validator=attr.validators.instance_of(str))
    txdelay = attr.ib(default=0.0,
                      validator=attr.validators.instance_of(float))

    def __attrs_post_init__(self):
        super().__attrs_post_init__()
        self.logger = logging.getLogger(f'{self}({self.target})')
        self._child = None
        self._complaint = None

    def on_activate(self):
        args = ['console', self.soc.soc, self.processor, '--raw']
        if self.serial:
            args += ['--serial', self.serial]
        # A file never fills up, as a pipe that nobody reads does.
        self._complaint = tempfile.TemporaryFile()
        try:
            self._child = subprocess.Popen(
                command(self.soc, *args), stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=self._complaint, bufsize=0)
        except OSError as error:
            self._complaint.close()
            raise ExecutionError(f'hetctl cannot be run: {error}') from error

    def on_deactivate(self):
        child, self._child = self._child, None
        # The end of its input ends it; what hangs is ended.
        child.stdin.close()
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()
        self._complaint.close()

    def _vanished(self):
        """It has ended, or nobody else can have the console."""
        try:
            code = self._child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = 'none'
        self._complaint.seek(0)
        text = self._complaint.read().decode(errors='replace').strip()
        return ExecutionError(f'console of {self.soc.soc} {self.processor} '
                              f'has ended, exit code {code}: '
                              f'{text or "the processor has ended"}')

    def _read(self, size=1, timeout=0.0, max_size=None):
        """What is there, at least a byte, before the timeout"""
        out = self._child.stdout
        if not select.select([out], [], [], max(timeout or 0, 0))[0]:
            raise TIMEOUT(f'nothing within {timeout:.2f} s')
        data = os.read(out.fileno(), max_size or CHUNK)
        if not data:
            raise self._vanished()
        return data

    def _write(self, data):
        try:
            sent = 0
            while sent < len(data):
                sent += self._child.stdin.write(data[sent:])
            return sent
        except BrokenPipeError as error:
            raise self._vanished() from error
