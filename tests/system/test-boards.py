#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""Boards with an STM32MP15: Debian's kernel with each one's own device tree.

Two of them, with --long all that the kernel's package has. The tables of
docs/stm32mp157.md say what comes out; HETCTL_REGENERATE_OUTPUT=1 writes them.
"""

import glob
import os
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree

from het import (EXAMPLES, GUEST, TOP, Failure, Soc, expand_includes, expect,
                 expect_equal, hetctl, main, run, test)
from linux import BOOT_S, LinuxSoc
from modules import initrd
from mainjob import REMOTEPROC, start_firmware, stop_firmware, wait_tty

PAGE = os.path.join(TOP, 'docs', 'stm32mp157.md')
REGENERATE = os.environ.get('HETCTL_REGENERATE_OUTPUT')
LONG = os.environ.get('HETCTL_LONG') == '1'
SHORT = ('stm32mp157c-dk2', 'stm32mp157c-odyssey')
DDR, GIC, MIB = 0xc0000000, 0xa0020000, 1 << 20
DDR_MIB = 512               # of a tree that does not say

# What does not come up, and why
DEAD = {
    r'-scmi$': 'its clocks are OP-TEE\'s, which nobody runs here',
}

DEAD_S = 45                 # long enough for all that lives

# What Linux complains of, and why
COMPLAINTS = (
    (r'hrtimer: interrupt took \d+ ns',
     'the host was busy: for so long the emulator did not run'),
    (r'hw perfevents: failed to find logical CPU',
     'the tree has a second core, which `<vcpu>` leaves out'),
    (r'stm32_rtc .*: error -ENXIO: IRQ index 1 not found',
     "so on the chip: the tree has one interrupt, the driver asks for a "
     "second"),
    (r"stm32_rtc .*: alarm can't wake up the system: -6", 'the same'),
    (r'stm32_rtc .*: Date/Time must be initialized',
     'the RTC is a stub, which no battery keeps'),
    (r'pinctrl@54004000: at least one GPIO bank is required',
     'so on the chip: the tree has no bank there'),
    (r'pinctrl: probe of .*54004000 failed with error -22', 'the same'),
    (r'stm32-rproc .*: .* could not locate channel named "detach"',
     'so on the chip: the tree names no such channel'),
    (r'remoteproc .*: cannot get detach mbox', 'the same'),
    (r'stm32-ipcc .*: Try increasing MBOX_TX_QUEUE_LEN',
     'a burst of messages: Linux queues 20 rings, and one that is on its way '
     'is enough'),
    (r'remoteproc .*: stm32_rproc_kick: failed .vq1, err:-105', 'the same'),
)

# The same once its modules are loaded
MODULES = (
    (r'etnaviv-gpu .*: Unknown GPU model', 'the GPU is a stub'),
    (r'edt_ft5x06 .*: (supply .* not found|touchscreen probe failed)',
     'nothing is on the I2C bus'),
    (r'stpmic1 .*: Unable to read PMIC version', 'nothing is on the I2C bus'),
    (r'st,stm32-i2s .*: No cache defaults, reading back from HW',
     'so on the chip'),
    (r'alg: .*ecdh-nist-p256.* failed',
     'it wants random numbers of a module that only modprobe would load'),
)

TEXT = '''<soc xmlns:xi='http://www.w3.org/2001/XInclude'>
  <name>board</name>
  <memory name='ddr' unit='MiB'>{mib}</memory>
  <xi:include href='chips/stm32mp157-linux.xml'/>
  <master name='a7' change='edit'>
    <os change='edit'>{os}<dtb>{dtb}</dtb></os>{console}
  </master>
  <slave name='m4' change='edit'>
    <map memory='ddr' address='0xc0000000' change='edit' size='{m4:#x}'/>
  </slave>
</soc>
'''

# Where the console of a board is
UARTS = {'serial@40010000': 'uart4', 'serial@40018000': 'uart7'}
UART7 = '''
    <device name='uart4' change='replace' type='stm32l4x5-uart'
            address='0x40010000' irq='52' clock-frequency='64000000'/>
    <device name='uart7' change='edit' serial='0'/>'''


class Tree:
    """What a board's device tree says of it"""

    def __init__(self, name):
        self.name = name
        self.path = os.path.join(GUEST, 'dtb', name + '.dtb')

    def get(self, node, *what):
        done = run('fdtget', '-d', '', *what[1:], self.path, node, what[0])
        return done.stdout.strip() if not done.returncode else ''

    @property
    def mib(self):
        cells = self.get(f'/memory@{DDR:x}', 'reg', '-t', 'x').split()
        return int(cells[1], 16) // MIB if cells else DDR_MIB

    @property
    def uart(self):
        path = self.get('/chosen', 'stdout-path').split(':')[0]
        if path and not path.startswith('/'):
            path = self.get('/aliases', path)
        return UARTS[os.path.basename(path) or 'serial@40010000']

    @property
    def has_m4(self):
        return self.get('/ahb/m4@10000000', 'status') == 'okay'

    def soc(self):
        mib, uart7 = self.mib, self.uart == 'uart7'
        return TEXT.format(
            mib=mib, dtb=self.path, m4=min(mib, 512) * MIB,
            os='<cmdline>console=ttySTM1,115200 loglevel=6 panic=-1 '
               'cryptomgr.notests</cmdline>' if uart7 else '',
            console=UART7 if uart7 else '')


def every_tree():
    found = sorted(os.path.basename(path)[:-4] for path in
                   glob.glob(os.path.join(GUEST, 'dtb', 'stm32mp15*.dtb')))
    expect(set(SHORT) <= set(found), f'trees in build/guest/dtb: {found}')
    return [Tree(name) for name in found]


def trees():
    return [tree for tree in every_tree() if LONG or tree.name in SHORT]


def complaints(linux, known=COMPLAINTS):
    """Kernel messages of level warning and above that have no reason"""
    said = '\n'.join(
        re.sub(r'^<\d+>\[[^]]*\] ', '', line) for line in
        linux.run('dmesg -r').splitlines() if re.match('<[0-4]>', line))
    # The trace of a self test that fails; a line before it says which.
    said = re.sub(r'-+\[ cut here \]-+\nWARNING: .* at crypto/testmgr\.c'
                  r'(?s:.)*?---\[ end trace \w+ \]---\n?', '', said)
    return [line for line in said.splitlines() if not any(
        re.search(pattern, line) for pattern, _ in known)]


def echo(soc):
    expect_equal(soc.linux.run(f'cat {REMOTEPROC}/name'), 'm4', 'remoteproc')
    start_firmware(soc.linux, 'rpmsg-echo.elf')
    wait_tty(soc.linux)
    result = soc.linux.run('rpmsg-test echo 200 12', timeout=120)
    expect('messages=200 ' in result and 'errors=0' in result, result)
    stop_firmware(soc, soc.linux)


def check_registers(soc):
    for processor in soc.master, soc.slave:
        nothing = next(stub for stub in soc.qmp(processor, 'query-stubs')
                       if stub['id'] == 'unassigned')
        expect_equal(nothing['accesses'], [], f'{processor}: nothing there')


def boot(tree, seconds=BOOT_S):
    """Its row of the table, and complaints without a reason"""
    with LinuxSoc(text=tree.soc(), name='board', boot_s=seconds) as soc:
        model = soc.linux.run('cat /sys/firmware/devicetree/base/model')
        if tree.has_m4:
            echo(soc)
        check_registers(soc)
        return (model.strip('\0 \n'), 'shell',
                'rpmsg echo' if tree.has_m4 else "the tree's is disabled",
                tree.uart), complaints(soc.linux)


def row(tree):
    for pattern, reason in DEAD.items():
        if re.search(pattern, tree.name):
            try:
                boot(tree, DEAD_S)
            except Failure as failure:
                expect('HET-READY' in str(failure), str(failure))
                return (tree.get('/', 'model'), f'no: {reason}', '-',
                        tree.uart), []
            raise Failure(f'{tree.name} boots; DEAD says: {reason}')
    return boot(tree)


def line(cells):
    return '| ' + ' | '.join(cells) + ' |\n'


def table(name, head, rows):
    """Compares with the page, or writes it."""
    with open(PAGE, encoding='utf-8') as file:
        page = file.read()
    begin = page.index(f'<!-- {name} -->\n') + len(f'<!-- {name} -->\n')
    end = page.index('<!-- end -->', begin)
    if not REGENERATE:
        for cells in rows:
            expect(line(cells) in page[begin:end],
                   f'{PAGE} has not: {line(cells)}')
        return page[begin:end].count('\n') - 2
    text = line(head) + '|---' * len(head) + '|\n' + ''.join(map(line, rows))
    with open(PAGE, 'w', encoding='utf-8') as file:
        file.write(page[:begin] + text + page[end:])
    return len(rows)


@test('boards boot to a shell with their own device tree, and their M4 echoes')
def boards():
    expect(LONG or not REGENERATE, 'the table of boards needs HETCTL_LONG=1')
    rows, failures = [], []
    for tree in trees():
        try:
            cells, found = row(tree)
            rows.append((f'`{tree.name}`', *cells))
            failures += [f'{tree.name}: {text}' for text in found]
        except Failure as failure:
            failures.append(f'{tree.name}: {failure}')
    table('boards', ('tree', 'board', 'Linux', 'M4', 'console'), rows)
    expect(not failures, '\n'.join(failures))
    return '\n'.join(cells[0] + ' ' + cells[2] for cells in rows)


@test('the page has a reason for each complaint of Linux')
def reasons():
    rows = [('`' + pattern.replace('|', '\\|') + '`', reason)
            for pattern, reason in COMPLAINTS + MODULES]
    expect_equal(table('complaints', ('message', 'why'), rows), len(rows),
                 'rows of the page')


def addresses_of(element):
    return element.get('address').split()


def blocks():
    """Rows: what is at each address"""
    root = ElementTree.parse(os.path.join(
        EXAMPLES, 'chips', 'stm32mp157-blocks.xml')).getroot()
    expand_includes(root, os.path.join(EXAMPLES, 'chips'))
    for element in sorted(root, key=lambda e: int(addresses_of(e)[0], 16)):
        registers = sum(int(register.get('count', '1')) for register in
                        element.findall('register'))
        what = f"model `{element.get('type')}`" \
            if element.tag == 'device' else \
            f'stub, {registers} registers' if registers else 'stub, reads 0'
        yield (element.get('name'),
               ', '.join(f'`{text}`' for text in addresses_of(element)),
               element.get('irq', '').replace(' ', ', '), what)


@test('the page says what is at each address of the chip')
def addresses():
    rows = list(blocks())
    expect_equal(table('blocks', ('block', 'address', 'interrupts', 'here'),
                       rows), len(rows), 'rows of the page')
    return f'{len(rows)} blocks'


# Without the examples' cryptomgr.notests
SELF_TESTS = '<cmdline>console=ttySTM0,115200 loglevel=6 panic=-1</cmdline>'
CRYPTO = ('ecb-aes', 'cbc-aes', 'ctr-aes', 'gcm-aes', 'ccm-aes', 'ecb-des',
          'cbc-des', 'ecb-des3', 'cbc-des3', 'md5', 'sha1', 'sha224', 'sha256',
          'hmac-md5', 'hmac-sha1', 'hmac-sha224', 'hmac-sha256')
LOAD = ('for m in /lib/all/*; do echo "loading $m" >/dev/kmsg; '
        'insmod $m 2>/dev/null; done; dmesg | grep -c loading')


def with_modules(text, tree, folder):
    return text.replace('<dtb>', f'<initrd>{initrd(tree.path, folder)}'
                        f'</initrd>{SELF_TESTS}<dtb>')


def expect_crypto(linux):
    """Linux has tested CRYP, HASH and, with it, MDMA by its own vectors."""
    found = dict(re.findall(r'driver\s*: (stm32-\S+)(?s:.*?)'
                            r'selftest\s*: (\w+)',
                            linux.run('cat /proc/crypto')))
    for name in CRYPTO:
        expect_equal(found.get(f'stm32-{name}'), 'passed', name)
    interrupts = linux.run('grep 58000000.dma-controller /proc/interrupts')
    expect(int(interrupts.split()[1]) > 0, interrupts)


@test('all modules that the tree of dk2 asks for load: no hang, no oops')
def modules():
    tree = Tree(SHORT[0])
    with tempfile.TemporaryDirectory(prefix='hetctl-boards.') as folder, \
            LinuxSoc(text=with_modules(tree.soc(), tree, folder),
                     name='board') as soc:
        count = int(soc.linux.run(LOAD, timeout=200))
        expect(count > 40, f'{count} modules')
        log = soc.linux.run('dmesg')
        bad = re.findall(r'.*(?:Oops|BUG:|Unable to handle|blocked for more'
                         r'|stall).*', log)
        expect(not bad, '\n'.join(bad))
        found = complaints(soc.linux, COMPLAINTS + MODULES)
        expect(not found, '\n'.join(found))
        check_registers(soc)
        expect_crypto(soc.linux)
        return f'{count} modules'


# Of registers; what a <device> does not say
DEVICE_SIZE = 0x400
DEVICE_SIZES = {'stm32-mdma': [0x1000], 'bosch-m-can-ram': [0x2800],
                'stm32-quadspi': [0x1000, 0x10000000]}


def covered(soc, processor):
    """(start, end) of all that a processor sees"""
    root = next(e for e in soc.root.iter() if e.get('name') == processor and
                e.tag in ('master', 'slave'))
    for window in soc.windows(processor):
        yield window.address, window.address + window.size
    for element in [*root.findall('device'), *root.findall('stub')]:
        sizes = [int(element.get('size', hex(DEVICE_SIZE)), 16)]
        sizes = DEVICE_SIZES.get(element.get('type'), sizes)
        for text, size in zip(addresses_of(element), sizes):
            yield int(text, 16), int(text, 16) + size
    for endpoint in soc.root.iter('endpoint'):
        if endpoint.get('processor') == processor:
            start = int(endpoint.get('address'), 16)
            yield start, start + DEVICE_SIZE
    yield GIC, GIC + 0x8000


def all_blocks(tree, folder):
    """(name, start) of the registers of all nodes, also of disabled ones"""
    enabled = os.path.join(folder, 'enabled.dtb')
    source = run('dtc', '-q', '-I', 'dtb', '-O', 'dts', tree.path).stdout
    with subprocess.Popen(['dtc', '-q', '-I', 'dts', '-O', 'dtb', '-o',
                           enabled], stdin=subprocess.PIPE,
                          text=True) as process:
        process.communicate(source.replace('"disabled"', '"okay"'))
    expect_equal(process.returncode, 0, 'dtc')
    fragment = ElementTree.fromstring(hetctl('chip', enabled).stdout)
    for stub in fragment.iter('stub'):
        yield stub.get('name'), int(stub.get('address'), 16)


@test('the boards of the examples are valid')
def examples():
    paths = glob.glob(os.path.join(EXAMPLES, 'stm32mp157-*.xml'))
    expect(len(paths) > 5, f'{paths}')
    for path in paths:
        hetctl('validate', path)
    return f'{len(paths)} boards'


@test('every block that any tree names is there, on both sides')
def every_block():
    count = 0
    with tempfile.TemporaryDirectory(prefix='hetctl-boards.') as folder, \
            Soc('stm32mp157') as soc:
        sides = {name: list(covered(soc, name))
                 for name in (soc.master, soc.slave)}
        for tree in every_tree():
            for name, start in all_blocks(tree, folder):
                count += 1
                for side, ranges in sides.items():
                    expect(any(a <= start < b for a, b in ranges),
                           f'{tree.name}: {name} at {start:#x}: nothing '
                           f'there for {side}')
    expect(count > 1000, f'{count} nodes')
    return f'{count} nodes'


main()
