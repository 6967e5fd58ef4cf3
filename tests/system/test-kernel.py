#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""A zImage that hetctl has unpacked, and one that unpacks itself."""

import os
import re

from het import expect, expect_equal, hetctl, hmp, main, test, virsh
from linux import LinuxSoc

DDR = 0xc0000000
FACTS = ('cat /proc/iomem /proc/cmdline; cat /proc/device-tree/memory@*/reg '
         '| hexdump -C; dmesg | grep -c "Booting Linux on physical CPU 0x0"')


def as_it_is(folder):
    path = os.path.join(folder, 'chips', 'stm32mp157-linux.xml')
    with open(path, encoding='utf-8') as file:
        xml = file.read()
    with open(path, 'w', encoding='utf-8') as file:
        file.write(xml.replace('<kernel>', "<kernel unpack='no'>"))


def kernel_at(soc):
    """Where the emulator puts its largest file"""
    roms = re.findall(r'addr=([0-9a-f]+) size=0x([0-9a-f]+)',
                      hmp(soc.domain(soc.master), 'info roms'))
    return int(max(roms, key=lambda rom: int(rom[1], 16))[0], 16)


def open_files(pid):
    folder = f'/proc/{pid}/fd'
    return [os.readlink(os.path.join(folder, fd)) for fd in os.listdir(folder)]


def expect_small_copy(soc):
    """For a reset the emulator has the packed kernel, not the unpacked one."""
    folder = f'/proc/{soc.pid(soc.master)}/fd'
    copies = [os.stat(os.path.join(folder, fd)) for fd in os.listdir(folder)
              if '.kernel' in os.readlink(os.path.join(folder, fd))]
    expect_equal(len(copies), 1, 'copies of the kernel')
    expect(512 * copies[0].st_blocks < copies[0].st_size / 2,
           f'{512 * copies[0].st_blocks} bytes of {copies[0].st_size}')


@test('Linux finds the same memory and command line as when it unpacks itself, '
      'and after a reboot as well')
def same():
    with LinuxSoc(example='stm32mp157', prepare=as_it_is) as soc:
        expect_equal(kernel_at(soc), DDR + 0x10000, 'zImage')
        packed = soc.linux.run(FACTS)
    with LinuxSoc(example='stm32mp157') as soc:
        expect_equal(kernel_at(soc), DDR + 0x208000, 'unpacked kernel')
        unpacked = soc.linux.run(FACTS)
        expect_small_copy(soc)
        soc.linux.type('reboot -f\n')
        soc.wait_up()
        again = soc.linux.run(FACTS)
    expect('Kernel code' in packed, packed)
    expect_equal(unpacked, packed, 'what Linux found')
    expect_equal(again, packed, 'what Linux found after a reboot')


@test('a SoC that is restored has the kernel\'s own file open, no copy of it, '
      'and reboots with it')
def restored():
    with LinuxSoc(example='stm32mp157') as soc:
        facts = soc.linux.run(FACTS)
        saved = os.path.join(soc.folder, 'saved')
        soc.linux.close()
        hetctl('save', soc.name, saved)
        hetctl('restore', saved)
        soc.open_again()
        kernel = re.search(r'<kernel>(.*)</kernel>',
                           virsh('dumpxml', soc.domain(soc.master)))[1]
        files = open_files(soc.pid(soc.master))
        expect(kernel in files, f'{kernel} is not among {files}')
        expect(not any('hetctl-' in file and '.kernel' in file
                       for file in files), f'a copy: {files}')
        soc.linux.type('reboot -f\n')
        soc.wait_up()
        expect_equal(soc.linux.run(FACTS), facts, 'what Linux found')


main()
