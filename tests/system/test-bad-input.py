#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Wrong XML, wrong words, a wrong world: one message, an exit code, no change.
"""

import os
import re
import tempfile

from het import (EMULATOR, LIBVIRT, NOT_FOUND, QEMU_DIR, STATE, USAGE, XML,
                 Failure, Soc, domains, everything, expect, expect_equal,
                 hetctl, main, test)


def refused(code, says, *args, env=None):
    """hetctl refuses: exit code, one message that says it, no change."""
    before = everything()
    done = hetctl(*args, code=code, env=env)
    expect_equal(done.stdout, '', f'{args}: stdout')
    for pattern in [says] if isinstance(says, str) else says:
        expect(re.search(pattern, done.stderr),
               f'{args}: no "{pattern}" in "{done.stderr}"')
    expect_equal(len(done.stderr.splitlines()), 1,
                 f'{args}: lines of\n{done.stderr}')
    expect_equal(everything(), before, f'{args}: what there is')


def line_of(text, mark):
    return text[:text.index(mark)].count('\n') + 1


SLAVE_CPU = '<cpu><model>cortex-m4</model></cpu>\n'
INCLUDE = ("<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' "
           "href='{}'/>")

# what it is, (what is replaced, by what), what the message says besides
# file and line; the line is where MARK stands in the changed text
XML_CASES = (
    ('an unknown element', ("<idm name", "<cache/>\n  <idm name"),
     'cache', '<cache/>'),
    ('text where a number must be', ("<memory name='ram' unit='MiB'>1<",
                                     "<memory name='ram' unit='MiB'>one<"),
     'memory|one', "'MiB'>one<"),
    ('a map of an unknown memory',
     ("<map memory='ram' address='0x20000000'/>",
      "<map memory='rom' address='0x20000000'/>"), 'rom', "'rom'"),
    ('an endpoint of an unknown processor',
     ("<endpoint processor='m4'", "<endpoint processor='m7'"), 'm7', "'m7'"),
    ('overlapping maps',
     ("<map memory='slave-code' address='0x60000000'/>",
      "<map memory='slave-code' address='0x200ff000'/>"), 'overlap',
     "'0x200ff000'"),
    ('a window past its memory',
     ("<map memory='slave-code' address='0x60000000'/>",
      "<map memory='slave-code' address='0x60000000' size='0x41000'/>"),
     'slave-code', "'0x41000'"),
    ('two masters', ("<slave name='m4'>",
                     "<master name='m5'>\n"
                     "    <os><type arch='armv7l' machine='het-m'/></os>\n"
                     "    <map memory='ram' address='0x0'/>\n"
                     "  </master>\n  <slave name='m4'>"),
     'master', "<master name='m5'>"),
    ('an interrupt that is used twice',
     ("<endpoint processor='m33' address='0x50000000' irqs='40'/>",
      "<endpoint processor='m33' address='0x50000000' irqs='40'/>\n"
      "    <endpoint processor='m33' address='0x51000000' irqs='40'/>"),
     'm33|40', "'0x51000000'"),
    ('two processors of one name', ("<slave name='m4'>",
                                    "<slave name='m33'>"),
     'm33', "<slave name='m33'>"),
    ('a kernel file that is not there',
     ('pair-master.elf', 'no-such-file.elf'), 'no-such-file.elf',
     'no-such-file.elf'),
    ('an interrupt outside of the controller',
     ("<endpoint processor='m4' address='0x50000000' irqs='40'/>",
      "<endpoint processor='m4' address='0x50000000' irqs='240'/>"),
     'irq 240', "'240'"),
    ('a device over a window',
     (SLAVE_CPU, SLAVE_CPU + "<device name='d' type='stm32l4x5-usart' "
      "address='0x20000000'/>"), "overlaps map of 'ram'", "<device"),
    ('a device of a type that the emulator does not have',
     (SLAVE_CPU, SLAVE_CPU + "<device name='d' type='stm32l9-usart' "
      "address='0x40004000'/>"), "device 'd' .*'stm32l9-usart'", "<device"),
    ('an interrupt output that the device does not have',
     (SLAVE_CPU, SLAVE_CPU + "<device name='d' type='stm32l4x5-usart' "
      "address='0x40004000' irq='1 2' clock-frequency='64000000'/>"),
     "no interrupt output 1", "<device"),
    ('a property that the device does not have',
     (SLAVE_CPU, SLAVE_CPU + "<device name='d' type='stm32l4x5-usart' "
      "address='0x40004000'><property name='speed' value='1'/></device>"),
     "'stm32l4x5-usart.speed' not found", "<device"),
    ('a stub over a device that is larger than a word',
     (SLAVE_CPU, SLAVE_CPU + "<device name='d' type='stm32l4x5-usart' "
      "address='0x40004000' clock-frequency='64000000'/>\n"
      "<stub name='s' address='0x40004010' size='0x10'/>"), "stub 's' .*overlaps", "<stub"),
    ('a file to include that is not there',
     (SLAVE_CPU, SLAVE_CPU + INCLUDE.format('no-such-file.xml')),
     'no-such-file.xml', '<xi:include'),
    ('a file to include outside of the folder',
     (SLAVE_CPU, SLAVE_CPU + INCLUDE.format('../no-such-file.xml')),
     'below the folder', '<xi:include'),
    ('a file of another kind to include',
     (SLAVE_CPU, SLAVE_CPU + INCLUDE.format('file:///etc/passwd')),
     'file:///etc/passwd', '<xi:include'),
    ('an option that writes a file',
     ('<kernel>', "<option name='dumpdtb' value='/tmp/hetctl-test-dumpdtb'/>"
      '<kernel>'), "'dumpdtb' .*writes a file", "<option"),
    ('XML that is not well-formed', ('</soc>', '</sock>'), '', '</sock>'),
)


ENTRY = "<boot entry='0x80200000' dtb='0x84000000'/>"

# The same, of a RISC-V slave that a loader starts
LOADER_CASES = (
    ('a loader that is not there', ('opensbi-riscv64.bin', 'no-sbi.bin'),
     "loader '.*no-sbi.bin' does not exist", 'no-sbi.bin'),
    ('a loader of a master',
     ("<os>\n      <type arch='armv7l'",
      "<os>\n<loader>sbi.bin</loader>\n      <type arch='armv7l'"),
     "master 'm33' has a loader", 'sbi.bin'),
    ('two loaders', ('<loader>', '<loader>sbi.bin</loader>\n      <loader>'),
     'second <loader>', '<loader>/'),
    ('a loader without an entry', (ENTRY, "<boot dtb='0x84000000'/>"),
     'has a loader, so it needs', '<loader>'),
    ('a kernel that is not aligned',
     (ENTRY, ENTRY.replace('0x80200000', '0x80201000')), '0x200000',
     '0x80201000'),
)


def bad_soc(case, example='bare-pair'):
    """An example with one thing wrong, written but not defined."""
    old, new = case
    soc = Soc(example)
    expect(old in soc.text, f'"{old}" is not in the example any more')
    soc.text = soc.text.replace(old, new, 1)
    with open(soc.xml, 'w', encoding='utf-8') as file:
        file.write(soc.text)
    return soc


def xml_cases(cases, example='bare-pair'):
    for name, case, says, mark in cases:
        soc = bad_soc(case, example)
        place = rf'soc\.xml:{line_of(soc.text, mark)}\b'
        for command in ('validate', 'define'):
            try:
                refused(XML, [place, says], command, soc.xml)
            except Failure as error:
                raise Failure(f'{name}: {error}') from error
    return f'{len(cases)} kinds'


@test('XML errors: file and line, exit code 3')
def xml():
    return xml_cases(XML_CASES)


@test("XML errors of a slave's loader: file and line, exit code 3")
def loader():
    return xml_cases(LOADER_CASES, 'slave-os-riscv')


@test('17 slaves: exit code 3')
def slaves():
    soc = Soc('bare-pair')
    slave = re.search('  <slave.*</slave>\n', soc.text, re.DOTALL).group()
    more = ''.join(slave.replace("'m4'", f"'x{i}'").replace('guest', 'host')
                   for i in range(16))
    text = soc.text.replace(slave, slave + more)
    with open(soc.xml, 'w', encoding='utf-8') as file:
        file.write(text)
    refused(XML, [rf"soc\.xml:{line_of(text, 'x15')}\b",
                  'at most 16'], 'define', soc.xml)


@test('errors in an included file name that file; a loop of files is refused')
def included():
    soc = Soc('bare-pair')
    folder = os.path.dirname(soc.xml)
    part = os.path.join(folder, 'part.xml')
    with open(soc.xml, 'w', encoding='utf-8') as file:
        file.write(soc.text.replace(
            SLAVE_CPU, SLAVE_CPU + INCLUDE.format('part.xml'), 1))
    for content, says in (
            ("<fragment>\n<cache/></fragment>", [r'part\.xml:2\b', 'cache']),
            ("<fragment>\n<device name='d' type='no-uart' "
             "address='0x40004000'/></fragment>",
             [r'part\.xml:2\b', 'no-uart']),
            (f"<fragment>\n\n{INCLUDE.format('part.xml')}</fragment>",
             [r'part\.xml:3\b', 'includes itself'])):
        with open(part, 'w', encoding='utf-8') as file:
            file.write(content)
        for command in ('validate', 'define'):
            refused(XML, says, command, soc.xml)


@test('no master: exit code 3')
def no_master():
    soc = Soc('bare-pair')
    text = re.sub('<master.*</master>', '', soc.text, flags=re.DOTALL)
    with open(soc.xml, 'w', encoding='utf-8') as file:
        file.write(text)
    refused(XML, [r'soc\.xml:\d+', 'master'], 'define', soc.xml)


@test('entities are not followed')
def entities():
    soc = Soc('bare-pair')
    with open(soc.xml, 'w', encoding='utf-8') as file:
        file.write('<!DOCTYPE soc [<!ENTITY x SYSTEM "/etc/passwd">]>\n' +
                   soc.text.replace('0x50000000', '&x;', 1))
    refused(XML, r'soc\.xml:\d+', 'define', soc.xml)


@test('a SoC file that is not there: exit code 4')
def no_file():
    refused(NOT_FOUND, 'no-such-soc.xml', 'define',
            '/nonexistent/no-such-soc.xml')


@test('an emulator that is missing or not the patched one: exit code 7')
def emulator():
    soc = Soc('bare-pair')
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        refused(EMULATOR, [folder, "'./bootstrap build'"], 'define', soc.xml,
                env={'HETCTL_QEMU_DIR': folder})
        fake = os.path.join(folder, 'qemu-system-arm')
        real = os.path.join(QEMU_DIR, 'qemu-system-arm')
        # One that has the type not in its list, and as Debian's refuses it
        for script in (f'{real} "$@" | grep -v slave',
                       'echo "$0: -object $7: Parameter \'qom-type\' does not '
                       'accept value \'memory-backend-slave\'" >&2; exit 1'):
            with open(fake, 'w', encoding='ascii') as file:
                file.write(f'#!/bin/sh\n{script}\n')
            os.chmod(fake, 0o755)
            refused(EMULATOR, [fake, 'not the patched'], 'define', soc.xml,
                    env={'HETCTL_QEMU_DIR': folder})


@test('already defined, already running, not running: exit code 5')
def state():
    with Soc('bare-pair') as soc:
        refused(STATE, soc.name, 'define', soc.xml)
        for command in ('boot', 'shutdown'):
            refused(STATE, soc.name, command, soc.name, soc.slave)
        soc.start()
        refused(STATE, soc.name, 'start', soc.name)
        refused(STATE, soc.name, 'define', soc.xml)
        refused(STATE, soc.name, 'undefine', soc.name)


@test("'a' with 'b.c' and 'a.b' with 'c' want one domain: said whose it is")
def same_domain():
    name = f'same-{os.getpid()}'
    whole = Soc('bare-pair', name=name,
                change=lambda text: text.replace("'m4'", "'x.m4'"))
    with Soc('bare-pair', name=name + '.x') as soc:
        expect_equal(whole.domain(whole.slave), soc.domain(soc.slave),
                     'domains')
        refused(STATE, f"is processor '{soc.slave}' of soc '{soc.name}'",
                'define', whole.xml)
        expect_equal(len(domains()), 2, 'domains')
    with whole:
        hetctl('validate', whole.xml)


@test('no such SoC, no such processor: exit code 4')
def not_found():
    for command in (('start',), ('status',), ('destroy',), ('undefine',),
                    ('dumpxml',), ('boot', 'm4'), ('shutdown', 'm4'),
                    ('console', 'm4')):
        refused(NOT_FOUND, 'no-such-soc', command[0], 'no-such-soc',
                *command[1:])
    with Soc('bare-pair') as soc:
        refused(NOT_FOUND, 'm7', 'boot', soc.name, 'm7')
        refused(NOT_FOUND, 'm7', 'console', soc.name, 'm7')


@test('libvirt unreachable: exit code 6')
def libvirt():
    uri = 'qemu+unix:///system?socket=/nonexistent/libvirt-sock'
    refused(LIBVIRT, 'libvirt', '-c', uri, 'list')
    refused(LIBVIRT, 'libvirt', 'list', env={'LIBVIRT_DEFAULT_URI': uri})


@test('wrong words on the command line: exit code 2')
def usage():
    for args in ((), ('dance',), ('--dance',), ('start',), ('list', 'one'),
                 ('start', '--dance', 'one'), ('list', '--format', 'yaml')):
        done = hetctl(*args, code=USAGE)
        expect_equal(done.stdout, '', f'{args}: stdout')
        expect(done.stderr, f'{args}: no message')


main()
