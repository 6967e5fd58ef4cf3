# SPDX-License-Identifier: GPL-2.0-or-later
"""The STM32MP157 with Linux up."""

from het import Soc, virsh
from life import Watch
from mainjob import Console

BOOT_S = 120


class LinuxSoc(Soc):
    """Started; hetctl watch runs when it is wanted."""

    def __init__(self, watched=False, **more):
        super().__init__('stm32mp157', **more)
        self.watched = watched
        self.watch = self.linux = None

    def __enter__(self):
        super().__enter__()
        try:
            if self.watched:
                self.watch = Watch(self)
            self.start()
            self.linux = Console(virsh('ttyconsole',
                                       self.domain(self.master)).strip())
            self.wait_up()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def wait_up(self):
        self.linux.read_until('HET-READY', BOOT_S)

    def __exit__(self, *error):
        if self.watch:
            self.watch.stop()
        if self.linux:
            self.linux.close()
        super().__exit__(*error)
