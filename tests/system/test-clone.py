#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""hetctl clone, and memory that comes when it is first used."""

import json
import os
import re
import signal
import subprocess
import time

from het import (FAILED, HETCTL, NOT_FOUND, STATE, USAGE, XML, Firmware,
                 Pair, Soc, domains, expect, expect_equal, hetctl, main,
                 measured, segments, test, virsh, wait_until)
from life import is_stopped, summary, times
from linux import LinuxSoc
from mainjob import Console, start_firmware, wait_tty

MESSAGES = 1000
MIB = 1 << 20


def path_in(soc):
    return os.path.join(soc.folder, 'saved')


def used():
    """Bytes of /dev/shm"""
    state = os.statvfs('/dev/shm')
    return (state.f_blocks - state.f_bfree) * state.f_frsize


class Clone(Pair):
    """One that 'hetctl clone' has made, of a pair; it is there already."""

    def __init__(self, name):
        super().__init__(name=name)

    def __enter__(self):
        self.master_side = Firmware(self, self.master, 'master')
        self.slave_side = Firmware(self, self.slave, 'slave')
        return self

    def __exit__(self, *error):
        self.unmap()
        hetctl('destroy', self.name)
        hetctl('undefine', self.name)
        self.expect_nothing_left()


def boot_other(pair):
    """hetctl puts it into memory that may not be there yet."""
    if pair.core()['state'] == 'running':
        pair.shutdown()
    pair.slave_side.clear()
    pair.boot(firmware='pair-slave-b.elf')
    pair.slave_side.wait_ready()
    expect_well(pair)


def expect_well(pair):
    expect(pair.slave_side.do('ping', 1).ok, 'the slave is not well')
    answer = pair.master_side.do('ring', 0, 3, 3, 5000)
    expect(answer.ok and answer.result[0] == 3, f'rings: {answer}')


def status(name):
    return json.loads(hetctl('status', name, '-f', 'json').stdout)


@test('clones go on from the middle of a load of interrupts, each by itself')
def pairs():
    with Pair() as soc:
        soc.master_side.send('ring', 0, 5, 20000, 60000)
        hetctl('save', soc.name, path_in(soc), '--live')
        before = used()
        names = json.loads(hetctl('clone', path_in(soc), '--count', '3',
                                  '--name', f'{soc.name}-c', '-f',
                                  'json').stdout)
        expect_equal(names, [f'{soc.name}-c-{i}' for i in (1, 2, 3)], 'names')
        uuids = {virsh('domuuid', f'{name}.{soc.slave}') for name in
                 names + [soc.name]}
        expect_equal(len(uuids), 4, 'UUIDs')
        time.sleep(0.2)
        for i, name in enumerate(names):
            with Clone(name) as clone:
                answer = clone.master_side.answer(60)
                expect(answer.ok and answer.result[0] == 20000, str(answer))
                expect_equal(clone.slave_side.rung(5), 20000, 'rings')
                expect_well(clone)
                if i == 0:
                    # The slave's emulator is another one, its memory stays.
                    hetctl('destroy', name, soc.slave)
                    hetctl('start', name, soc.slave)
                    boot_other(clone)
        expect(used() <= before, f'{used() - before} bytes are left')
        expect(soc.master_side.answer(60).ok, 'the first one')
        expect_well(soc)


@test('each clone has MAC addresses of its own')
def addresses():
    given = '52:54:00:12:34:56'

    def macs(name):
        return re.findall(r"<mac address='(.*?)'/>",
                          virsh('dumpxml', f'{name}.a53'))

    with Soc('hetero-quad', change=lambda text: text.replace(
            '<devices>', f"""<devices>
      <interface type='mcast'>
        <mac address='{given}'/>
        <source address='230.0.0.1' port='21159'/>
        <model type='virtio'/>
        <rom enabled='no'/>
      </interface>""", 1)) as soc:
        soc.start()
        names = json.loads(hetctl('clone', soc.name, '--count', '2',
                                  '-f', 'json').stdout)
        try:
            found = sum((macs(name) for name in names + [soc.name]), [])
        finally:
            for name in names:
                hetctl('destroy', name)
                hetctl('undefine', name)
    expect_equal(len(found), 3, 'addresses')
    expect(len(set(found)) == 3 and found[2] == given, found)


@test('a clone of a SoC that runs, firmware loaded into it, saved and restored')
def chain():
    with Pair() as soc:
        hetctl('clone', soc.name)
        time.sleep(0.1)
        with Clone(f'{soc.name}-1') as clone:
            expect_well(clone)
            boot_other(clone)
            hetctl('save', clone.name, path_in(soc), '--live')
            hetctl('restore', path_in(soc), '--name', f'{soc.name}-2')
            with Clone(f'{soc.name}-2') as second:
                expect_well(second)
            expect_well(clone)
        expect_well(soc)


def interrupted(path, name):
    """Ctrl+C between two of them"""
    with subprocess.Popen(
            [HETCTL, 'clone', path, '-n', '3', '--name', name],
            env={**os.environ, 'HETCTL_FAULT': 'stop:clone-next'},
            stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: is_stopped(process.pid), 'it stands between two',
                   30)
        expect(f'{name}-1.m4' in domains(), 'there is no first one')
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGCONT)
        error = process.communicate(timeout=60)[1]
        expect_equal(process.returncode, FAILED, error)
        expect('interrupted' in error, error)


@test('a clone that fails or is killed: all of them or none')
def failing():
    with Pair() as soc:
        hetctl('save', soc.name, path_in(soc))
        name = f'{soc.name}-f'
        before = domains(), sorted(segments())
        for step in ('clone-image', 'segment', 'windows', 'state', 'mark',
                     'clone-next'):
            error = hetctl('clone', path_in(soc), '-n', '2', '--name', name,
                           code=FAILED,
                           env={'HETCTL_FAULT': f'fail:{step}'}).stderr
            expect(len(error.splitlines()) == 1, error)
            expect_equal((domains(), sorted(segments())), before, step)
            hetctl('clone', path_in(soc), '-n', '2', '--name', name,
                   code=-signal.SIGKILL,
                   env={'HETCTL_FAULT': f'kill:{step}'})
            if step != 'clone-image':
                hetctl('destroy', f'{name}-1')
                hetctl('undefine', f'{name}-1')
            expect_equal((domains(), sorted(segments())), before, step)
        interrupted(path_in(soc), name)
        expect_equal((domains(), sorted(segments())), before, 'interrupted')
        hetctl('clone', path_in(soc), '-n', '2', '--name', name)
        error = hetctl('clone', path_in(soc), '--name', name,
                       code=STATE).stderr
        expect(f"'{name}-1' is there already" in error, error)
        for i in (1, 2):
            hetctl('destroy', f'{name}-{i}')
            hetctl('undefine', f'{name}-{i}')
        for bad in ('a b', '../x', 'a' * 31):
            error = hetctl('clone', path_in(soc), '--name', bad,
                           code=XML).stderr
            expect('is not a name' in error, error)
        hetctl('clone', path_in(soc), '-n', '0', code=USAGE)
        error = hetctl('clone', 'no-such-thing', code=NOT_FOUND).stderr
        expect('neither a soc nor a file' in error, error)
        expect_equal((domains(), sorted(segments())), before, 'left')


def no_reserve(text):
    return re.sub("<memory name='ddr'", "<memory name='ddr' reserve='no'",
                  text)


def resize(size):
    """Of /dev/shm, which is this test's own; False: it is not"""
    return subprocess.run(['mount', '-o', f'remount,size={size}', '/dev/shm'],
                          check=False, capture_output=True).returncode == 0


def may_resize():
    with open('/proc/mounts', encoding='utf-8') as file:
        return any(line.startswith('hetctl-test /dev/shm ') for line in file)


@test('memory that is not reserved: Linux takes what it uses; without memory '
      'it is suspended, and goes on')
def exhausted():
    with LinuxSoc(change=no_reserve) as soc:
        took = used()
        measured(f'/dev/shm with Linux up: {took / MIB:.0f} MiB')
        expect(took < 200 * MIB, f'{took / MIB} MiB are used')
        if not may_resize():
            return '/dev/shm is the host\'s: exhaustion not tested'
        total = os.statvfs('/dev/shm')
        total = total.f_blocks * total.f_frsize
        try:
            start_firmware(soc.linux, 'rpmsg-echo.elf')
            wait_tty(soc.linux)
            resize(used() + 20 * MIB)
            soc.linux.type('dd if=/dev/urandom of=/tmp/r bs=1M count=8; '
                           'for i in 1 2 3 4 5 6; do cat /tmp/r; done '
                           '>/tmp/big; md5sum </tmp/big; '
                           'for i in 1 2 3 4 5 6; do cat /tmp/r; done '
                           '| md5sum; echo ALL-WRITTEN\n')
            wait_until(lambda: status(soc.name)['state'] == 'suspended',
                       'it is suspended', 60)
            found = status(soc.name)['processors']
            expect(all(p.get('no-memory') for p in found), str(found))
            note = hetctl('status', soc.name).stdout
            expect('no-memory: the host has none left' in note, note)
            # It stays so.
            hetctl('resume', soc.name)
            wait_until(lambda: status(soc.name)['state'] == 'suspended',
                       'it is suspended again', 60)
            resize(total)
            hetctl('resume', soc.name)
            text = soc.linux.read_until('\nALL-WRITTEN', 60)[0]
            sums = re.findall(r'\b[0-9a-f]{32}\b', text)
            expect(len(sums) == 2 and sums[0] == sums[1], text)
            soc.linux.run('rm /tmp/r /tmp/big')
            text = soc.linux.run(f'rpmsg-test echo {MESSAGES}')
            expect(re.search(rf'messages={MESSAGES} .*errors=0', text), text)
            expect(not any(p.get('no-memory')
                           for p in status(soc.name)['processors']), 'status')
        finally:
            resize(total)
    return f'{took / MIB:.0f} MiB'


@test('clones of Linux and an M4 that talk: all answer, at once')
def linux():
    count = times(4, 32)
    with LinuxSoc() as soc:
        start_firmware(soc.linux, 'rpmsg-echo.elf')
        wait_tty(soc.linux)
        soc.linux.run('dmesg -c >/dev/null')
        soc.linux.close()
        hetctl('save', soc.name, path_in(soc))
        before = used()
        start = time.monotonic()
        hetctl('clone', path_in(soc), '--count', str(count), '--name',
               f'{soc.name}-c', timeout=300)
        seconds = time.monotonic() - start
        names = [f'{soc.name}-c-{i + 1}' for i in range(count)]
        try:
            answers = [talk(name, soc.master) for name in names]
            measured(f'{count} clones in {seconds:.2f} s, an answer of each '
                     f'after {summary(answers)}; /dev/shm: '
                     f'{(used() - before) / MIB:.0f} MiB')
        finally:
            for name in names:
                hetctl('destroy', name)
                hetctl('undefine', name)
        expect(used() <= before, f'{used() - before} bytes are left')
    return f'{count} clones'


def talk(name, master):
    start = time.monotonic()
    console = Console(virsh('ttyconsole', f'{name}.{master}').strip())
    try:
        console.type('\n')
        text = console.run('rpmsg-test echo 100')
        seconds = time.monotonic() - start
        expect(re.search(r'messages=100 .*errors=0', text), f'{name}: {text}')
        text = console.run('dmesg')
        expect('rror' not in text and 'stall' not in text, f'{name}: {text}')
    finally:
        console.close()
    return seconds


main()
