# SPDX-License-Identifier: GPL-2.0-or-later
"""The power and the reset of a SoC, and what its processors do."""

import json

import attr
from labgrid.driver import Driver, ExecutionError
from labgrid.factory import target_factory
from labgrid.protocol import PowerProtocol, ResetProtocol
from labgrid.step import step

from .command import BINDING, run


@target_factory.reg_driver
@attr.s(eq=False)
class HetctlDriver(Driver, PowerProtocol, ResetProtocol):
    """on and off are those of the whole SoC, as the board's plug is; each may
    be said again."""
    bindings = {'soc': BINDING}
    timeout = attr.ib(default=120,
                      validator=attr.validators.instance_of(int))

    def _run(self, *args):
        return run(self.soc, *args, timeout=self.timeout)

    def _status(self):
        return json.loads(self._run('status', self.soc.soc, '--format',
                                    'json'))

    @Driver.check_active
    @step(result=True)
    def status(self):
        """That of `hetctl status --format json`"""
        return self._status()

    @Driver.check_active
    @step(args=['processor'], result=True)
    def processor(self, processor):
        """What status says of one: its core, boots, crashes, error"""
        for found in self._status()['processors']:
            if found['name'] == processor:
                return found
        raise ExecutionError(f'SoC {self.soc.soc!r} has no processor '
                             f'{processor!r}')

    @Driver.check_active
    @step()
    def on(self):
        state = self._status()['state']
        if state == 'suspended':
            self._run('resume', self.soc.soc)
        elif state != 'running':
            # A start that was cut is no start: it begins anew.
            if state == 'partial':
                self._run('destroy', self.soc.soc)
            self._run('start', self.soc.soc)

    @Driver.check_active
    @step()
    def off(self):
        if self._status()['state'] != 'shut off':
            self._run('destroy', self.soc.soc)

    @Driver.check_active
    @step()
    def cycle(self):
        self.off()
        self.on()

    @Driver.check_active
    @step()
    def reset(self):
        self._run('reset', self.soc.soc)

    @Driver.check_active
    @step(result=True)
    def get(self):
        return self._status()['state'] != 'shut off'

    @Driver.check_active
    @step(args=['slave', 'firmware'])
    def boot(self, slave, firmware=None):
        """Of a slave by the host, as a boot loader does; `firmware` is a file"""
        more = ['--firmware', firmware] if firmware else []
        self._run('boot', self.soc.soc, slave, *more)

    @Driver.check_active
    @step(args=['slave'])
    def shutdown(self, slave):
        self._run('shutdown', self.soc.soc, slave)
