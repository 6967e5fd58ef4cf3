#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The registers of the IDM's front ends stand in four places: the code (REG32,
# FIELD) and docs/specs/idm.rst of the series, docs/idm.md, and for firmware
# guest/include/idm.h. This compares them, and prints TAP.
#
# usage: check-registers.py TREE           a QEMU tree with the series

import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ACCESS = re.compile(r'(R/W1[SC]|W1C|RW|RO|WO)$')


def read(*path):
    with open(os.path.join(*path), encoding='utf-8') as file:
        return file.read()


class Register:
    """What one table says of a register; None: it does not say."""

    def __init__(self, name, offset, access, reset, meaning, goes_on=False):
        self.name = name
        self.offset = offset
        self.access = access or None
        self.reset = reset or None
        self.meaning = meaning
        self.goes_on = goes_on      # others like it follow, without a row

    def add(self, registers):
        assert self.name not in registers, f'{self.name} stands twice'
        registers[self.name] = self


def reset_of(text, meaning):
    """A reset value as text: of a column, or the meaning is nothing else."""
    value = (text or meaning).replace('all ones', 'ones').strip('`')
    if not text:
        found = re.match(r'0x[0-9a-f]{8}\b', value)
        value = found[0] if found else ''
    if re.fullmatch(r'0x[0-9a-f]+|[0-9]+', value):
        return hex(int(value, 0))
    return value or None


# ---- docs/idm.md: | 0x004 / 0x014 | C1MR / C2MR | RW | ones | ... | ----

def md_section(text, device):
    found = re.search(rf'^## [^\n]*`{device}`\n(.*?)(?=^## )', text,
                      re.DOTALL | re.MULTILINE)
    assert found, f'docs/idm.md has no section {device}'
    return found[1]


def md_registers(text):
    registers = {}
    for line in text.splitlines():
        if not line.startswith('| 0x'):
            continue
        offset, name, *rest = (cell.strip()
                               for cell in line.strip('|').split('|'))
        access, reset, meaning = rest if len(rest) == 3 else ('', '', rest[0])
        for offset, name in zip(offset.split(' / '), name.split(' / ')):
            first = re.match(r'0x[0-9a-f]+', offset)[0]
            name = name.replace('*', '').replace(' ', '').split('..')[0]
            Register(name, int(first, 16), access, reset_of(reset, meaning),
                     meaning).add(registers)
    return registers


# ---- docs/specs/idm.rst: tables with rulers ----

def rst_section(text, device):
    found = re.search(rf'^``{device}``\n~+\n(.*?)(?=^[^\n]+\n(?:~~|--)|\Z)',
                      text, re.DOTALL | re.MULTILINE)
    assert found, f'idm.rst has no section {device}'
    return found[1]


def rst_rows(text):
    """The tables' rows as lists of cells; a cell's lines are joined."""
    spans, rows = None, []
    for line in text.splitlines():
        if re.fullmatch(r'=+( +=+)+', line):
            spans = [match.span() for match in re.finditer('=+', line)]
        elif not line:
            spans = None
        elif spans:
            cells = [line[start:end].strip() for start, end in spans[:-1]]
            cells.append(line[spans[-1][0]:].strip())
            if cells[0]:
                rows.append(cells)
            else:
                rows[-1][:] = [f'{old} {new}'.strip()
                               for old, new in zip(rows[-1], cells)]
    return rows


def rst_registers(text):
    registers = {}
    for cells in rst_rows(text):
        found = re.match(r'(0x[0-9a-f]+)(.*)', cells[0])
        if not found:
            continue
        access, reset = '', ''
        for cell in cells[2:-1]:
            if ACCESS.match(cell):
                access = cell
            elif cell:
                reset = cell
        name = re.sub(r'[\\ *]', '', cells[1])
        goes_on = name.endswith('..') or found[2].strip() == '..'
        Register(name.removesuffix('..'), int(found[1], 16), access,
                 reset_of(reset, cells[-1]), cells[-1], goes_on
                 ).add(registers)
    return registers


# ---- the code ----

def code_registers(text):
    """{name: (offset, [(last bit, first bit)])} of REG32() and FIELD()"""
    registers = {}
    for found in re.finditer(r'^(?:REG32\((\w+), (0x[0-9a-f]+)\)|'
                             r' +FIELD\((\w+), \w+, (\d+), (\d+)\))', text,
                             re.MULTILINE):
        name, offset, owner, shift, width = found.groups()
        if name:
            registers[name] = (int(offset, 16), [])
        else:
            first = int(shift)
            registers[owner][1].append((first + int(width) - 1, first))
    return registers


def documented(name, md):
    """How the page calls the register @name of the code."""
    for candidate in (name, 'C1' + name, re.sub(r'0$', 'n', name),
                      'C1TOC2SR' if name == 'TOSR' else name):
        if candidate in md:
            return md[candidate]
    # The last of a row of registers, of which the page names the first
    first = re.sub(r'[1-9]$', '0', name)
    if first != name and first in md:
        found = md[first]
        return Register(name, found.offset + 4 * int(name[-1]), None, None,
                        found.meaning)
    return None


def devices(tree, page, spec):
    """Those in hw/het that have registers which page or specification tell"""
    folder = os.path.join(tree, 'hw/het')
    found = [name[:-2] for name in sorted(os.listdir(folder))
             if name.endswith('.c') and
             code_registers(read(folder, name)) and
             (f'``{name[:-2]}``\n~' in spec or f'`{name[:-2]}`\n\n' in page)]
    assert found, f'{folder} has no device with REG32()'
    return found


# ---- comparisons: lists of complaints ----

def compare_code(device, code, md):
    for name, (offset, fields) in code.items():
        page = documented(name, md)
        if not page:
            yield f'{device}: {name} is not in docs/idm.md'
            continue
        if page.offset != offset:
            yield (f'{device}: {name} is at 0x{offset:x}, in docs/idm.md at '
                   f'0x{page.offset:x}')
        for last, first in fields:
            bits = f'{last}:{first}' if last > first else f'{first}'
            if not re.search(rf'(?<![\d:]){bits} ', page.meaning):
                yield f'{device}: docs/idm.md: {name} has no bits {bits}'


def covered(register, rst):
    """By a row that says that others like it follow"""
    before = [row for row in rst.values() if row.offset <= register.offset]
    return before and max(before, key=lambda row: row.offset).goes_on


def compare_pages(device, md, rst):
    for name in rst.keys() - md.keys():
        yield f'{device}: {name} of idm.rst is not in docs/idm.md'
    for name, page in md.items():
        if name not in rst:
            if not covered(page, rst):
                yield f'{device}: {name} of docs/idm.md is not in idm.rst'
            continue
        for what in ('offset', 'access', 'reset'):
            ours, theirs = getattr(page, what), getattr(rst[name], what)
            if None not in (ours, theirs) and ours != theirs:
                yield (f'{device}: {name}: {what} is {theirs} in idm.rst, '
                       f'{ours} in docs/idm.md')


def compare_header(md, header):
    found = dict(re.findall(r'^#define IDM_(\w+)(?:\(n\))? +\(?(0x[0-9a-f]+)'
                            r'(?: +/\*|$| \+ \(n\) \* 4\))', header,
                            re.MULTILINE))
    assert len(found) > 20, 'guest/include/idm.h has hardly any registers'
    for name, offset in found.items():
        page = md.get(name) or md.get(name + '0')
        if not page:
            yield f'guest/include/idm.h: {name} is not in docs/idm.md'
        elif page.offset != int(offset, 16):
            yield (f'guest/include/idm.h: {name} is {offset}, in '
                   f'docs/idm.md 0x{page.offset:x}')


def report(title, complaints):
    complaints = list(complaints)
    for complaint in complaints:
        print(f'# {complaint}')
    print(f'{"not " if complaints else ""}ok - registers: {title}')
    return not complaints


def main():
    if len(sys.argv) != 2:
        sys.exit('usage: check-registers.py TREE')
    tree = sys.argv[1]
    page = read(TOP, 'docs/idm.md')
    spec = read(tree, 'docs/specs/idm.rst')
    ok = True
    for device in devices(tree, page, spec):
        md = md_registers(md_section(page, device))
        rst = rst_registers(rst_section(spec, device))
        code = code_registers(read(tree, 'hw/het', f'{device}.c'))
        assert md and rst and code, f'{device}: an empty table'
        ok &= report(f'{device}: docs/idm.md and the code agree',
                     compare_code(device, code, md))
        ok &= report(f'{device}: docs/idm.md and idm.rst agree',
                     compare_pages(device, md, rst))
    ok &= report('idm: docs/idm.md and guest/include/idm.h agree',
                 compare_header(md_registers(md_section(page, 'idm')),
                                read(TOP, 'guest/include/idm.h')))
    sys.exit(0 if ok else 1)


main()
