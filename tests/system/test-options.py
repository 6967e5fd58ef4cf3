#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Looking at a file changes nothing: options, devices, emulators of others."""

import glob
import json
import os
import re
import subprocess
import tempfile

from het import (EMULATOR, EXAMPLES, HETCTL, QEMU_DIR, XML, expect,
                 expect_equal, hetctl, main, run, test)

MACHINES = (('arm', 'armv7l', 'het-m', None),
            ('arm', 'armv7l', 'virt', '0x40000000'),
            ('arm', 'armv7l', 'mps3-an536', '0x20000000'),
            ('aarch64', 'aarch64', 'virt', '0x40000000'),
            ('riscv32', 'riscv32', 'virt', '0x80000000'),
            ('riscv64', 'riscv64', 'virt', '0x80000000'))

# Properties of sysbus devices that take a text and reach nothing: names of
# what the domain has (backends), of CPUs and boards, numbers in words
TEXTS = {'chardev', 'netdev', 'mac', 'drive', 'audiodev', 'serial0', 'name',
         'cpu-type', 'stage', 'identifier', 'part-name', 'command-line',
         'hart-config', 'masterbus',
         'flash'}               # a type, which the model looks up
# Those that hetctl refuses, by name or by type
REFUSED = {'jsonfile', 'host', 'sysfsdev', 'fd'}


def ask(emulator, *commands):
    """The replies of QMP."""
    lines = [{'execute': 'qmp_capabilities'}, *commands, {'execute': 'quit'}]
    done = subprocess.run(
        [os.path.join(QEMU_DIR, f'qemu-system-{emulator}'), '-machine',
         'none', '-nodefaults', '-display', 'none', '-S', '-qmp', 'stdio'],
        input='\n'.join(map(json.dumps, lines)), text=True,
        capture_output=True, timeout=60, check=True)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    return [reply.get('return') for reply in replies
            if 'return' in reply or 'error' in reply][1:-1]


class Folder:
    """Somewhere to write SoCs of one processor."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, 'k'), 'w', encoding='ascii'):
            pass

    def write(self, arch, machine, ram, os_xml='', more='', name='soc.xml'):
        kernel = '' if machine == 'virt' else '<kernel>k</kernel>'
        path = os.path.join(self.folder, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(
                "<soc><name>s</name><memory name='m'>1024</memory>"
                f"<master name='p'>\n<os><type arch='{arch}' "
                f"machine='{machine}'/>\n{os_xml}{kernel}</os>"
                f"<map memory='m' address='{ram or 0}'/>{more}"
                '</master></soc>')
        return path

    @staticmethod
    def refused(paths):
        """{path: message} of those that are not valid"""
        done = run(HETCTL, 'validate', *paths)
        expect_equal(done.returncode, XML if done.stdout else 0, done.stderr)
        lines = done.stdout.splitlines()
        found = {line.split(':')[0]: line for line in lines}
        expect_equal(len(found), len(lines), 'lines')
        expect(set(found) <= set(paths), lines)
        return found


def option(name, value='1'):
    return f"<option name='{name}' value='{value}'/>"


@test('each property of each machine is known or refused, whatever QEMU has')
def options():
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        soc = Folder(folder)
        for emulator, arch, machine, ram in MACHINES:
            properties = {p['name'] for p in ask(
                emulator, {'execute': 'qom-list-properties',
                           'arguments': {'typename':
                                         f'{machine}-machine'}})[0]}
            expect('dumpdtb' in properties, f'{machine}: {properties}')
            paths = [soc.write(arch, machine, ram, option('no-such-option'),
                               name=name) for name in ('a.xml', 'b.xml')]
            message = soc.refused(paths)[paths[0]]
            known = set(re.search(r'takes (.*) \(', message)
                        .group(1).split(', '))
            expect(known <= properties, f'{machine}: QEMU has no '
                   f'{known - properties}')
            paths = {soc.write(arch, machine, ram, option(name),
                               name=f'{name}.xml'): name
                     for name in properties
                     if re.fullmatch('[a-z][a-z0-9-]*', name)}
            messages = soc.refused(list(paths))
            for path, name in paths.items():
                message = messages.get(path)
                expect_equal(message is None, name in known,
                             f'{machine}: {name}: accepted')
                expect(message is None or f"option '{name}'" in message and
                       f'{path}:3' in message, message)
            count += len(paths)
    return f'{count} properties'


@test('a text property of a device reaches no file of the host')
def properties():
    seen = set()
    for emulator in ('arm', 'aarch64', 'riscv32', 'riscv64'):
        types = [t['name'] for t in ask(
            emulator, {'execute': 'qom-list-types',
                       'arguments': {'implements': 'sys-bus-device',
                                     'abstract': False}})[0]]
        replies = ask(emulator, *(
            {'execute': 'device-list-properties',
             'arguments': {'typename': name}} for name in types))
        expect_equal(len(replies), len(types), f'{emulator}: replies')
        seen |= {(name, p['name']) for name, reply in zip(types, replies)
                 for p in reply if p['type'] in ('str', 'string')}
    new = {f'{t}.{p}' for t, p in seen if p not in TEXTS | REFUSED}
    expect(not new, f'is this a file of the host? {new}')
    with tempfile.TemporaryDirectory() as folder:
        soc = Folder(folder)
        paths = [soc.write('armv7l', 'virt', '0x40000000',
                           more=f"<device name='d' type='{device}' "
                           f"address='0x0b000000'><property name='{name}' "
                           "value='x'/></device>", name=f'{n}.xml')
                 for n, (device, name) in enumerate(
                     sorted(s for s in seen if s[1] in REFUSED))]
        messages = soc.refused(paths)
        expect_equal(sorted(messages), sorted(paths), 'refused')
        for message in messages.values():
            expect('is not possible' in message, message)
    return f'{len(seen)} properties'


# ---- the try-out ----

WRITES = re.compile(r'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC')
CHANGES = ('creat', 'mkdir', 'mkdirat', 'mknod', 'mknodat', 'link', 'linkat',
           'symlink', 'symlinkat', 'rename', 'renameat', 'renameat2',
           'unlink', 'unlinkat', 'rmdir', 'truncate', 'chmod', 'fchmodat',
           'chown', 'fchownat', 'lchown')
NETWORK = ('socket', 'connect', 'bind')
# What is opened for writing elsewhere: hetctl's, where the emulator's standard
# output goes.
HARMLESS = {'/dev/null'}


def watched(*args):
    """What a hetctl and its emulators did: (process, call, arguments)."""
    with tempfile.NamedTemporaryFile('r', encoding='utf-8') as log:
        done = run('strace', '-f', '-qq', '-o', log.name, '-e',
                   'trace=open,openat,openat2,memfd_create,execve,seccomp,' +
                   ','.join(CHANGES + NETWORK), HETCTL, *args)
        expect_equal(done.returncode, 0, done.stderr)
        calls = re.findall(r'^(\d+) +(\w+)\((.*)', log.read(), re.MULTILINE)
    expect(len(calls) > 20, f'strace saw nothing: {calls}')
    return calls


def check_calls(calls):
    """Nothing is written outside of the folders that hetctl has made."""
    folders = [re.match('"([^"]+)"', arguments).group(1)
               for _, call, arguments in calls
               if call == 'mkdir' and '/hetctl-' in arguments]
    emulators, confined = set(), set()
    for process, call, arguments in calls:
        expect(call not in NETWORK, f'{call}({arguments}')
        if call == 'execve' and 'qemu-system-' in arguments:
            expect(process not in emulators, f'{process}: {arguments}')
            emulators.add(process)
        if call == 'seccomp' and re.match(
                r'SECCOMP_SET_MODE_FILTER, .* = 0', arguments):
            confined.add(process)
        if call not in CHANGES and not WRITES.search(arguments):
            continue
        for path in re.findall('"([^"]*)"', arguments)[:1]:
            if call == 'execve' or path in HARMLESS:
                continue
            expect(any(path == folder or path.startswith(folder + '/')
                       for folder in folders), f'{call}({arguments}')
    expect(folders and emulators, 'no emulator was tried')
    expect(emulators <= confined, 'an emulator without seccomp')
    for folder in folders:
        expect(not os.path.exists(folder), f'{folder} is still there')
    return len(emulators)


@test('strace: the try-out of devices writes nothing outside its own folder')
def try_out():
    runs = 0
    for path in glob.glob(os.path.join(EXAMPLES, '*.xml')):
        with open(path, encoding='utf-8') as file:
            if '<device ' in file.read() or 'stm32mp157' in path:
                runs += check_calls(watched('validate', path))
    return f'{runs} emulators'


OS = '''<soc><name>os</name><memory name='m' unit='MiB'>64</memory>
<memory name='c'>64</memory>
<master name='p'><os><type arch='armv7l' machine='het-m'/><kernel>k</kernel>
</os><map memory='c' address='0'/></master>
<slave name='s'><os><type arch='armv7l' machine='virt'/><kernel>k</kernel></os>
<boot entry='0x40008000' dtb='0x42000000'/>
<map memory='m' address='0x40000000'/><devices>{}</devices></slave></soc>'''


class Os:
    """A slave whose device tree its emulator makes."""

    def __init__(self, folder, emulator=None):
        self.xml = os.path.join(folder, 'soc.xml')
        self.elf = os.path.join(folder, 'out.elf')
        with open(os.path.join(folder, 'k'), 'wb') as file:
            file.write(b'kernel')
        with open(self.xml, 'w', encoding='utf-8') as file:
            file.write(OS.format(f'<emulator>{emulator}</emulator>'
                                 if emulator else ''))

    def pack(self, *more):
        return 'pack', self.xml, 's', '--output', self.elf, *more


@test('strace: neither does what makes a device tree for pack')
def device_tree():
    with tempfile.TemporaryDirectory() as folder:
        soc = Os(folder)
        # The result itself, also while it has no name
        calls = [call for call in watched(*soc.pack())
                 if soc.elf not in call[2] and not call[2].startswith(
                     f'AT_FDCWD, "{folder}", O_RDWR|O_CLOEXEC|O_TMPFILE')]
        check_calls(calls)
        expect(os.path.getsize(soc.elf) > 4096, 'no device tree')


@test("pack runs the file's <emulator> only with --run-emulator, confined")
def own_emulator():
    real = os.path.join(QEMU_DIR, 'qemu-system-arm')
    with tempfile.TemporaryDirectory() as folder:
        fake = os.path.join(folder, 'emulator')
        ran = os.path.join(folder, 'ran')
        outside = os.path.join(folder, 'outside')
        with open(ran, 'w', encoding='ascii') as file:
            file.write('no')
        with open(fake, 'w', encoding='ascii') as file:
            file.write(f'#!/bin/sh\necho yes >{outside}\n'
                       f'grep -q . {ran} && exec {real} "$@"\n')
        os.chmod(fake, 0o755)
        soc = Os(folder, fake)
        message = hetctl(*soc.pack(), code=EMULATOR).stderr
        expect('--run-emulator' in message and 'soc.xml:7' in message and
               fake in message, message)
        expect(not os.path.exists(soc.elf), 'it was written all the same')
        hetctl('validate', soc.xml)
        expect(not os.path.exists(outside), 'it was run all the same')
        hetctl(*soc.pack('--run-emulator'))
        expect(os.path.getsize(soc.elf) > 4096, 'no device tree')
        if 'landlock' in lsm():
            expect(not os.path.exists(outside), 'it wrote elsewhere')
        # The one that hetctl would take anyway is no stranger's.
        soc = Os(folder, real)
        hetctl(*soc.pack())


def lsm():
    """What the kernel says of Landlock: its system call, as it is."""
    code = ('import ctypes; print("landlock" if ctypes.CDLL(None).syscall('
            '444, None, 0, 1) > 0 else "")')
    return run('python3', '-c', code).stdout


main()
