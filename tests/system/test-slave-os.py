#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Slaves with an operating system of their own."""

import os
import struct
import subprocess
import tempfile

from het import FAILED, GUEST, expect, expect_equal, hetctl, main, test
from mainjob import ConsoleSoc

BOOT_S = 240


class LinuxSlave(ConsoleSoc):
    speaker = 'slave'

    def __init__(self, example='slave-os', **more):
        super().__init__(example, **more)

    def boot_linux(self):
        self.boot()
        self.console.read_until('HET-READY', BOOT_S)


def two_lives(soc, machine, cmdline, least):
    """`least`: MiB of the RAM that are the kernel's to give away."""
    master = soc.pid(soc.master)
    soc.boot_linux()
    expect_equal(soc.console.run('uname -m'), machine, 'architecture')
    expect_equal(soc.console.run('cat /proc/cmdline'), cmdline, 'command line')
    memory = int(soc.console.run('cat /proc/meminfo').split()[1])
    expect(least << 10 < memory < 128 << 10, f'MemTotal: {memory} KiB')
    soc.console.run('touch /tmp/first-life')
    soc.shutdown()
    expect_equal(soc.core()['state'], 'held', 'after shutdown')
    soc.boot_linux()
    soc.console.run('test ! -e /tmp/first-life')
    expect_equal(soc.core()['boots'], 2, 'boots')
    expect_equal(soc.pid(soc.master), master, "the master's process")
    return f'MemTotal: {memory} KiB'


@test('a Cortex-A7 slave runs its own Linux, shuts down, and boots again')
def linux():
    with LinuxSlave() as soc:
        return two_lives(soc, 'armv7l', 'console=ttyAMA0 loglevel=6 '
                         'cryptomgr.notests', 64)


@test('a RISC-V slave runs its own Linux, shuts down, and boots again')
def riscv_linux():
    with LinuxSlave('slave-os-riscv') as soc:
        return two_lives(soc, 'riscv64', 'console=ttyS0 loglevel=6 '
                         'cryptomgr.notests', 48)


# Linux on the board's A7 as the slave of a Cortex-M33
BOARD = f'''<soc xmlns:xi='http://www.w3.org/2001/XInclude'>
  <name>slave-board</name>
  <memory name='code' unit='KiB'>256</memory>
  <memory name='ddr' unit='MiB'>128</memory>
  <memory name='sram' unit='KiB'>384</memory>
  <memory name='retram' unit='KiB'>64</memory>
  <memory name='sysram' unit='KiB'>256</memory>
  <memory name='bkpsram' unit='KiB'>4</memory>
  <master name='m33'>
    <os>
      <type arch='armv7l' machine='het-m'/>
      <kernel>{GUEST}/pair-master.elf</kernel>
    </os>
    <cpu><model>cortex-m33</model></cpu>
    <map memory='code' address='0x0'/>
    <map memory='sram' address='0x20000000'/>
  </master>
  <slave name='a7'>
    <xi:include href='chips/stm32mp157-a7.xml'/>
    <os change='edit'>
      <kernel>{GUEST}/vmlinuz-armhf</kernel>
      <initrd>{GUEST}/initramfs.cpio.gz</initrd>
      <cmdline>console=ttySTM0,115200 loglevel=6 cryptomgr.notests</cmdline>
      <dtb>{GUEST}/dtb/stm32mp157c-dk2.dtb</dtb>
    </os>
    <boot entry='0xc2000000' dtb='0xc4000000'/>
    <devices><console type='pty'/></devices>
  </slave>
  <idm name='idm' model='idm'>
    <endpoint processor='m33' address='0x50000000' irqs='40'/>
    <endpoint processor='a7' address='0x0b000000' irqs='230'/>
  </idm>
  <idm name='ipcc' model='stm32-ipcc' channels='6'>
    <endpoint processor='a7' address='0x4c001000' irqs='100 101'/>
    <endpoint processor='m33' address='0x4c001000' irqs='103 104'/>
  </idm>
  <idm name='hsem' model='stm32-hsem'>
    <endpoint processor='a7' address='0x4c000000' irqs='99'/>
    <endpoint processor='m33' address='0x4c000000' irqs='125'/>
  </idm>
</soc>'''


@test("the board's A7 as a slave: Debian's Linux with the board's own tree, on "
      'machine het-a')
def board():
    with LinuxSlave('slave-board', text=BOARD) as soc:
        seen = two_lives(soc, 'armv7l', 'console=ttySTM0,115200 loglevel=6 '
                         'cryptomgr.notests', 48)
        model = soc.console.run('cat /sys/firmware/devicetree/base/model')
        expect('STM32MP157C-DK2' in model, model)
        return seen


def two_cores(text):
    boot = '<boot entry='
    expect(boot in text, f'no {boot} in the example')
    return text.replace(boot, '<cpu><model>sifive-u54</model></cpu>'
                        '<vcpu>2</vcpu>' + boot)


@test("a RISC-V slave's Linux gets all its cores, of the model in the XML")
def riscv_cores():
    with LinuxSlave('slave-os-riscv', change=two_cores) as soc:
        soc.boot_linux()
        expect_equal(soc.console.run('nproc'), '2', 'cores')
        cpus = soc.qmp('rv64', 'query-cpus-fast')
        types = {soc.qmp('rv64', 'qom-get', path=cpu['qom-path'],
                         property='type') for cpu in cpus}
        expect_equal(types, {'sifive-u54-riscv-cpu'}, 'models')


# In supervisor mode: SBI's console_putchar of 'S' and 'V', then for ever
SAYS_SV = (0x00100893,      # li a7, 1
           0x05300513,      # li a0, 'S'
           0x00000073,      # ecall
           0x05600513,      # li a0, 'V'
           0x00000073,      # ecall
           0x0000006f)      # j .


def riscv_image(text_offset, code):
    """A kernel: the header, which jumps over itself, and the code."""
    return struct.pack('<2I3Q2I2Q2I', 0x0400006f, 0, text_offset, 0x10000, 0,
                       2, 0, 0, int.from_bytes(b'RISCV', 'little'),
                       int.from_bytes(b'RSC\5', 'little'), 0) + \
        struct.pack(f'<{len(code)}I', *code)


def of_32_bits(text):
    for old, new in (("arch='riscv64'", "arch='riscv32'"),
                     ('opensbi-riscv64.bin', 'opensbi-riscv32.bin'),
                     (f'{GUEST}/Image-riscv64', 'Image'),
                     ("entry='0x80200000'", "entry='0x80400000'")):
        expect(old in text, f'no {old} in the example')
        text = text.replace(old, new)
    return text


@test("a RISC-V slave of 32 bits starts a kernel by OpenSBI")
def riscv32():
    soc = LinuxSlave('slave-os-riscv', change=of_32_bits)
    with open(os.path.join(soc.folder, 'Image'), 'wb') as file:
        file.write(riscv_image(0x400000, SAYS_SV))
    with soc:
        soc.boot()
        soc.console.read_until('SV', BOOT_S)


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
    with tempfile.TemporaryDirectory() as temporary:
        folder, out, result = pack('armv7l', 'cortex-a99', 0x40000000, code=7,
                                   env={'TMPDIR': temporary})
        with folder:
            expect('cortex-a99' in result.stderr, result.stderr)
            expect(not os.path.exists(out), 'an ELF file was left')
        expect_equal(os.listdir(temporary), [], 'left')


@test('what overlaps is refused before anything is written')
def overlap():
    folder, out, result = pack('armv7l', 'cortex-a7', 0x40000000,
                               dtb=0x40010000, code=FAILED)
    with folder:
        expect('overlap the kernel' in result.stderr, result.stderr)
        expect(not os.path.exists(out), 'an ELF file was left')


main()
