#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""hetctl save and restore: a SoC goes on from where it was, every message and
every interrupt once."""

import contextlib
import json
import os
import random
import re
import signal
import tempfile
import threading
import time

from debugger import Gdb, Server
from het import (FAILED, GUEST, NOT_FOUND, QEMU_DIR, STATE, USAGE, Firmware,
                 Pair, Soc, domains, expect, expect_equal, hetctl, main,
                 measured, test, virsh, wait_until)
from life import SEED, summary, times
from linux import LinuxSoc
from mainjob import Console, start_firmware, wait_tty
from modules import drivers, pack
from quad import Quad, expect_sent

RINGS = 2000
MESSAGES = 10_000
RESOURCE = 8


def path_in(soc):
    return os.path.join(soc.folder, 'saved')


def save(soc, *more):
    return json.loads(hetctl('save', soc.name, path_in(soc), *more, '-f',
                             'json').stdout)


def reopen(pair):
    """The sides of a pair after a restore: the segment is another file."""
    pair.unmap()
    pair.master_side = Firmware(pair, pair.master, 'master')
    pair.slave_side = Firmware(pair, pair.slave, 'slave')


def again(pair, *more):
    """Saved and restored"""
    save(pair, *more)
    expect_equal(pair.status()['state'], 'shut off', 'state when saved')
    pair.expect_nothing_left(defined=True)
    hetctl('restore', path_in(pair))
    reopen(pair)


def expect_well(pair):
    expect(pair.slave_side.do('ping', 1).ok, 'the slave is not well')
    answer = pair.master_side.do('ring', 0, 3, 3, 5000)
    expect(answer.ok and answer.result[0] == 3, f'rings: {answer}')


@test('saved at random moments of a load of interrupts, none is lost or '
      'doubled')
def load():
    count = times(10, 200)
    random.seed(SEED)
    measured(f'seed {SEED}')
    hit = 0
    with Pair() as soc:
        for i in range(count):
            before = soc.slave_side.rung(i % 32)
            soc.master_side.send('ring', 0, i % 32, RINGS, 60000)
            time.sleep(random.uniform(0, 0.02))
            hit += not soc.master_side.finished()
            again(soc)
            answer = soc.master_side.answer(60)
            expect(answer.ok and answer.result[0] == RINGS,
                   f'round {i}: {answer}')
            expect_equal(soc.slave_side.rung(i % 32) - before, RINGS,
                         'rings that the slave has seen')
    expect(hit > count / 2, f'only {hit} of {count} were hit')
    return f'{count} times {RINGS} rings, {hit} in the middle'


@test('Linux goes on in the middle of messages: all come once and intact')
def linux():
    count = times(10, 200)
    random.seed(SEED)
    measured(f'seed {SEED}')
    hit, seconds = 0, []
    with LinuxSoc() as soc:
        start_firmware(soc.linux, 'rpmsg-echo.elf')
        wait_tty(soc.linux)
        for i in range(count):
            running = i and 'messages=' not in soc.linux.run('cat /tmp/echo')
            if not running:
                if i:
                    expect_messages(soc)
                soc.linux.run(f'rpmsg-test echo {MESSAGES} >/tmp/echo 2>&1 &')
            time.sleep(random.uniform(0, 0.1))
            soc.linux.close()
            size = save(soc)['size']
            start = time.monotonic()
            hetctl('restore', path_in(soc))
            seconds.append(time.monotonic() - start)
            soc.open_again()
            hit += 'messages=' not in soc.linux.run('cat /tmp/echo')
        wait_until(lambda: 'messages=' in soc.linux.run('cat /tmp/echo'),
                   'all messages came', 60)
        expect_messages(soc)
        expect(soc.core()['boots'] == 1, 'the M4 has booted again')
    expect(hit > count / 2, f'only {hit} of {count} were hit')
    measured(f'file: {size / 2 ** 20:.1f} MiB')
    return f'{count} times, {hit} in the middle; restore: {summary(seconds)}'


def expect_messages(soc):
    text = soc.linux.run('cat /tmp/echo')
    expect(re.search(rf'messages={MESSAGES} .*errors=0', text), text)


@test('while Linux boots')
def boots():
    with Soc('stm32mp157-virt') as soc:
        for _ in range(times(1, 20)):
            soc.start()
            time.sleep(random.uniform(0, 2))
            save(soc, '--compress', 'zstd')
            hetctl('restore', path_in(soc))
            console = Console(virsh('ttyconsole',
                                    soc.domain(soc.master)).strip())
            try:
                console.read_until('HET-READY', 120)
            finally:
                console.close()
            soc.destroy()


@test('in reset, crashed, asleep, suspended: what it was it is')
def states():
    with Pair(firmware=None) as soc:
        expect_equal(soc.core()['state'], 'held', 'state')
        again(soc)
        expect_equal(soc.core()['state'], 'held', 'state')
        soc.run_slave('pair-slave-a.elf')
        expect_well(soc)

        soc.slave_side.do('lockup')
        soc.wait_core('crashed')
        before = soc.core()
        again(soc)
        core = soc.core()
        for name in ('state', 'reason', 'message', 'crashes', 'boots'):
            expect_equal(core[name], before[name], name)
        soc.shutdown()
        soc.run_slave('pair-slave-b.elf')
        expect_well(soc)

        again(soc, '--compress', 'zstd')
        expect_well(soc)

        hetctl('suspend', soc.name)
        again(soc)
        expect_equal(soc.status()['state'], 'suspended', 'state')
        hetctl('resume', soc.name)
        expect_well(soc)
        save(soc)
        hetctl('restore', path_in(soc), '--paused')
        reopen(soc)
        expect_equal(soc.status()['state'], 'suspended', 'state')
        hetctl('resume', soc.name)
        expect_well(soc)


@test('five processors of four instruction sets, while a token goes round')
def quad():
    with Quad() as soc:
        for i in range(times(1, 20)):
            boot = soc.wait_idle() + 1
            if i == 0:
                before = soc.sent()
            soc.console.type('\r')
            wait_until(lambda: soc.core('m33')['boots'] == boot, 'it boots')
            soc.console.close()
            save(soc)
            hetctl('restore', path_in(soc))
            soc.console = Console(virsh('ttyconsole',
                                        soc.domain(soc.master)).strip())
            expect_equal(soc.wait_idle(), boot, 'boots')
            if i == 0:
                expect_sent(before, soc.sent())


@test('halted at a breakpoint by GDB: suspended there, and goes on without it')
def breakpoint_hit():
    with Pair() as soc:
        with Server(soc) as server, Gdb() as gdb:
            gdb.connect(server, os.path.join(GUEST, 'pair-master.elf'),
                        os.path.join(GUEST, 'pair-slave-a.elf'))
            gdb.do('inferior 2')
            gdb.do('break pair_rung')
            gdb.go()
            soc.master_side.send('ring', 0, 3, 5, 10000)
            stop = gdb.wait_stop()
            expect('func="pair_rung"' in stop, stop)
            save(soc, '--live')
            gdb.do('delete')
            gdb.go()
            gdb.interrupt()
            gdb.do('disconnect')
        answer = soc.master_side.answer(20)
        expect(answer.ok and answer.result[0] == 5, str(answer))
        soc.destroy()
        hetctl('restore', path_in(soc))
        expect_equal(soc.status()['state'], 'suspended', 'state')
        reopen(soc)
        expect(not soc.master_side.finished(), 'it was behind the breakpoint')
        hetctl('resume', soc.name)
        answer = soc.master_side.answer(20)
        expect(answer.ok and answer.result[0] == 5, str(answer))
        expect_equal(soc.slave_side.rung(3), 5, 'rings')
        expect_well(soc)


class Stepping(threading.Thread):
    """A GDB that takes one step of the slave after the other"""

    def __init__(self, gdb):
        super().__init__()
        self.gdb = gdb
        self.count = 0
        self.failure = None
        self.is_enough = threading.Event()

    def run(self):
        try:
            while not self.is_enough.is_set():
                self.gdb.stops = []
                self.gdb.do('stepi')
                stop = self.gdb.wait_stop()
                expect('reason="end-stepping-range"' in stop, stop)
                self.count += 1
        except Exception as failure:    # pylint: disable=broad-except
            self.failure = failure

    def expect_on(self):
        before = self.count
        wait_until(lambda: self.failure or self.count > before + 2,
                   'GDB goes on')

    def end(self):
        self.is_enough.set()
        self.join()
        if self.failure:
            raise self.failure


@test('while GDB takes steps, which wait for that: no save fails, no step does')
def steps():
    count = times(20, 200)
    with Pair() as soc:
        with Server(soc) as server, Gdb() as gdb:
            gdb.connect(server, os.path.join(GUEST, 'pair-master.elf'),
                        os.path.join(GUEST, 'pair-slave-a.elf'))
            gdb.do('inferior 2')
            stepping = Stepping(gdb)
            stepping.start()
            try:
                for _ in range(count):
                    stepping.expect_on()
                    save(soc, '--live')
                stepping.expect_on()
            finally:
                stepping.end()
            gdb.do('disconnect')
        expect_well(soc)
        again(soc)
        expect_well(soc)
    return f'{count} times, {stepping.count} steps'


@test('a slave without memory')
def without_memory():
    with Soc('bare-pair', change=lambda text: text.replace(
            "<boot control='guest'/>",
            "<boot control='guest' attach='request'/>")) as soc:
        soc.start()
        expect_equal(soc.core()['state'], 'wait-memory', 'state')
        save(soc)
        hetctl('restore', path_in(soc))
        expect_equal(soc.core()['state'], 'wait-memory', 'state')


def blocks(domain):
    """How many its emulator has of what was translated"""
    text = virsh('qemu-monitor-command', domain, '--hmp', 'info jit')
    return int(re.search(r'TB count +(\d+)', text)[1])


def other_build(folder):
    """Emulators that say that they are of another build"""
    for name in os.listdir(QEMU_DIR):
        path = os.path.join(QEMU_DIR, name)
        if not name.startswith('qemu-system-') or not os.path.isfile(path):
            continue
        with open(path, 'rb') as file:
            content = bytearray(file.read())
        note = content.index(b'\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0')
        content[note + 16] ^= 1
        path = os.path.join(folder, name)
        with open(path, 'wb') as file:
            file.write(content)
        os.chmod(path, 0o755)


@test('what is translated stays so; another build of the emulator translates '
      'it anew')
def code():
    with Pair() as soc:
        expect_well(soc)
        domains_of = [soc.domain(part) for part in (soc.master, soc.slave)]
        before = [blocks(domain) for domain in domains_of]
        for more in ((), ('--compress', 'zstd')):
            again(soc, *more)
            after = [blocks(domain) for domain in domains_of]
            expect(all(a > 0.9 * b for a, b in zip(after, before)),
                   f'{before} blocks, {after} when restored')
            expect_well(soc)
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            other_build(folder)
            save(soc)
            hetctl('restore', path_in(soc), '--name', 'second',
                   env={'HETCTL_QEMU_DIR': folder})
            try:
                anew = blocks(f'second.{soc.slave}')
                expect(0 < anew < 0.5 * before[1], f'{anew} blocks')
                expect_equal(json.loads(hetctl('status', 'second', '-f',
                                               'json').stdout)['state'],
                             'running', 'state')
            finally:
                hetctl('destroy', 'second')
                hetctl('undefine', 'second')
        hetctl('restore', path_in(soc))
        reopen(soc)
        expect_well(soc)
        return f'{before} blocks, {after} when restored, {anew} anew'


@test('saved live, it runs on; restored under another name it runs beside')
def live():
    with Pair() as soc:
        pid = soc.pid(soc.slave)
        save(soc, '--live')
        expect_equal(soc.pid(soc.slave), pid, 'pid')
        expect_well(soc)
        hetctl('restore', path_in(soc), code=STATE)
        hetctl('restore', path_in(soc), '--name', 'second')
        try:
            expect_equal(json.loads(hetctl('status', 'second', '-f', 'json')
                                    .stdout)['state'], 'running', 'state')
            expect_well(soc)
        finally:
            hetctl('destroy', 'second')
            hetctl('undefine', 'second')
        expect_well(soc)


@test('what is not defined is defined; what is defined otherwise is refused')
def defines():
    with Pair() as soc:
        save(soc)
        hetctl('undefine', soc.name)
        hetctl('restore', path_in(soc))
        reopen(soc)
        expect_well(soc)
        soc.destroy()
        hetctl('undefine', soc.name)
        with open(soc.xml, encoding='utf-8') as file:
            text = file.read()
        with open(soc.xml, 'w', encoding='utf-8') as file:
            file.write(re.sub(r"channels='\d+'", "channels='8'", text, 1))
        hetctl('define', soc.xml)
        error = hetctl('restore', path_in(soc), code=STATE).stderr
        expect('defined otherwise' in error, error)


@test('managedsave: the next start goes on from there, unless it is told not to')
def managed():
    with Pair() as soc:
        hetctl('managedsave', soc.name, '--remove', code=STATE)
        soc.master_side.send('ring', 0, 5, RINGS, 60000)
        hetctl('managedsave', soc.name)
        soc.expect_nothing_left(defined=True)
        hetctl('start', soc.name, code=FAILED,
               env={'HETCTL_FAULT': 'fail:state'})
        hetctl('start', soc.name)
        reopen(soc)
        answer = soc.master_side.answer(60)
        expect(answer.ok and answer.result[0] == RINGS, answer)
        soc.destroy()
        hetctl('start', soc.name)
        expect_equal(soc.core()['state'], 'held', 'state')

        for command in (('managedsave', soc.name, '--remove'),
                        ('start', soc.name, '--force-boot')):
            hetctl('managedsave', soc.name)
            hetctl(*command)
            if command[0] == 'start':
                soc.destroy()
            hetctl('start', soc.name)
            expect_equal(soc.core()['boots'], 0, 'boots')
        hetctl('managedsave', soc.name)
        hetctl('undefine', soc.name)
        hetctl('define', soc.xml)
        hetctl('start', soc.name)
        expect_equal(soc.core()['boots'], 0, 'boots')


def snapshots(soc):
    return [s['name'] for s in json.loads(
        hetctl('snapshot', 'list', soc.name, '-f', 'json').stdout)]


@test('snapshots: a SoC is brought back to each, as often as wanted')
def snapshot():
    with Pair() as soc:
        expect_equal(snapshots(soc), [], 'none yet')
        hetctl('snapshot', 'create', soc.name, 'first')
        expect_well(soc)
        soc.master_side.do('ring', 0, 7, 100, 60000)
        hetctl('snapshot', 'create', soc.name, 'second')
        soc.master_side.do('ring', 0, 7, 50, 60000)
        for name, rung in (('second', 100), ('first', 0), ('second', 100)):
            hetctl('snapshot', 'revert', soc.name, name)
            reopen(soc)
            expect_equal(soc.slave_side.rung(7), rung, name)
            expect_well(soc)
        hetctl('suspend', soc.name)
        hetctl('snapshot', 'create', soc.name)
        found = json.loads(hetctl('snapshot', 'list', soc.name, '-f',
                                  'json').stdout)
        expect_equal([s['state'] for s in found],
                     ['running', 'running', 'suspended'], 'states')
        hetctl('snapshot', 'delete', soc.name, found[2]['name'])
        soc.destroy()
        hetctl('snapshot', 'revert', soc.name, 'first', '--paused')
        expect_equal(soc.status()['state'], 'suspended', '--paused')
        expect_equal(snapshots(soc), ['first', 'second'], 'left')
        bad_snapshots(soc)
        soc.destroy()
        error = hetctl('undefine', soc.name, code=STATE).stderr
        expect('has 2 snapshots' in error, error)
        hetctl('undefine', soc.name, '--snapshots')
        hetctl('define', soc.xml)
        expect_equal(snapshots(soc), [], 'of the one before')


def a_minute(count, begin, linux_of):
    """How many tests, each an echo of the M4 from a shell, with what begins
    each"""
    start = time.monotonic()
    for _ in range(count):
        begin()
        with contextlib.closing(linux_of()) as linux:
            linux.run('rpmsg-test echo 1')
    return 60 * count / (time.monotonic() - start)


@test('test after test, each from the same snapshot, as from a boot')
def test_after_test():
    with LinuxSoc(example='stm32mp157') as soc:
        def console():
            return Console(virsh('ttyconsole',
                                 soc.domain(soc.master)).strip())

        def after_revert():
            linux = console()
            linux.type('\n')
            return linux

        def boot():
            soc.destroy()
            soc.start()

        def after_boot():
            soc.open_linux()
            start_firmware(soc.linux, 'rpmsg-echo.elf')
            wait_tty(soc.linux)
            return soc.linux

        start_firmware(soc.linux, 'rpmsg-echo.elf')
        wait_tty(soc.linux)
        soc.linux.close()
        hetctl('snapshot', 'create', soc.name, 'booted')
        count = times(10, 1000)
        reverts = a_minute(count, lambda: hetctl('snapshot', 'revert', soc.name,
                                                 'booted'), after_revert)
        boots = a_minute(times(1, 20), boot, after_boot)
        hetctl('snapshot', 'delete', soc.name, 'booted')
        soc.open_again()
        measured(f'{reverts:.0f} tests a minute from a snapshot ({count} '
                 f'tests), {boots:.0f} from a boot')


def bad_snapshots(soc):
    """None of it changes anything."""
    for arguments, code, text in (
            (('create', soc.name, 'first'), STATE, "'first' already"),
            (('create', soc.name, '../x'), USAGE, 'no name of a snapshot'),
            (('create', soc.name, '.x'), USAGE, 'no name of a snapshot'),
            (('revert', soc.name, '../first'), USAGE, 'no name'),
            (('revert', soc.name, 'third'), NOT_FOUND, "no snapshot 'third'"),
            (('delete', soc.name, 'third'), NOT_FOUND, "no snapshot 'third'"),
            (('delete', f'../system/{soc.name}', 'first'), NOT_FOUND,
             'no soc'),
            (('create', 'no-such-soc', 'x'), NOT_FOUND, 'no-such-soc'),
            (('list', 'no-such-soc'), NOT_FOUND, "no soc 'no-such-soc'")):
        error = hetctl('snapshot', *arguments, code=code).stderr
        expect(text in error and len(error.splitlines()) == 1, error)
    folder = '/var/lib/hetctl/snapshots/system'
    if os.geteuid() == 0:
        expect(not os.path.exists(f'{folder}/no-such-soc'), 'a folder is left')
        for at, text in ((4096 + 100, 'is damaged'), (20, 'is damaged')):
            with open(f'{folder}/{soc.name}/first', 'r+b') as file:
                file.seek(at)
                file.write(b'damaged')
            error = hetctl('snapshot', 'revert', soc.name, 'first',
                           code=FAILED).stderr
            expect(text in error, error)
            expect_equal(soc.status()['state'], 'suspended', error)
        text = hetctl('snapshot', 'list', soc.name).stdout
        expect('its header is damaged' in text, text)
    expect_equal(soc.status()['state'], 'suspended', 'after bad input')


@test('a disk that is written to is refused where it would change afterwards')
def disks():
    def with_disk(more):
        return lambda text: re.sub(
            r'(<master .*?<devices>)', rf"""\1
      <disk type='file' device='disk'>
        <driver name='qemu' type='raw'/>
        <source file='{disk}'/>
        <target dev='vda' bus='virtio'/>
        {more}
      </disk>""", text, count=1, flags=re.DOTALL)

    with tempfile.NamedTemporaryFile(dir='/var/tmp') as file:
        disk = file.name
        file.truncate(1 << 20)
        os.chmod(disk, 0o666)
        with Soc('hetero-quad', change=with_disk('')) as soc:
            soc.start()
            for command in (('save', soc.name, path_in(soc), '--live'),
                            ('snapshot', 'create', soc.name, 'x'),
                            ('clone', soc.name)):
                error = hetctl(*command, code=STATE).stderr
                expect(f"{soc.master}'s disk 'vda' is written to" in error,
                       error)
            expect_equal(snapshots(soc), [], 'snapshots')
            save(soc)
            error = hetctl('clone', path_in(soc), code=STATE).stderr
            expect("disk 'vda'" in error, error)
            hetctl('restore', path_in(soc))
        with Soc('hetero-quad', change=with_disk('<readonly/>')) as soc:
            soc.start()
            hetctl('snapshot', 'create', soc.name, 'x')
            hetctl('snapshot', 'revert', soc.name, 'x')
            soc.destroy()
            hetctl('snapshot', 'delete', soc.name, 'x')


@test('Linux goes on with its virtio disk, whose rings are in its memory')
def virtio():
    with tempfile.TemporaryDirectory(prefix='hetctl-save.') as folder:
        disk = os.path.join(folder, 'disk')
        with open(disk, 'wb') as file:
            file.truncate(1 << 20)
        initrd = pack(drivers('virtio_mmio', 'virtio_blk'), folder)

        def change(text):
            text = text.replace('</os>', f"""
      <option name='virtio-base' value='0x90000000'/>
      <option name='virtio-count' value='1'/>
      <option name='virtio-irq' value='220'/>
      <initrd change='replace'>{initrd}</initrd></os>""")
            return text.replace('</master>', f"""<devices change='edit'>
      <disk type='file' device='disk'>
        <driver name='qemu' type='raw'/>
        <source file='{disk}'/>
        <target dev='vda' bus='virtio'/>
        <address type='virtio-mmio'/>
      </disk></devices></master>""")

        with LinuxSoc(example='stm32mp157', change=change) as soc:
            soc.linux.run('for m in /lib/all/*; do insmod $m; done')
            # So many requests that the rings' indices are far from 0
            soc.linux.run('dd if=/dev/vda of=/dev/null bs=512 iflag=direct')
            for i in range(times(3, 30)):
                soc.linux.close()
                save(soc)
                hetctl('restore', path_in(soc))
                soc.open_again()
                soc.linux.run(f"echo 'round {i}' >/dev/vda; sync")
                with open(disk, 'rb') as file:
                    expect_equal(file.readline(), b'round %d\n' % i, 'disk')


def expect_ends_whole(soc):
    """hetctl tells all processors to end at once; then it is killed, or
    cannot wait for them."""
    for fault in ('kill', 'fail'):
        pids = [soc.pid(processor) for processor in (soc.master, soc.slave)]
        hetctl('save', soc.name, path_in(soc),
               code=-signal.SIGKILL if fault == 'kill' else 0,
               env={'HETCTL_FAULT': f'{fault}:save-wait'})
        for pid in pids:
            wait_until(lambda: not os.path.exists(f'/proc/{pid}'),
                       f'{pid} is gone after {fault}')
        wait_until(lambda: soc.status()['state'] == 'shut off',
                   f'libvirt sees it after {fault}')
        if fault == 'fail':
            soc.expect_nothing_left(defined=True)
        hetctl('restore', path_in(soc))
        reopen(soc)
        expect_well(soc)


@test('a save that fails or is killed: no file, and the SoC goes on')
def failing():
    with Pair() as soc:
        for step in ('save-freeze', 'save-states', 'save-memory',
                     'save-file'):
            hetctl('save', soc.name, path_in(soc), code=FAILED,
                   env={'HETCTL_FAULT': f'fail:{step}'})
            expect(not os.path.exists(path_in(soc)), f'{step}: a file')
            expect_equal(soc.status()['state'], 'running', step)
            expect_well(soc)
            hetctl('save', soc.name, path_in(soc), code=-signal.SIGKILL,
                   env={'HETCTL_FAULT': f'kill:{step}'})
            expect(not os.path.exists(path_in(soc)), f'{step}: a file')
            wait_until(lambda: soc.status()['state'] == 'running',
                       f'it goes on after {step}')
            expect_well(soc)
        hetctl('save', soc.name, path_in(soc), code=-signal.SIGKILL,
               env={'HETCTL_FAULT': 'kill:save-end'})
        wait_until(lambda: soc.status()['state'] == 'running',
                   'it goes on, saved')
        expect_well(soc)
        soc.destroy()
        hetctl('restore', path_in(soc))
        reopen(soc)
        expect_well(soc)
        expect_ends_whole(soc)
        error = hetctl('save', soc.name, '/dev/full', code=RESOURCE).stderr
        expect(len(error.splitlines()) == 1, error)
        expect_well(soc)
        expect_equal([name for name in os.listdir(soc.folder)
                      if name.startswith(('saved.', '.saved'))], [],
                     'what is left')


@test('a restore that fails leaves nothing')
def failing_restore():
    with Pair() as soc:
        save(soc)
        with open(path_in(soc), 'rb') as file:
            whole = file.read()
        for at in (3, len(whole) // 3, len(whole) - 20):
            with open(path_in(soc), 'wb') as file:
                file.write(whole[:at] + bytes([whole[at] ^ 4])
                           + whole[at + 1:])
            error = hetctl('restore', path_in(soc), code=FAILED).stderr
            expect(len(error.splitlines()) == 1, error)
            soc.expect_nothing_left(defined=True)
        with open(path_in(soc), 'wb') as file:
            file.write(whole.replace(b'10.0.', b'10.9.', 1))
        hetctl('restore', path_in(soc), code=FAILED)
        with open(path_in(soc), 'wb') as file:
            file.write(whole)
        hetctl('undefine', soc.name)
        before = domains()
        hetctl('restore', path_in(soc), code=FAILED,
               env={'HETCTL_FAULT': 'fail:state'})
        expect_equal(domains(), before, 'domains')
        hetctl('restore', path_in(soc), code=-signal.SIGKILL,
               env={'HETCTL_FAULT': 'kill:state'})
        hetctl('destroy', soc.name)
        hetctl('restore', path_in(soc))
        reopen(soc)
        expect_well(soc)


@test('an emulator that is killed in the middle: one message, nothing is left')
def dead_emulator():
    with Pair() as soc:
        os.kill(soc.pid(soc.slave), signal.SIGKILL)
        wait_until(lambda: soc.status()['state'] == 'partial', 'it is gone')
        error = hetctl('save', soc.name, path_in(soc), code=STATE).stderr
        expect("'m4'" in error or soc.slave in error, error)
        expect(not os.path.exists(path_in(soc)), 'a file')
        soc.destroy()
        hetctl('save', soc.name, path_in(soc), code=STATE)
        hetctl('save', 'no-such-soc', path_in(soc), code=NOT_FOUND)
        hetctl('restore', path_in(soc), code=NOT_FOUND)


main()
