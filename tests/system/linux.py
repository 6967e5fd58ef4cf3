# SPDX-License-Identifier: GPL-2.0-or-later
"""The STM32MP157 with Linux up."""

import contextlib
import re
import time

from het import Failure, Soc, hmp, measured, virsh
from life import Watch
from mainjob import Console

BOOT_S = 120


class LinuxSoc(Soc):
    """Started, or left to begin(); hetctl watch runs when it is wanted.
    `prepare` puts files into the folder of the XML."""

    def __init__(self, watched=False, prepare=None, example='stm32mp157-virt',
                 boot_s=BOOT_S, started=True, **more):
        super().__init__(example, **more)
        if prepare:
            prepare(self.folder)
        self.watched, self.boot_s, self.started = watched, boot_s, started
        self.watch = self.linux = None

    def __enter__(self):
        super().__enter__()
        try:
            if self.watched:
                self.watch = Watch(self)
            if self.started:
                self.begin()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def begin(self):
        self.start()
        self.open_linux()

    def open_linux(self):
        self.linux = Console(virsh('ttyconsole',
                                   self.domain(self.master)).strip())
        self.wait_up()

    def again(self):
        """Destroyed and started."""
        self.linux.close()
        self.destroy()
        self.begin()

    def open_again(self):
        """After a restore: it is up."""
        self.linux = Console(virsh('ttyconsole',
                                   self.domain(self.master)).strip())
        self.linux.type('\n')

    def wait_up(self):
        self.linux.read_until('HET-READY', self.boot_s)

    def say_where(self):
        """Where Linux runs: when it hangs, that is all there is to see."""
        for _ in range(5):
            registers = hmp(self.domain(self.master), 'info registers')
            measured('Linux: ' + ' '.join(
                re.findall(r'\b(?:R1[345]|PSR|PC|X30|PSTATE)=[0-9a-f]+',
                           registers)))
            time.sleep(0.1)

    def __exit__(self, *error):
        if error[0] and self.linux:
            # Its emulator may be what has failed.
            with contextlib.suppress(Failure):
                self.say_where()
        if self.watch:
            self.watch.stop()
        if self.linux:
            self.linux.close()
        super().__exit__(*error)
