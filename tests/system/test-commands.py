#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the commands print, and where."""

import json
import os
import re
import select
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree

from het import (EXAMPLES, HETCTL, XML, Soc, domains, expect, expect_equal,
                 hetctl, main, run, test, virsh)

NAMESPACE = '{urn:hetctl:soc:1}'


def commands():
    """The subcommands that the help names."""
    found = re.findall(r'^  ([a-z]+) ', hetctl('--help').stdout, re.MULTILINE)
    expect(len(found) >= 13, f'{found}')
    return found


@test('--help and --version go to stdout, of every command')
def help_texts():
    expect(re.match(r'hetctl \d', hetctl('--version').stdout), 'version')
    names = commands()
    for name in names:
        done = hetctl(name, '--help')
        expect(name in done.stdout and not done.stderr, name)
        done = hetctl(name, '--no-such-option', code=2)
        expect(not done.stdout and done.stderr, name)
    return f'{len(names)} commands'


@test('define, list, dumpxml, domxml, validate: libvirt and hetctl agree')
def defined():
    with Soc('bare-pair') as soc:
        expect_equal(sorted(domains()),
                     sorted(soc.domain(p) for p in (soc.master, soc.slave)),
                     'domains')
        listed = json.loads(hetctl('list', '--all', '--format',
                                   'json').stdout)
        expect(soc.name in json.dumps(listed), f'{listed}')
        expect(soc.name in hetctl('list', '--all').stdout, 'table')
        root = ElementTree.fromstring(hetctl('dumpxml', soc.name).stdout)
        expect_equal((root.tag.split('}')[-1]), 'soc', 'dumpxml')
        for processor in (soc.master, soc.slave):
            text = virsh('dumpxml', soc.domain(processor))
            expect(f'{NAMESPACE[1:-1]}' in text, 'no metadata')
        hetctl('validate', soc.xml)
        printed = hetctl('domxml', soc.xml).stdout
        expect(soc.domain(soc.slave) in printed, printed)


@test('validate of several files: each that is wrong, the code of the first')
def several():
    with tempfile.TemporaryDirectory() as folder:
        good = os.path.join(EXAMPLES, 'bare-pair.xml')
        bad = os.path.join(folder, 'bad.xml')
        gone = os.path.join(folder, 'gone.xml')
        with open(bad, 'w', encoding='ascii') as file:
            file.write('<soc>\n<name>x</name>\n<nonsense/></soc>\n')
        expect_equal(hetctl('validate', good, good).stdout, '', 'good')
        done = hetctl('validate', good, bad, gone, good, code=XML)
        lines = done.stdout.splitlines()
        expect(len(lines) == 2 and lines[0].startswith(f'{bad}: ') and
               f'{bad}:3' in lines[0] and lines[1].startswith(f'{gone}: '),
               done.stdout)
        expect_equal(done.stderr, 'error: 2 of 4 files are not valid\n',
                     'error')
        done = hetctl('validate', bad, good, code=XML)
        expect_equal(done.stderr, 'error: 1 of 2 files is not valid\n',
                     'error')


@test('what dumpxml prints can be defined again')
def again():
    with Soc('bare-pair') as soc:
        text = hetctl('dumpxml', soc.name).stdout
        hetctl('undefine', soc.name)
        with open(soc.xml, 'w', encoding='utf-8') as file:
            file.write(text)
        hetctl('define', soc.xml)
        expect_equal(hetctl('dumpxml', soc.name).stdout, text, 'dumpxml')


@test('start is silent in a pipe; status follows the cores')
def status():
    with Soc('bare-pair') as soc:
        done = hetctl('start', soc.name)
        expect_equal((done.stdout, done.stderr), ('', ''), 'output')
        for step, state in ((soc.boot, 'running'), (soc.shutdown, 'held')):
            soc.load('pair-slave-a.elf')
            step()
            printed = json.dumps(soc.status())
            expect(f'"{state}"' in printed, f'no {state} in {printed}')
            expect(state in hetctl('status', soc.name).stdout, 'table')
        expect(str(soc.pid(soc.slave)) in json.dumps(soc.status()), 'pid')


@test('the overlay of the stm32mp157 is a device tree')
def overlay():
    with Soc('stm32mp157-virt') as soc:
        target = os.path.join(soc.folder, 'soc.dtbo')
        with open(target, 'wb') as file:
            subprocess.run([HETCTL, 'overlay', soc.xml], stdout=file,
                           check=True)
        with open(target, 'rb') as file:
            magic = file.read(4)
        source = run('dtc', '-I', 'dtb', '-O', 'dts', target).stdout \
            if magic == b'\xd0\x0d\xfe\xed' else \
            hetctl('overlay', soc.xml).stdout
        for word in ('st,stm32mp1-m4', 'st,stm32mp1-ipcc', 'vdev0vring0'):
            expect(word in source, f'no {word} in the overlay')


@test('console shows what the processor prints')
def console():
    with Soc('stm32mp157') as soc:
        soc.start()
        leader, follower = os.openpty()
        with subprocess.Popen([HETCTL, 'console', soc.name, soc.master],
                              stdin=follower, stdout=follower,
                              stderr=follower) as process:
            text = b''
            while b'Linux version' not in text and \
                    select.select([leader], [], [], 60)[0]:
                text += os.read(leader, 4096)
            process.terminate()
        os.close(leader)
        os.close(follower)
        expect(b'Linux version' in text, f'console: {text[-400:]!r}')


main()
