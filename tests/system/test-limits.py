#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: alone
"""Files of the size that is allowed, made to be slow: 2 s and 200 MB at most.
"""

import os
import resource
import struct
import tempfile

from het import (HETCTL, expect, expect_equal, main, run, test)

SIZE = 1024 * 1024
SECONDS = 2
# More are not parsed: see xml-limits.h
ELEMENTS = 16300
BYTES = 200 << 20


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))


def bounded(*args):
    """hetctl with little time and memory; it may succeed or refuse."""
    done = run(HETCTL, *args, preexec_fn=limit)
    expect(done.returncode in range(10) and 'emory alloc' not in done.stderr,
           f'hetctl {args}: {done.returncode} {done.stderr[:300]}')
    return done


def filled(head, part, tail):
    """@part, or what it gives for a number, as often as it fits."""
    parts = []
    left = SIZE - 64 - len(head) - len(tail)
    elements = head.count('<')
    while True:
        text = part(len(parts)) if callable(part) else part
        elements += text.count('<') - text.count('</')
        if len(text) > left or (elements > ELEMENTS and '>' in text):
            return head + ''.join(parts) + tail + ' ' * left
        left -= len(text)
        parts.append(text)


OS = "<os><type arch='armv7l' machine='het-m'/><kernel>k</kernel>"
MASTER = f"<master name='p'>{OS}</os><map memory='m' address='0'/>"
HEAD = "<soc><name>s</name><memory name='m'>64</memory>" + MASTER
END = '</master></soc>'
SLAVE = "<slave name='s{}'>" + OS.replace('<kernel>k</kernel>', '') + \
    "</os><map memory='m' address='0'/>"

XML = {
    'attributes in <devices>': (
        HEAD + '<devices><serial ', lambda i: f'a{i}="" ',
        '/></devices>' + END),
    'attributes of <devices>': (
        HEAD + '<devices ', lambda i: f'a{i}="" ', '/>' + END),
    'elements with attributes in <devices>': (
        HEAD + '<devices>', '<a b="" c="" d="" e="" f="" g="" h=""/>',
        '</devices>' + END),
    'elements in <devices>': (
        HEAD + '<devices>', '<a/>', '</devices>' + END),
    'texts in <devices>': (
        HEAD + '<devices>', '<!---->x', '</devices>' + END),
    'emulators': (HEAD + '<devices>', '<a/><emulator/>',
                  '</devices>' + END),
    'levels in <devices>': (HEAD + '<devices>', '<a>', END),
    'many levels in <devices>': (
        HEAD + '<devices>', '<a>' * 20 + '</a>' * 20, '</devices>' + END),
    'namespaces in <devices>': (
        HEAD + '<devices>', lambda i: '<a ' + ''.join(
            f'xmlns:n{i}{j}="u" ' for j in range(30)) + f'n{i}0:b=""/>',
        '</devices>' + END),
    'nested namespaces': (
        HEAD + '<devices>' + ''.join(
            '<a ' + ''.join(f'xmlns:n{i}x{j}="u" ' for j in range(60)) + '>'
            for i in range(25)), '<n0x0:b/>',
        '</a>' * 25 + '</devices>' + END),
    'features': (HEAD + '<features>', '<a b=""/>', '</features>' + END),
    'unknown elements': (HEAD, '<a/>', END),
    'maps': (HEAD, "<map memory='m' address='0'/>", END),
    'maps, then devices': (
        HEAD + "<map memory='m' address='0'/>" * 8000,
        "<device name='d' type='t' address='0'/>", END),
    'stubs': (HEAD, "<stub name='s' address='0' size='4'/>", END),
    'registers': (HEAD + "<stub name='s' address='0' size='4'>",
                  "<register offset='0' value='0'/>", '</stub>' + END),
    'properties': (HEAD + "<device name='s' type='t' address='0'>",
                   "<property name='a' value='0'/>", '</device>' + END),
    'addresses': (HEAD + "<device name='s' type='t' address='0", ' 0',
                  "'/>" + END),
    'lists of addresses': (
        HEAD, "<device name='s' type='t' address='0" + ' 0' * 8000 + "'/>",
        END),
    'lists of interrupts': (
        HEAD + "</master><idm name='i' model='idm'>",
        "<endpoint processor='p' address='0' irqs='0" + ' 0' * 8000 + "'/>",
        '</idm></soc>'),
    'options': (HEAD.replace('</os>', ''), "<option name='a' value=''/>",
                '</os>' + END),
    'firmware': (HEAD.replace('</os>', ''), "<firmware name='a'>b</firmware>",
                 '</os>' + END),
    'memories': ("<soc><name>s</name>", "<memory name='m'>4</memory>",
                 MASTER + END),
    'slaves': (HEAD + '</master>', lambda i: SLAVE.format(i) + '</slave>',
               '</soc>'),
    'idms': (HEAD + '</master>', "<idm name='i' model='idm'><endpoint "
             "processor='p' address='0' irqs='0'/></idm>", '</soc>'),
    'remoteprocs': (HEAD + '</master>', "<remoteproc slave='s' model='stm32mp1'"
                    " mailbox='i' address='0' irq='0'/>", '</soc>'),
    'regions': (HEAD + "</master><remoteproc slave='s' model='stm32mp1' "
                "mailbox='i' address='0' irq='0'>",
                "<region name='r' memory='m' size='0'/>",
                '</remoteproc></soc>'),
    'a command line of lines': (HEAD.replace('</os>', '<cmdline>'), 'a\n',
                                '</cmdline></os>' + END),
    'a command line of references': (
        HEAD.replace('</os>', '<cmdline>'), '&amp;', '</cmdline></os>' + END),
    'a long name': ('<soc><name>', 'n', '</name></soc>'),
    'a long path': (HEAD.replace('>k<', '>' + 'k' * (SIZE // 2) + '<'), '\n',
                    END),
    'a path of slashes': (HEAD.replace('>k<', '>' + '../' * (SIZE // 4) +
                                       'k<'), '\n', END),
    'a long description': ('<soc><description>', 'n ',
                           '</description>' + HEAD[5:] + END),
    'comments': (HEAD, '<!---->', END),
    'instructions': (HEAD, '<?a?>', END),
    'sections': (HEAD, '<![CDATA[ ]]>', END),
    'text': (HEAD, 'x', END),
    'open tags': ('', '<a ', ''),
    'open quotes': ('', "<a b='", ''),
    'open comments': ('', '<!--', ''),
    'open angles': ('', '<', ''),
    'closed tags': ('', '</a>', ''),
    'changes': (HEAD, "<map address='0' change='edit'/>", END),
    'includes': ("<soc xmlns:x='http://www.w3.org/2001/XInclude'>",
                 "<x:include href='part'/>", '</soc>'),
    'zeroes': ('', '\0', ''),
    'references to characters': (HEAD, '&#32;', END),
}


@test('XML of 1 MiB that is made to be slow is refused or read in time')
def xml():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'soc.xml')
        with open(os.path.join(folder, 'part'), 'w',
                  encoding='utf-8') as file:
            file.write('<fragment/>')
        for name, (head, part, tail) in XML.items():
            text = filled(head, part, tail)
            expect(SIZE * 9 // 10 < len(text) < SIZE, f'{name}: {len(text)}')
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
            try:
                bounded('map', path)
            except Exception as error:
                raise type(error)(f'{name}: {error}') from error
    return f'{len(XML)} kinds'


# ---- ELF files ----

PART = struct.Struct('<8I')
TWO_SLAVES = HEAD + '</master>' + SLAVE.format(0) + '</slave></soc>'


def elf(parts, data=b'', sections=0, section_offset=0):
    """A 32-bit ELF file for Arm; parts: (offset, address, in file, size)."""
    header = b'\x7fELF\1\1\1' + bytes(9) + struct.pack(
        '<HHIIIIIHHHHHH', 2, 40, 1, 1, 52, section_offset, 0, 52, 32,
        len(parts), 40, sections, sections - 1 if sections else 0)
    return header + b''.join(
        PART.pack(1, offset, address, address, in_file, size, 7, 1)
        for offset, address, in_file, size in parts) + data


ELF = {
    'program headers': elf([(0, 0, 4, 4)] * 65534),
    'parts over each other': elf([(0, 0, 0x2000, 0x10000)] * 1024,
                                 bytes(0x2000)),
    'zeroes over each other': elf([(0, 0, 4, 0x10000)] * 1024),
    'sections': elf([(0, 0, 4, 4)], bytes(40 * 65000), 65000, 84),
    'names without end': elf([(0, 0, 4, 4)], (
        struct.pack('<10I', 1, 3, 0, 0, 84, 40 * 65000 - 84, 0, 0, 1, 0) *
        65000), 65000, 84),
}


@test('ELF files that are made to be slow are refused or read in time')
def elf_files():
    with tempfile.TemporaryDirectory() as folder:
        soc = os.path.join(folder, 'soc.xml')
        with open(soc, 'w', encoding='utf-8') as file:
            file.write(TWO_SLAVES)
        for name, content in ELF.items():
            path = os.path.join(folder, 'f.elf')
            with open(path, 'wb') as file:
                file.write(content)
            try:
                bounded('pack', soc, 's0', '--firmware', path, '--output',
                        os.path.join(folder, 'out'))
            except Exception as error:
                raise type(error)(f'{name}: {error}') from error
    return f'{len(ELF)} kinds'


@test('a file without end is refused, of whatever kind it is')
def endless():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'zero.xml')
        os.symlink('/dev/zero', path)
        done = bounded('map', path)
        expect_equal(done.returncode, 3, done.stderr)
        expect('more than the 1048576 bytes' in done.stderr, done.stderr)


main()
