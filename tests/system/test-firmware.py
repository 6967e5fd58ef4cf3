#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""<firmware>: files for the /lib/firmware of the master's Linux."""

import gzip
import hashlib
import os
import re
import shutil
import stat

from het import (GUEST, XML, Shared, Soc, expect, expect_equal, hetctl,
                 initrds, main, test)
from linux import LinuxSoc
from mainjob import REMOTEPROC, start_firmware, stop_firmware, wait_tty

INITRD = os.path.join(GUEST, 'initramfs.cpio.gz')


def entries(archive):
    """(name, mode, data) of each entry of a newc archive"""
    at = 0
    while True:
        fields = [int(archive[at + 6 + 8 * i:at + 14 + 8 * i], 16)
                  for i in range(13)]
        mode, size, length = fields[1], fields[6], fields[11]
        name = archive[at + 110:at + 110 + length - 1].decode()
        data = at + (110 + length + 3 & ~3)
        if name == 'TRAILER!!!':
            return
        yield name, mode, archive[data:data + size]
        at = data + (size + 3 & ~3)


def entry(name, mode, data=b''):
    fields = (hash(name) & 0x7fffffff, mode, 0, 0, 1, 0, len(data), 0, 0, 0,
              0, len(name) + 1, 0)
    head = b'070701' + b''.join(b'%08x' % field for field in fields) + \
        name.encode() + b'\0'
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def with_merged_usr(path):
    """The initramfs with /lib as a link to usr/lib, as Debian's has it."""
    with gzip.open(INITRD) as file:
        old = file.read()
    new = entry('usr', stat.S_IFDIR | 0o755)
    for name, mode, data in entries(old):
        new += entry(re.sub(r'^lib(?=/|$)', 'usr/lib', name), mode, data)
    new += entry('lib', stat.S_IFLNK | 0o777, b'usr/lib')
    new += entry('TRAILER!!!', 0)
    with gzip.open(path, 'wb', 1) as file:
        file.write(new)


def change(text, files, initrd=INITRD):
    more = ''.join(f"<firmware name='{name}'>{path}</firmware>"
                   for name, path in files)
    return text.replace(f'<initrd>{INITRD}</initrd>',
                        f'<initrd>{initrd}</initrd>{more}')


def digest(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def expect_no_files():
    expect_equal(initrds(), [], 'files left')


def boot(soc, name):
    start_firmware(soc.linux, name)
    wait_tty(soc.linux)
    answer = soc.linux.run('rpmsg-test ask own')
    stop_firmware(soc, soc.linux)
    return answer


FILES = [('own-1.elf', os.path.join(GUEST, 'rpmsg-upper.elf')),
         ('rpmsg-echo.elf', os.path.join(GUEST, 'rpmsg-upper.elf')),
         ('own.elf', 'own.elf')]


def with_own(folder):
    shutil.copy(os.path.join(GUEST, 'rpmsg-echo.elf'),
                os.path.join(folder, 'own.elf'))


own = Shared(lambda: LinuxSoc(change=lambda text: change(text, FILES),
                              prepare=with_own))


@test('own firmware beside the initramfs own, and in place of it; the files '
      'stay as they are')
def beside():
    before = digest(INITRD)
    with own() as soc:
        expect_no_files()
        for name, path in FILES[:2]:
            seen = soc.linux.run(f'sha256sum /lib/firmware/{name}')
            expect_equal(seen.split()[0], digest(path), name)
            expect('OWN' in boot(soc, name), name)
        expect('rpmsg-upper.elf' in soc.linux.run('ls /lib/firmware'),
               "the initramfs' own firmware")
    expect_equal(digest(INITRD), before, 'initramfs')


@test('a start takes the file as it is then; without it, nothing starts')
def rebuilt():
    with own() as soc:
        expect('own' in boot(soc, 'own.elf'), 'first')
        path = os.path.join(soc.folder, 'own.elf')
        shutil.copy(os.path.join(GUEST, 'rpmsg-upper.elf'), path)
        soc.again()
        expect('OWN' in boot(soc, 'own.elf'), 'second')
        soc.destroy()
        os.unlink(path)
        said = hetctl('start', soc.name, code=XML).stderr
        expect(f"firmware '{path}' does not exist" in said, said)
        os.mkfifo(path)
        said = hetctl('start', soc.name, code=XML).stderr
        expect(path in said, said)
        soc.expect_nothing_left(defined=True)
        expect_no_files()
    own.end()


@test('a /lib that is a link to usr/lib stays one')
def merged():
    with LinuxSoc(change=lambda text: change(
            text, [('own.elf', os.path.join(GUEST, 'rpmsg-upper.elf'))],
            'merged.cpio.gz'), prepare=with_merged) as soc:
        expect_equal(soc.linux.run('readlink /lib'), 'usr/lib', '/lib')
        soc.linux.run('test -e /usr/lib/modules/order')
        soc.linux.run('test -e /usr/lib/firmware/own.elf')
        expect('OWN' in boot(soc, 'own.elf'), 'own.elf')
        soc.linux.run(f'test -e {REMOTEPROC}')


def with_merged(folder):
    with_merged_usr(os.path.join(folder, 'merged.cpio.gz'))


@test('a hetctl that is killed leaves files that the next one removes')
def killed():
    def one(text):
        return change(text, [('own.elf',
                              os.path.join(GUEST, 'rpmsg-echo.elf'))])

    with Soc('stm32mp157-virt', change=one) as soc:
        hetctl('start', soc.name, code=-9,
               env={'HETCTL_FAULT': 'kill:domains'})
        expect(initrds(), 'no file while it starts')
        hetctl('destroy', soc.name)
        expect_no_files()
        soc.expect_nothing_left(defined=True)


main()
