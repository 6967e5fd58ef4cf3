#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Slaves with an operating system of their own."""

import os
import struct
import subprocess
import tempfile

from het import (FAILED, Soc, expect, expect_equal, hetctl, main, test,
                 virsh)
from mainjob import Console

BOOT_S = 240


class LinuxSlave(Soc):
    def __init__(self, **more):
        super().__init__('slave-os', **more)
        self.linux = None

    def __enter__(self):
        super().__enter__()
        try:
            self.start()
            self.linux = Console(virsh('ttyconsole',
                                       self.domain(self.slave)).strip())
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def boot_linux(self):
        self.boot()
        self.linux.read_until('HET-READY', BOOT_S)

    def __exit__(self, *error):
        if self.linux:
            self.linux.close()
        super().__exit__(*error)


@test('a Cortex-A7 slave runs its own Linux, shuts down, and boots again')
def linux():
    with LinuxSlave() as soc:
        master = soc.pid(soc.master)
        soc.boot_linux()
        expect_equal(soc.linux.run('cat /proc/cmdline'),
                     'console=ttyAMA0 loglevel=6', 'command line')
        memory = int(soc.linux.run('cat /proc/meminfo').split()[1])
        expect(64 << 10 < memory < 128 << 10, f'MemTotal: {memory} KiB')
        soc.linux.run('touch /tmp/first-life')
        soc.shutdown()
        expect_equal(soc.core()['state'], 'held', 'after shutdown')
        soc.boot_linux()
        soc.linux.run('test ! -e /tmp/first-life')
        expect_equal(soc.core()['boots'], 2, 'boots')
        expect_equal(soc.pid(soc.master), master, "the master's process")


def pieces(path):
    """(physical address, bytes) of each loadable part"""
    with open(path, 'rb') as file:
        data = file.read()
    wide = data[4] == 2
    start = struct.unpack_from('<Q' if wide else '<I', data,
                               32 if wide else 28)[0]
    size, count = struct.unpack_from('<HH', data, 54 if wide else 42)
    for i in range(count):
        at = start + i * size
        if wide:
            offset, _, address, length = struct.unpack_from('<4Q', data,
                                                            at + 8)
        else:
            offset, _, address, length = struct.unpack_from('<4I', data,
                                                            at + 4)
        yield address, data[offset:offset + length]


def fdt(folder, tree, path, name, kind='x'):
    file = os.path.join(folder, 'tree.dtb')
    with open(file, 'wb') as out:
        out.write(tree)
    return subprocess.run(['fdtget', '-t', kind, file, path, name],
                          check=True, capture_output=True,
                          text=True).stdout.strip()


SOC = """<soc>
  <name>pack</name>
  <memory name='code'>64</memory>
  <memory name='ram' unit='MiB'>32</memory>
  <master name='m33'>
    <os><type arch='armv7l' machine='het-m'/><kernel>kernel</kernel></os>
    <cpu><model>cortex-m33</model></cpu>
    <map memory='code' address='0x0'/>
  </master>
  <slave name='os'>
    <os>
      <type arch='{arch}' machine='virt'/>
      <kernel>kernel</kernel>
      <initrd>initrd</initrd>
      <cmdline>earlycon</cmdline>
    </os>
    <cpu><model>{cpu}</model></cpu>
    <vcpu>2</vcpu>
    <boot entry='{base:#x}' dtb='{dtb:#x}'/>
    <map memory='ram' address='{base:#x}'/>
  </slave>
</soc>
"""


def pack(arch, cpu, base, dtb=None, **more):
    folder = tempfile.TemporaryDirectory(prefix='hetctl-pack.')
    for name, size in ('kernel', 70000), ('initrd', 5000):
        with open(os.path.join(folder.name, name), 'wb') as file:
            file.write(name[:1].encode() * size)
    xml = os.path.join(folder.name, 'soc.xml')
    with open(xml, 'w', encoding='utf-8') as file:
        file.write(SOC.format(arch=arch, cpu=cpu, base=base,
                              dtb=dtb or base + (16 << 20)))
    out = os.path.join(folder.name, 'os.elf')
    result = hetctl('pack', xml, 'os', '--output', out, **more)
    return folder, out, result


@test("a machine's own device tree is packed with the slave's RAM in it")
def trees():
    for arch, cpu, base in (('armv7l', 'cortex-a7', 0x40000000),
                            ('aarch64', 'cortex-a53', 0x40000000),
                            ('riscv32', 'rv32', 0x80000000),
                            ('riscv64', 'rv64', 0x80000000)):
        folder, out, _ = pack(arch, cpu, base)
        with folder:
            (kernel, code), (_, tree), (initrd, image) = pieces(out)
            expect_equal((kernel, code[:1], len(code)), (base, b'k', 70000),
                         f'{arch}: kernel')
            expect_equal((initrd, len(image)), (base + (32 << 20) - 8192,
                                                5000), f'{arch}: initrd')
            memory = fdt(folder.name, tree, f'/memory@{base:x}', 'reg')
            expect_equal(memory, f'0 {base:x} 0 2000000', f'{arch}: memory')
            expect_equal(fdt(folder.name, tree, '/chosen', 'bootargs', 's'),
                         'earlycon', f'{arch}: bootargs')
            expect(fdt(folder.name, tree, '/cpus/cpu@1', 'device_type', 's')
                   == 'cpu', f'{arch}: no second core')


@test('an emulator that has no such CPU is named, and nothing is left')
def no_tree():
    before = set(os.listdir(tempfile.gettempdir()))
    folder, out, result = pack('armv7l', 'cortex-a99', 0x40000000, code=7)
    with folder:
        expect('cortex-a99' in result.stderr, result.stderr)
        expect(not os.path.exists(out), 'an ELF file was left')
    left = {name for name in os.listdir(tempfile.gettempdir())
            if name.startswith('hetctl-')} - before
    expect(not left, f'left: {left}')


@test('what overlaps is refused before anything is written')
def overlap():
    folder, out, result = pack('armv7l', 'cortex-a7', 0x40000000,
                               dtb=0x40010000, code=FAILED)
    with folder:
        expect('overlap the kernel' in result.stderr, result.stderr)
        expect(not os.path.exists(out), 'an ELF file was left')


main()
