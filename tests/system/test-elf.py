#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ELF files in the memory of a slave that runs: by boot, cycle and pack."""

import json
import os
import tempfile

from het import (FAILED, GUEST, Soc, expect, expect_equal, hetctl, main, test,
                 wait_until)

NOBITS = os.path.join(GUEST, 'nobits.elf')
# As guest/elf/nobits.c has them
ANSWER = 0x40024000
MAGIC, DATA, FAST = 0xb007ed01, 0x12345678, 0x9abcdef0

MEMORY = '''
  <memory name='flash' unit='MiB'>1</memory>
  <memory name='fast' unit='KiB'>64</memory>
  <memory name='sram' unit='KiB'>192</memory>
  <memory name='backup' unit='KiB'>4</memory>
'''
MAPS = '''
    <map memory='flash' address='0x0'/>
    <map memory='flash' address='0x08000000'/>
    <map memory='fast' address='0x10000000'/>
    <map memory='sram' address='0x20000000'/>
    <map memory='backup' address='0x40024000'/>
'''


def with_flash(text):
    """The bare pair whose slave is a microcontroller with its own flash."""
    before, slave = text.split('<slave', 1)
    for old, new in (("<map memory='slave-code' address='0x0'/>", MAPS),
                     ("<map memory='ram' address='0x20000000'/>", '')):
        expect(old in slave, f'no {old} in the example')
        slave = slave.replace(old, new, 1)
    return before.replace('<master', MEMORY + '<master', 1) + '<slave' + slave


def expect_answer(soc):
    words = soc.words('m4', ANSWER)
    wait_until(lambda: words[0] == MAGIC, 'the firmware answers')
    expect_equal((words[4], words[8]), (DATA, FAST), 'words that it copied')


def boot_and_stop(soc, firmware):
    # Fast memory that was used, flash that was not
    for memory, byte in (('flash', 0xff), ('fast', 0xee)):
        offset, size = soc.memories[memory]
        soc.memory[offset:offset + size] = bytes([byte]) * size
    soc.words('m4', ANSWER)[0] = 0
    hetctl('boot', soc.name, 'm4', '--firmware', firmware, '--wait')
    expect_answer(soc)
    soc.shutdown()


@test('heaps without bytes are not written over the table behind .data')
def nobits():
    with Soc('bare-pair', change=with_flash) as soc:
        soc.start()
        boot_and_stop(soc, NOBITS)
        expect_equal(soc.words('m4', 0x08000ffc)[0], 0xffffffff,
                     'flash behind the firmware')
        packed = os.path.join(soc.folder, 'packed.elf')
        hetctl('pack', soc.name, 'm4', '--firmware', NOBITS, '--output',
               packed)
        boot_and_stop(soc, packed)
        done = hetctl('cycle', soc.name, 'm4', '--count', '20', '--format',
                      'json', '--firmware', NOBITS, '--firmware', packed,
                      '--answer', f'{ANSWER:#x}={MAGIC:#x}')
        expect_equal(json.loads(done.stdout)['ok'], 20, 'good cycles')
        expect_answer(soc)


@test('what is no executable for the core is refused, and nothing written')
def refused():
    with open(NOBITS, 'rb') as file:
        image = file.read()
    cases = ((5, b'\2', 'big-endian'),
             (16, b'\1', 'relocatable object file'),
             (16, b'\4', 'core file'),
             (18, b'\xf3', '32-bit RISC-V'),
             (len(image) // 2, None, 'cut short'))
    with Soc('bare-pair', change=with_flash) as soc, \
            tempfile.TemporaryDirectory() as folder:
        soc.start()
        offset, size = soc.memories['flash']
        path = os.path.join(folder, 'bad.elf')
        for at, byte, why in cases:
            with open(path, 'wb') as file:
                file.write(image[:at] + (byte + image[at + 1:] if byte
                                         else b''))
            for command in (['boot', soc.name, 'm4'],
                            ['cycle', soc.name, 'm4'],
                            ['pack', soc.name, 'm4', '--output',
                             path + '.out']):
                done = hetctl(*command, '--firmware', path, code=FAILED)
                expect(why in done.stderr and path in done.stderr,
                       f'{command[0]}, {why}: {done.stderr}')
        expect_equal(os.listdir(folder), ['bad.elf'], 'files')
        expect_equal(bytes(soc.memory[offset:offset + size]), bytes(size),
                     'flash')
        expect_equal(soc.core()['boots'], 0, 'boots')


main()
