# SPDX-License-Identifier: GPL-2.0-or-later
"""From a SoC that is off to a firmware that runs."""

import enum

import attr
from labgrid.factory import target_factory
from labgrid.step import step
from labgrid.strategy import Strategy, StrategyError


class Status(enum.Enum):
    unknown = 0
    off = 1
    linux = 2
    firmware = 3


@target_factory.reg_driver
@attr.s(eq=False)
class HetctlStrategy(Strategy):
    """off: no processor runs; linux: the master has a shell, the slave is
    off; firmware: the slave runs it.

    Args: firmware: its name in the master's /lib/firmware; image: a file of
    this host that is sent there first, relative to the environment; consoles:
    names of console drivers of slaves, active from `linux` on"""
    bindings = {'power': 'PowerProtocol', 'shell': 'ShellDriver',
                'remoteproc': 'RemoteprocDriver'}
    firmware = attr.ib(default='', validator=attr.validators.instance_of(str))
    image = attr.ib(default='', validator=attr.validators.instance_of(str))
    consoles = attr.ib(default=attr.Factory(list),
                       validator=attr.validators.instance_of(list))
    status = attr.ib(default=Status.unknown)

    def _drivers(self):
        return [self.target.get_driver('HetctlConsoleDriver', name=name,
                                       activate=False)
                for name in self.consoles]

    def _off(self):
        for driver in (self.remoteproc, self.shell, self.shell.console,
                       *self._drivers()):
            self.target.deactivate(driver)
        self.target.activate(self.power)
        self.power.off()

    def _linux(self):
        if self.status == Status.firmware:
            self.remoteproc.stop()
            return
        self.transition(Status.off)  # pylint: disable=missing-kwoa
        self.power.on()
        for driver in self._drivers():
            self.target.activate(driver)
        self.target.activate(self.shell)
        self.target.activate(self.remoteproc)

    def _firmware(self):
        if not self.firmware and not self.image:
            raise StrategyError("no firmware: the strategy's 'firmware' or "
                                "'image' names one")
        self.transition(Status.linux)  # pylint: disable=missing-kwoa
        name = self.firmware
        if self.image:
            path = self.target.env.config.resolve_path(self.image) \
                if self.target.env else self.image
            name = self.remoteproc.install(path, name or None)
        self.remoteproc.load(name)
        self.remoteproc.start()
        self.remoteproc.wait_state('running')

    @step(args=['status'])
    def transition(self, status, *, step):
        if not isinstance(status, Status):
            status = Status[status]
        if status == Status.unknown:
            raise StrategyError(f'can not transition to {status}')
        if status == self.status:
            step.skip('nothing to do')
            return
        try:
            {Status.off: self._off, Status.linux: self._linux,
             Status.firmware: self._firmware}[status]()
        except BaseException:
            # Half way: the next transition begins with off.
            self.status = Status.unknown
            raise
        self.status = status

    @step(args=['status'])
    def force(self, status, *, step):
        """Takes a SoC that somebody else has brought there."""
        if not isinstance(status, Status):
            status = Status[status]
        if status == Status.unknown:
            raise StrategyError(f'can not force state {status}')
        self.target.activate(self.power)
        if status != Status.off:
            for driver in self._drivers():
                self.target.activate(driver)
            self.target.activate(self.shell)
            self.target.activate(self.remoteproc)
        self.status = status
