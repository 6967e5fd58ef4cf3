# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux' remoteproc, by any shell on the master: real boards as well."""

import base64
import hashlib
import os
import shlex

import attr
from labgrid.driver import Driver, ExecutionError
from labgrid.factory import target_factory
from labgrid.protocol import CommandProtocol
from labgrid.step import step
from labgrid.util import Timeout

SYSFS = '/sys/class/remoteproc'
DEBUGFS = '/sys/kernel/debug/remoteproc'
FOLDER = '/lib/firmware'
# A terminal's line has 4095 bytes, and the shell's quotes need room.
CHUNK = 1536


@target_factory.reg_driver
@attr.s(eq=False)
class RemoteprocDriver(Driver):
    """Loads, starts and stops the firmware of a slave.

    Args: instance: the folder in /sys/class/remoteproc; processor: or what
    its file `name` says ("m4"), which does not depend on the order of
    probing"""
    bindings = {'shell': CommandProtocol}
    instance = attr.ib(default='remoteproc0',
                       validator=attr.validators.instance_of(str))
    processor = attr.ib(default='',
                        validator=attr.validators.instance_of(str))

    def _sh(self, command, timeout=30.0):
        return self.shell.run_check(command, timeout=timeout)

    def _instance(self):
        if not self.processor:
            return self.instance
        found = self._sh(f'for p in {SYSFS}/*; do [ "$(cat $p/name)" != '
                         f'{shlex.quote(self.processor)} ] || '
                         'echo "${p##*/}"; done')
        if len(found) != 1:
            raise ExecutionError(f'{len(found)} remote processors are called '
                                 f'{self.processor!r} in {SYSFS}')
        return found[0].strip()

    def _path(self, file):
        return f'{SYSFS}/{self._instance()}/{file}'

    def _state(self):
        return self._sh(f'cat {self._path("state")}')[-1].strip()

    @Driver.check_active
    @step(result=True)
    def get_state(self):
        """offline, running, crashed, detached, attached, suspended"""
        return self._state()

    @Driver.check_active
    @step(args=['state', 'timeout'])
    def wait_state(self, state, timeout=10.0):
        limit = Timeout(timeout)
        while self._state() != state:
            if limit.expired:
                raise ExecutionError(f'{self._instance()} is '
                                     f'{self._state()}, not {state}, after '
                                     f'{timeout:g} s')

    @Driver.check_active
    @step(args=['filename', 'name'])
    def install(self, filename, name=None):
        """Sends a file of this host into the master's folder of firmware,
        over the shell alone; returns its name there."""
        with open(filename, 'rb') as file:
            data = file.read()
        name = name or os.path.basename(filename)
        path = shlex.quote(f'{FOLDER}/{name}')
        self._sh(f'mkdir -p {FOLDER} && : > {path}.new')
        for i in range(0, len(data), CHUNK):
            text = base64.b64encode(data[i:i + CHUNK]).decode()
            self._sh(f'echo {text} | base64 -d >> {path}.new')
        digest = self._sh(f'sha256sum < {path}.new')[-1].split()[0]
        if digest != hashlib.sha256(data).hexdigest():
            raise ExecutionError(f'{path} did not arrive as {filename} is')
        self._sh(f'mv {path}.new {path}')
        return name

    @Driver.check_active
    @step(args=['name'])
    def load(self, name):
        """The firmware of the next start: a name in /lib/firmware"""
        self._sh(f'echo {shlex.quote(name)} > {self._path("firmware")}')

    @Driver.check_active
    @step()
    def start(self):
        self._sh(f'echo start > {self._path("state")}')

    @Driver.check_active
    @step()
    def stop(self):
        """Also of one that is off"""
        if self._state() != 'offline':
            self._sh(f'echo stop > {self._path("state")}')

    @Driver.check_active
    @step(args=['index'], result=True)
    def trace(self, index=0):
        """The lines of a trace buffer of the firmware"""
        return self._sh(f'cat {DEBUGFS}/{self._instance()}/trace{index:d}')
