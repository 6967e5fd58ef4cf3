#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What virsh does to one processor has a name in hetctl, and an end."""

import json
import os
import struct
import tempfile

from het import (STATE, Pair, Soc, domains, expect, expect_equal,
                 hetctl, main, run, segments, test, virsh,
                 wait_until)

NO_IDM = '''<soc>
  <name>no-idm</name>
  <memory name='code' unit='KiB'>64</memory>
  <memory name='ram' unit='KiB'>64</memory>
  <master name='m33'>
    <os>
      <type arch='armv7l' machine='het-m'/>
      <kernel>{kernel}</kernel>
    </os>
    <cpu><model>cortex-m33</model></cpu>
    <map memory='code' address='0x0'/>
    <map memory='ram' address='0x20000000'/>
  </master>
  <slave name='m4'>
    <os><type arch='armv7l' machine='het-m'/></os>
    <cpu><model>cortex-m4</model></cpu>
    <map memory='ram' address='0x0'/>
  </slave>
</soc>
'''
COUNTER = 0x20000000
MARK = COUNTER + 0x100


def counting_elf(path):
    """A firmware that adds 1 to the word at COUNTER, for ever."""
    code = struct.pack('<II', 0x20010000, 9) + bytes.fromhex(
        '0248' '0168' '0131' '0160' 'fbe7' '0000') + \
        struct.pack('<I', COUNTER)
    header = b'\x7fELF\1\1\1' + bytes(9) + struct.pack(
        '<HHIIIIIHHHHHH', 2, 40, 1, 9, 52, 0, 0x5000200, 52, 32, 1, 0, 0, 0)
    segment = struct.pack('<IIIIIIII', 1, 84, 0, 0, len(code), len(code), 5, 4)
    with open(path, 'wb') as file:
        file.write(header + segment + code)
    os.chmod(path, 0o644)


class NoIdm(Soc):
    """Its master has nothing that keeps libvirt from saving it."""

    def __init__(self):
        self.files = tempfile.TemporaryDirectory(prefix='hetctl-count.')
        os.chmod(self.files.name, 0o755)
        kernel = os.path.join(self.files.name, 'count.elf')
        counting_elf(kernel)
        super().__init__('no-idm', text=NO_IDM.format(kernel=kernel))

    def __exit__(self, *error):
        super().__exit__(*error)
        self.files.cleanup()

    def count(self):
        return self.words(self.master, COUNTER)[0]


def refused(*args):
    done = run('virsh', '-q', *args)
    expect(done.returncode, f'virsh {" ".join(args)} is not refused')
    return done.stderr


def listed(name):
    for soc in json.loads(hetctl('list', '--all', '--format',
                                 'json').stdout):
        if soc['name'] == name:
            return soc
    return None


def note(soc, processor):
    for line in hetctl('status', soc.name).stdout.splitlines():
        if line.startswith(processor + ' '):
            return line
    return ''


@test('virsh start of the master says what to do, and makes no memory')
def start_master():
    with Soc('bare-pair') as soc:
        said = refused('start', soc.domain(soc.master))
        expect(f"run 'hetctl start {soc.name}'" in said, said)
        soc.expect_nothing_left(defined=True)
        soc.start()
        virsh('destroy', soc.domain(soc.master))
        said = refused('start', soc.domain(soc.master))
        expect(f"run 'hetctl start {soc.name}'" in said, said)
        expect_equal(soc.status()['state'], 'partial', 'state')
        soc.start()
        expect_equal(soc.status()['state'], 'running', 'state')


@test('virsh start of a slave is refused while the SoC is off')
def start_slave():
    with Soc('bare-pair') as soc:
        for _ in range(2):
            said = refused('start', soc.domain(soc.slave))
            expect(f"run 'hetctl start {soc.name}'" in said, said)
            expect_equal(soc.status()['state'], 'shut off', 'state')
            soc.expect_nothing_left(defined=True)
            soc.start()
            virsh('destroy', soc.domain(soc.slave))
            virsh('start', soc.domain(soc.slave))
            expect_equal(soc.core()['state'], 'wait-memory', 'core')
            hetctl('start', soc.name, soc.slave)
            expect_equal(soc.status()['state'], 'running', 'state')
            soc.destroy()


@test('a saved image is named, and the next start does not resume it')
def managed_save():
    with NoIdm() as soc:
        soc.start()
        soc.words(soc.master, MARK)[0] = 0x5a5a5a5a
        virsh('managedsave', soc.domain(soc.master))
        expect_equal(soc.status()['state'], 'partial', 'state')
        expect('saved image' in note(soc, soc.master), note(soc, soc.master))
        said = refused('start', soc.domain(soc.master))
        expect(f"run 'hetctl start {soc.name}'" in said, said)
        soc.unmap()
        soc.start()
        master = soc.status()['processors'][0]
        expect_equal((master['state'], master['saved']), ('running', False),
                     'master')
        wait_until(soc.count, 'the master counts')
        expect_equal(soc.words(soc.master, MARK)[0], 0, 'memory')


@test('a master restored from a file does not come up without its SoC')
def restore():
    with NoIdm() as soc, tempfile.TemporaryDirectory() as folder:
        soc.start()
        image = os.path.join(folder, 'image')
        virsh('save', soc.domain(soc.master), image)
        expect_equal(soc.status()['state'], 'partial', 'state')
        said = refused('restore', image)
        expect(f"run 'hetctl start {soc.name}'" in said, said)
        soc.destroy()
        refused('restore', image)
        soc.expect_nothing_left(defined=True)
        soc.start()


@test('a processor with an IDM, and a slave, is neither saved nor migrated')
def not_saved():
    with Pair() as soc, tempfile.TemporaryDirectory() as folder:
        image = os.path.join(folder, 'image')
        for processor in (soc.master, soc.slave):
            domain = soc.domain(processor)
            for command in (('managedsave', domain), ('save', domain, image),
                            ('dump', domain, image),
                            ('snapshot-create', domain),
                            ('snapshot-create', domain, '--disk-only'),
                            ('checkpoint-create', domain),
                            ('migrate', domain, 'qemu:///system'),
                            ('domrename', domain, 'other'),
                            ('setvcpus', domain, '2', '--live'),
                            ('dompmsuspend', domain, 'mem'),
                            ('inject-nmi', domain)):
                refused(*command)
                expect_equal(soc.status()['state'], 'running',
                             f'state after {command}')
        expect(soc.master_side.do('ring', 0, 1, 3, 5000).ok, 'rings')


def put_back(soc):
    hetctl('define', soc.xml)
    soc.start()
    soc.destroy()


@test('a renamed domain is listed, named with the way back, and undefined')
def renamed():
    with Soc('bare-pair') as soc:
        for processor in (soc.master, soc.slave):
            domain = soc.domain(processor)
            virsh('domrename', domain, 'elsewhere')
            expect_equal((listed(soc.name)['whole'],
                          len(listed(soc.name)['processors'])), (False, 2),
                         'listed')
            said = hetctl('start', soc.name, code=STATE).stderr
            expect(f'virsh domrename elsewhere {domain}' in said, said)
            expect("domain 'elsewhere'" in note(soc, processor),
                   note(soc, processor))
            expect(said.split("'")[1] in hetctl('status', soc.name).stdout,
                   'status does not say it')
            virsh('domrename', 'elsewhere', domain)
            expect(listed(soc.name)['whole'], 'whole again')
            virsh('domrename', domain, f'{soc.name}.other')
            expect_equal(len(listed(soc.name)['processors']), 2, 'processors')
            hetctl('undefine', soc.name)
            expect_equal(domains(), [], 'domains')
            put_back(soc)


@test('a slave that was started under another name is ended as well')
def renamed_and_started():
    with Soc('bare-pair') as soc:
        soc.start()
        virsh('destroy', soc.domain(soc.slave))
        virsh('domrename', soc.domain(soc.slave), 'elsewhere')
        virsh('start', 'elsewhere')
        virsh('destroy', soc.domain(soc.master))
        expect_equal(soc.status()['state'], 'partial', 'state')
        hetctl('undefine', soc.name, code=STATE)
        hetctl('destroy', soc.name)
        hetctl('undefine', soc.name)
        expect_equal(domains(), [], 'domains')
        put_back(soc)


@test('a copy of a domain is no part of the SoC')
def copied():
    with Soc('bare-pair') as soc:
        xml = virsh('dumpxml', soc.domain(soc.slave))
        uuid = xml.split('<uuid>')[1].split('</uuid>')[0]
        copy = xml.replace(uuid, '12345678-1234-1234-1234-123456789abc')
        for name in ('elsewhere', f'{soc.name}.m5'):
            path = os.path.join(soc.folder, 'copy.xml')
            with open(path, 'w', encoding='utf-8') as file:
                file.write(copy.replace(
                    f'<name>{soc.domain(soc.slave)}</name>',
                    f'<name>{name}</name>'))
            virsh('define', path)
            expect_equal(listed(soc.name)['processors'],
                         [soc.master, soc.slave], 'processors')
            expect(listed(soc.name)['whole'], 'whole')
            virsh('undefine', name)


@test('what is left of a SoC when virsh undefines a processor is undefined')
def undefined():
    with Soc('bare-pair') as soc:
        for processor in (soc.master, soc.slave):
            virsh('undefine', soc.domain(processor))
            expect_equal(listed(soc.name)['whole'], False, 'whole')
            expect(f'hetctl undefine {soc.name}' in
                   hetctl('status', soc.name).stdout or
                   'undefine and define it again' in
                   hetctl('status', soc.name).stdout, 'says what to do')
            hetctl('start', soc.name, code=STATE)
            hetctl('undefine', soc.name)
            expect_equal(domains(), [], 'domains')
            put_back(soc)


@test('a processor that is undefined while it runs says so until it ends')
def undefined_running():
    for which in ('master', 'slave'):
        with Pair() as soc:
            processor = getattr(soc, which)
            virsh('undefine', soc.domain(processor))
            expect_equal(soc.status()['state'], 'running', 'state')
            expect('undefined, gone when it ends' in note(soc, processor),
                   note(soc, processor))
            expect(soc.master_side.do('ring', 0, 1, 3, 5000).ok, 'rings')
            soc.destroy()
            expect_equal(listed(soc.name)['whole'], False, 'whole')
            hetctl('undefine', soc.name)
            expect_equal(domains(), [], 'domains')
            hetctl('define', soc.xml)


@test('metadata that virsh removes: said, and nothing is defined over it')
def metadata():
    with Soc('bare-pair') as soc:
        for processor in (soc.master, soc.slave):
            domain = soc.domain(processor)
            virsh('metadata', domain, 'urn:hetctl:soc:1', '--config',
                  '--remove')
            expect_equal(listed(soc.name)['whole'], False, 'whole')
            hetctl('undefine', soc.name)
            expect_equal(domains(), [domain], 'domains')
            said = hetctl('define', soc.xml, code=STATE).stderr
            expect('undefine it with virsh' in said, said)
            virsh('undefine', domain)
            put_back(soc)
        soc.expect_nothing_left(defined=True)


main()
