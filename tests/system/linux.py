# SPDX-License-Identifier: GPL-2.0-or-later
"""The STM32MP157 with Linux up."""

import contextlib
import gzip
import os
import re
import time

from het import Failure, Soc, measured, virsh
from life import Watch
from mainjob import Console

BOOT_S = 120


def cpio(path, content):
    """An archive (newc) of one file."""
    def entry(number, mode, name, data):
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0,
                  len(name) + 1, 0)
        head = b'070701' + b''.join(b'%08x' % field for field in fields)
        head += name.encode() + b'\0'
        head += bytes(-len(head) % 4)
        return head + data + bytes(-len(data) % 4)

    return (entry(1, 0o100644, path, content) +
            entry(0, 0, 'TRAILER!!!', b''))


def add_firmware(initramfs, path):
    """Linux will have the file in /lib/firmware."""
    with open(path, 'rb') as file:
        more = cpio('lib/firmware/' + os.path.basename(path), file.read())
    with open(initramfs, 'ab') as file:
        file.write(gzip.compress(more, 1))


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

    def say_where(self):
        """Where Linux runs: when it hangs, that is all there is to see."""
        for _ in range(5):
            registers = virsh('qemu-monitor-command', '--hmp',
                              self.domain(self.master), 'info registers')
            measured('Linux: ' + ' '.join(
                re.findall(r'(?:R1[345]|PSR)=[0-9a-f]+', registers)))
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
