#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One debugger over all processors: hetctl gdb with the real GDB."""

import contextlib
import json
import os
import re
import signal
import socket
import tempfile
import time

from debugger import (PROGRAM, Gdb, Server, expect_halted, expect_released,
                      halted, is_up, stubs_open)
from het import (FAILED, GUEST, NOT_FOUND, PAIR_FREE, STATE, USAGE, Failure,
                 Pair, Shared, Soc, expect, expect_equal, hetctl, main, test,
                 wait_until)
from life import (can_restart_libvirtd, footprints, kill_libvirtd,
                  start_libvirtd)

MASTER = os.path.join(GUEST, 'pair-master.elf')
SLAVE = os.path.join(GUEST, 'pair-slave-a.elf')


shared = Shared(Pair)


@contextlib.contextmanager
def debugged():
    """Both are seen to work afterwards."""
    with shared() as soc:
        yield soc
        wait_until(lambda: not stubs_open(soc), 'stubs closed')
        expect_released(soc)
        for side in (soc.master_side, soc.slave_side):
            expect(side.do('ping', 5).ok, 'no answer')


@test('a breakpoint in one firmware halts both, and both go on together')
def breakpoint_halts_both():
    with debugged() as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        expect_halted(soc)
        gdb.do('inferior 2')
        gdb.do('break pair_rung')
        gdb.go()
        wait_until(lambda: not halted(soc, soc.master), 'they run')
        soc.master_side.send('ring', 0, 3, 1, 1000)
        stop = gdb.wait_stop()
        expect('func="pair_rung"' in stop, stop)
        expect_halted(soc)
        ticks = soc.master_side.get('ticks')
        time.sleep(0.3)
        expect_equal(soc.master_side.get('ticks'), ticks, 'ticks of m33')
        expect('m33' in gdb.do('info threads') and
               'm4' in gdb.do('info threads'), 'names')
        expect('main' in gdb.do('backtrace'), 'no stack of m4')
        gdb.do('inferior 1')
        expect('main' in gdb.do('backtrace'), 'no stack of m33')
        gdb.do('inferior 2')
        gdb.do('delete')
        gdb.go()
        wait_until(soc.master_side.finished, 'the ring ends')
        stop = gdb.interrupt()
        expect('SIGINT' in stop or 'signal-received' in stop, stop)
        expect_halted(soc)
        gdb.do('disconnect')


@test('how far apart they halt is told in time and in instructions')
def skew_is_told():
    counter, end = PAIR_FREE, PAIR_FREE + 4
    with debugged() as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        said = gdb.do('monitor skew')
        expect('stops 0, last 0 us, 0 instructions' in said, said)
        words = soc.words(soc.master, counter)
        words[0] = words[end - counter] = 0
        gdb.do('inferior 2')
        gdb.do('break *(unsigned)&tally_seen')
        soc.master_side.send('tally', counter, end)
        soc.slave_side.send('look', counter, end, 100_000)
        gdb.go()
        said = ''
        for _ in range(30):
            gdb.wait_stop()
            said = gdb.do('monitor skew')
            found = re.search(r'stops (\d+), last (\d+) us, (\d+) instructions, '
                              r'mean (\d+) us, longest (\d+) us', said)
            expect(found, said)
            stops, last, instructions, mean, longest = (
                int(n) for n in found.groups())
            # The one that counts goes on until it halts, if the host lets it.
            if stops > 5 and instructions > 0:
                break
            gdb.go()
        words[end - counter] = 1
        gdb.do('delete')
        gdb.go()
        for side in (soc.master_side, soc.slave_side):
            expect(side.answer().ok, 'no answer')
        gdb.interrupt()
        expect(stops > 5 and instructions > 0 and
               0 < last <= longest and 0 < mean <= longest, said)
    return said.strip()


@test('what the two do behind a breakpoint costs them no ring')
def a_thousand_rings():
    with debugged() as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        gdb.do('inferior 2')
        gdb.do('break pair_rung')
        gdb.go()
        before = soc.slave_side.rung(4)
        soc.master_side.send('ring', 0, 4, 200, 60000)
        for _ in range(20):
            gdb.wait_stop()
            gdb.go()
        gdb.wait_stop()
        gdb.do('delete')
        gdb.go()
        expect(soc.master_side.answer().ok, 'the rings')
        expect(soc.slave_side.rung(4) > before, 'no ring')
        gdb.interrupt()


@test('Ctrl+C while a breakpoint is stepped over')
def interrupted_step():
    with debugged() as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        gdb.do('break pair_rung')
        gdb.go()
        soc.master_side.send('ring', 0, 4, 100, 60000)
        for _ in range(20):
            gdb.wait_stop()
            gdb.go()
            gdb.interrupt()
            gdb.go()
        gdb.wait_stop()
        gdb.do('delete')
        gdb.go()
        expect(soc.master_side.answer().ok, 'the rings')
        gdb.interrupt()


@test('steps, registers, memory and watchpoints of each are its own')
def each_its_own():
    with debugged() as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        for number, ident in ((1, 0x5254534d), (2, 0x41564c53)):
            gdb.do(f'inferior {number}')
            side = 0x20000000 + (number - 1) * 0x200
            expect_equal(gdb.value(f'*(unsigned *){side + 4:#x}'), ident,
                         'ident')
            pc = gdb.value('$pc')
            gdb.stops = []
            gdb.do('stepi')
            gdb.wait_stop()
            expect(gdb.value('$pc') != pc, 'no step')
        gdb.do('watch *(unsigned *)0x20000210')     # the slave's sequence
        gdb.do('rwatch *(unsigned *)0x20000238')
        gdb.go()
        soc.slave_side.send('ping', 1)
        gdb.do('info inferiors')
        time.sleep(0.2)
        gdb.interrupt()
        gdb.do('delete')


@test('watchpoints of each kind hit where they were set, as do hardware '
      'breakpoints, and all halt')
def what_is_watched():
    with debugged() as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        for number, side in ((1, soc.master_side), (2, soc.slave_side)):
            base = 0x20000000 + (number - 1) * 0x200
            for command, reason in (
                    (f'watch *(unsigned *){base + 0x14:#x}',    # done
                     'reason="watchpoint-trigger"'),
                    (f'rwatch *(unsigned *){base + 0x1c:#x}',   # arg
                     'reason="read-watchpoint-trigger"'),
                    (f'awatch *(unsigned *){base + 0x2c:#x}',   # status
                     'reason="access-watchpoint-trigger"')):
                gdb.do(f'inferior {number}')
                gdb.do(command)
                gdb.go()
                side.send('ping', 1)
                stop = gdb.wait_stop()
                expect(reason in stop and f'thread-id="{number}"' in stop,
                       f'{command}: {stop}')
                expect_halted(soc)
                gdb.do('delete')
                gdb.go()
                expect(side.answer(5).ok, 'ping')
                gdb.interrupt()
        gdb.do('inferior 2')
        gdb.do('hbreak pair_rung')
        gdb.go()
        soc.master_side.send('ring', 0, 3, 1, 1000)
        expect('func="pair_rung"' in gdb.wait_stop(), 'hbreak')
        gdb.do('delete')
        gdb.go()
        expect(soc.master_side.answer(5).ok, 'the ring')
        gdb.interrupt()


@test('who is detached runs, the other stays; killing inferiors ends nothing')
def detach_and_kill():
    with debugged() as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        gdb.do('detach inferiors 1')
        wait_until(lambda: not halted(soc, soc.master), 'm33 runs')
        expect_halted(soc, soc.slave)
        expect(soc.master_side.do('ping', 1).ok, 'm33 does not answer')
        gdb.do('inferior 1')
        gdb.attach(1)
        expect_halted(soc, soc.master)
        gdb.do('kill inferiors 2')
        gdb.do('kill inferiors 1')


def ends_by(end):
    with debugged() as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        gdb.do('inferior 2')
        gdb.do('break pair_rung')
        gdb.go()
        soc.master_side.send('ring', 0, 3, 1, 1000)
        gdb.wait_stop()
        end(server, gdb)
        wait_until(lambda: not stubs_open(soc), 'stubs closed', 20)
        wait_until(lambda: not halted(soc, soc.slave), 'm4 runs')
        expect(soc.master_side.answer().ok, 'the ring')


@test('kill -9 of GDB at a breakpoint: the SoC runs on, no stub is open')
def killed_gdb():
    ends_by(lambda server, gdb: gdb.process.kill())


@test('kill -9 of hetctl at a breakpoint: the SoC runs on, no stub is open')
def killed_hetctl():
    ends_by(lambda server, gdb: server.process.kill())


@test('kill -9 of hetctl and of what would undo it: the next session does')
def killed_all():
    with debugged() as soc:
        with Server(soc) as server, Gdb() as gdb:
            gdb.connect(server, MASTER, SLAVE)
            gdb.do('inferior 2')
            gdb.do('break pair_rung')
            os.kill(server.keeper(), signal.SIGKILL)
            server.process.kill()
        time.sleep(0.5)
        expect(stubs_open(soc) and halted(soc, soc.slave), 'undone')
        said = hetctl('status', soc.name).stdout
        expect('left by the debugger of process' in said, said)
        hetctl('gdb', soc.name, '--gdb', f'{PROGRAM} -nx -batch')
        expect_released(soc)
        expect(soc.master_side.do('ring', 0, 3, 1, 1000).ok, 'the ring')


def descriptors(soc):
    return {name: now.fds for name, now in footprints(soc).items()}


def kill_opening(soc, step, also_keeper):
    with Server(soc, env={'HETCTL_FAULT': f'kill:{step}'}) as server:
        if also_keeper:
            os.kill(server.keeper(), signal.SIGKILL)
        host, port = server.target.split()[-1].split(':')
        with socket.create_connection((host, int(port))):
            expect_equal(server.process.wait(30), -signal.SIGKILL, 'its end')
    if also_keeper:
        expect(step != 'stub-open' or stubs_open(soc), 'undone')
        hetctl('gdb', soc.name, '--gdb', f'{PROGRAM} -nx -batch')


@test('kill -9 of hetctl while it opens a stub: none is left, nor a descriptor')
def killed_while_opening():
    with debugged() as soc:
        before = descriptors(soc)
        for step in ('stub-chardev', 'stub-open'):
            for also_keeper in (False, True):
                kill_opening(soc, step, also_keeper)
                wait_until(lambda: descriptors(soc) == before and
                           not stubs_open(soc), f'{step}: as before', 20)
                expect_released(soc)


@test('SIGTERM of hetctl at a breakpoint: the SoC runs on, no stub is open')
def ended_hetctl():
    ends_by(lambda server, gdb: server.end(signal.SIGTERM))


@test('a second debugger is refused, with the pid of the first')
def second_debugger():
    with debugged() as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        said = hetctl('status', soc.name).stdout
        expect_equal(said.count('halted by the debugger of process '
                                f'{server.process.pid}'), 2, said)
        for more in ([], ['--server'], ['m4', '--no-cross-halt']):
            said = hetctl('gdb', soc.name, *more, code=STATE).stderr
            expect(f'by process {server.process.pid}' in said, said)
        expect_halted(soc)


@test('one processor alone: the other runs on with --no-cross-halt')
def alone():
    with debugged() as soc:
        for more, runs in ((['--no-cross-halt'], True), ([], False)):
            with Server(soc, 'm4', *more) as server, Gdb() as gdb:
                gdb.connect(server, SLAVE)
                expect('m4' in gdb.do('info threads'), 'name')
                expect_halted(soc, soc.slave)
                if runs:
                    expect(not halted(soc, soc.master), 'm33 is halted')
                else:
                    expect_halted(soc, soc.master)
                gdb.go()
                expect(soc.slave_side.do('ping', 3).ok, 'm4')
                expect(soc.master_side.do('ping', 3).ok, 'm33')


@test('a SoC that others let run behind the debugger is halted again')
def resumed_by_others():
    with debugged() as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        for _ in range(2):
            hetctl('resume', soc.name)
            expect(not halted(soc, soc.master), 'm33 is halted')
            for number in (1, 2):
                gdb.do(f'inferior {number}')
                gdb.do('flushregs')
                expect(gdb.value('$pc') > 0, 'pc')
            expect_halted(soc)
        gdb.go()
        expect(soc.master_side.do('ping', 1).ok, 'm33')
        hetctl('suspend', soc.name)
        gdb.wait_stop()
        gdb.go()
        expect(soc.master_side.do('ping', 2).ok, 'm33')


@test('shutdown and boot of a slave while it is debugged: breakpoints hit')
def boots():
    with debugged() as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        gdb.do('inferior 2')
        gdb.do('break main')
        gdb.go()
        for _ in range(2):
            soc.shutdown()
            soc.slave_side.clear()
            soc.load('pair-slave-a.elf')
            soc.boot()
            expect('func="main"' in gdb.wait_stop(), 'main')
            gdb.go()
            soc.slave_side.wait_ready()
        soc.shutdown()
        gdb.interrupt()         # a core that is held
        gdb.do('info registers')
        gdb.go()
        gdb.interrupt()
        gdb.do('delete')
        gdb.go()
        soc.boot()
        soc.slave_side.wait_ready()


def entry(firmware):
    with open(firmware, 'rb') as file:
        return int.from_bytes(file.read(28)[24:], 'little') & ~1


def expect_at_entry(soc, gdb, firmware):
    """As the core leaves reset: its memory as loaded, nothing of it done"""
    expect_equal(gdb.value('$pc'), entry(firmware), 'pc')
    expect_equal(soc.slave_side.get('magic'), 0, 'it has run')
    expect('matched' in gdb.do('compare-sections'), 'memory')
    expect('MIS-MATCHED' not in gdb.do('compare-sections -r'), 'memory')


@test('--stop-at-boot: each boot halts both before the first instruction')
def stops_at_boot():
    with debugged() as soc:
        with Server(soc, '--stop-at-boot') as server, Gdb() as gdb:
            gdb.connect(server, MASTER, SLAVE)
            gdb.go()
            for _ in range(2):
                soc.shutdown()
                soc.slave_side.clear()
                soc.load('pair-slave-a.elf')
                soc.boot()
                stop = gdb.wait_stop()
                expect('thread-id="2"' in stop and 'SIGTRAP' in stop, stop)
                expect_halted(soc)
                gdb.do('inferior 2')
                expect_at_entry(soc, gdb, SLAVE)
                gdb.go()
                soc.slave_side.wait_ready()
            soc.shutdown()
            soc.slave_side.clear()
            soc.load('pair-slave-a.elf')
            gdb.interrupt()
            gdb.do('monitor boot m4')
            gdb.go()
            gdb.wait_stop()
            expect_at_entry(soc, gdb, SLAVE)
            gdb.go()
            soc.slave_side.wait_ready()
        soc.shutdown()
        soc.run_slave('pair-slave-a.elf')


def reset_is_seen(soc, gdb):
    gdb.go()
    stop = gdb.wait_stop()
    expect('thread-id="1"' in stop and 'SIGTRAP' in stop, stop)
    expect_halted(soc)
    gdb.do('inferior 1')
    expect_equal(gdb.value('$pc'), entry(MASTER), 'pc')
    expect_equal(soc.core()['state'], 'held', 'core')
    gdb.go()
    soc.master_side.wait_ready()


@test('--stop-at-boot: a SoC that is reset halts where its master starts')
def stops_at_reset():
    with debugged() as soc:
        with Server(soc, '--stop-at-boot') as server, Gdb() as gdb:
            gdb.connect(server, MASTER, SLAVE)
            gdb.do('monitor reset')
            reset_is_seen(soc, gdb)
            hetctl('reset', soc.name)       # suspends it first
            stop = gdb.wait_stop()
            expect('SIGINT' in stop, stop)
            reset_is_seen(soc, gdb)
            gdb.interrupt()
        soc.run_slave('pair-slave-a.elf')


@test("monitor runs hetctl's commands: status, shutdown, boot with a firmware")
def monitor():
    with debugged() as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        said = gdb.do('monitor status')
        expect('m33' in said and 'connected' in said, said)
        expect('shutdown SLAVE' in gdb.do('monitor help'), 'help')
        expect('shutdown SLAVE' in gdb.do('monitor shutdown'), 'help')
        expect("'m7'" in gdb.do('monitor boot m7'), 'm7')
        gdb.do('monitor shutdown m4')
        expect_equal(soc.core()['state'], 'held', 'core')
        soc.slave_side.clear()
        gdb.do(f'monitor boot m4 --firmware {SLAVE}')
        expect_equal(soc.core()['state'], 'running', 'core')
        expect_equal(soc.slave_side.get('magic'), 0, 'it ran while halted')
        gdb.go()
        soc.slave_side.wait_ready()
        gdb.interrupt()


@test('the SoC is destroyed while it is debugged: GDB is told')
def destroyed():
    with Pair(name='gdb-ended') as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        gdb.go()
        soc.destroy()
        expect('exited' in gdb.wait_stop(), 'not told')
        expect(server.process.poll() is None, 'the server has ended')


def kill_emulator(soc):
    os.kill(soc.pid(soc.slave), signal.SIGKILL)
    wait_until(lambda: not is_up(soc, soc.slave), 'm4 ends')


def boot_to_main(soc, gdb):
    soc.load('pair-slave-a.elf')
    soc.boot()
    stop = gdb.wait_stop()
    expect('thread-id="2"' in stop and 'func="main"' in stop, stop)
    expect_halted(soc)
    gdb.go()
    soc.slave_side.wait_ready()


@test("a slave's emulator that ends and is started again: it stays an "
      'inferior, its breakpoints hit at the next boot')
def emulator_restarts():
    with Pair(name='gdb-again') as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, MASTER, SLAVE)
        gdb.do('inferior 2')
        gdb.do('break main')
        gdb.go()
        for _ in range(3):                  # while the master runs
            kill_emulator(soc)
            soc.slave_side.clear()
            expect(soc.master_side.do('ping', 1).ok, 'm33 halts')
            hetctl('start', soc.name, 'm4')
            boot_to_main(soc, gdb)
        gdb.interrupt()                     # while all are halted
        kill_emulator(soc)
        gdb.do('info threads')
        gdb.do('inferior 1')
        expect('main' in gdb.do('backtrace'), 'no stack of m33')
        gdb.do('inferior 2')
        hetctl('start', soc.name, 'm4')
        soc.slave_side.clear()
        gdb.go()
        boot_to_main(soc, gdb)
        kill_emulator(soc)                  # GDB looks meanwhile
        gdb.interrupt()
        gdb.do('inferior 2')
        gdb.do('break pair_rung')
        expect_equal(gdb.value('$pc'), 0, 'pc')
        expect('emulator has ended' in gdb.do('info threads'), 'threads')
        gdb.go()
        hetctl('start', soc.name, 'm4')
        soc.slave_side.clear()
        boot_to_main(soc, gdb)
        soc.master_side.send('ring', 0, 4, 1, 1000)
        expect('func="pair_rung"' in gdb.wait_stop(), 'no ring')
        gdb.do('delete')
        gdb.do('disconnect')
        wait_until(lambda: not stubs_open(soc), 'stubs closed')
        expect_released(soc)
        expect(soc.master_side.answer().ok, 'the ring')


@test("the end of a session while a slave's emulator is away, or is another "
      'one already')
def ends_while_away():
    with Pair(name='gdb-away') as soc:
        for starts in (False, True):
            with Server(soc) as server, Gdb() as gdb:
                gdb.connect(server, MASTER, SLAVE)
                gdb.go()
                kill_emulator(soc)
                if starts:
                    server.process.send_signal(signal.SIGSTOP)
                    hetctl('start', soc.name, 'm4')
                    server.process.send_signal(signal.SIGCONT)
                begun = time.monotonic()
                said = server.end()
                expect('warning' not in said, said)
                expect(time.monotonic() - begun < 5, 'it waits')
            if not starts:
                hetctl('start', soc.name, 'm4')
            expect_released(soc)
            soc.run_slave('pair-slave-a.elf')
            expect(soc.master_side.do('ping', 1).ok, 'm33')


@test('a session with one slave alone: its emulator is started again; the SoC '
      'ends meanwhile')
def alone_and_away():
    with Pair(name='gdb-alone') as soc:
        with Server(soc, 'm4', '--no-cross-halt') as server, Gdb() as gdb:
            gdb.connect(server, SLAVE)
            gdb.do('break main')
            gdb.go()
            kill_emulator(soc)
            soc.slave_side.clear()
            hetctl('start', soc.name, 'm4')
            soc.load('pair-slave-a.elf')
            soc.boot()
            expect('func="main"' in gdb.wait_stop(), 'main')
            gdb.go()
            kill_emulator(soc)
            hetctl('destroy', soc.name)
            expect('exited' in gdb.wait_stop(), 'not told')


@test('libvirtd is restarted while a SoC is debugged: the stubs are closed')
def libvirtd_restarts():
    if not can_restart_libvirtd():
        return 'not tested: libvirtd is not ours'
    with debugged() as soc, Server(soc) as server:
        for _ in range(2):
            with Gdb() as gdb:
                gdb.connect(server, MASTER, SLAVE)
                start_libvirtd(kill_libvirtd())
                gdb.go()
                expect(soc.master_side.do('ping', 1).ok, 'm33')
                gdb.interrupt()
            wait_until(lambda: not stubs_open(soc), 'stubs closed')
    return None


@test('a SoC that is suspended stays so')
def suspended():
    with debugged() as soc:
        hetctl('suspend', soc.name)
        with Server(soc) as server, Gdb() as gdb:
            gdb.connect(server, MASTER, SLAVE)
        wait_until(lambda: not stubs_open(soc), 'stubs closed')
        expect(halted(soc, soc.master) and halted(soc, soc.slave),
               'they run')
        hetctl('resume', soc.name)


def by_type(launch, kind):
    return [c for c in launch['configurations'] if c['type'] == kind]


# What the extensions know: cppdbg's by the schema of its launch configurations
# (CppdbgLaunchOptions of vscode-cpptools), cortex-debug's by its list of
# attributes and the types behind it; VS Code's own three are in both.
STRING, FLAG, LIST, MAP = str, bool, list, dict
VSCODE = {'name': STRING, 'type': STRING, 'request': STRING}
CPPDBG = {
    'program': STRING, 'args': LIST, 'cwd': STRING, 'environment': LIST,
    'MIMode': STRING, 'miDebuggerPath': STRING, 'miDebuggerArgs': STRING,
    'miDebuggerServerAddress': STRING, 'useExtendedRemote': FLAG,
    'stopAtEntry': FLAG, 'stopAtConnect': FLAG, 'setupCommands': LIST,
    'postRemoteConnectCommands': LIST, 'customLaunchSetupCommands': LIST,
    'launchCompleteCommand': ('exec-run', 'exec-continue', 'None'),
    'debugServerPath': STRING, 'debugServerArgs': STRING,
    'serverStarted': STRING, 'filterStdout': FLAG, 'filterStderr': FLAG,
}
COMMAND = {'text': STRING, 'description': STRING, 'ignoreFailures': FLAG}
CORTEX = {
    'cwd': STRING, 'executable': STRING, 'gdbPath': STRING,
    'gdbTarget': STRING, 'servertype': ('external',),
    'overrideAttachCommands': LIST, 'overrideResetCommands': LIST,
    'preAttachCommands': LIST, 'postAttachCommands': LIST,
    'chainedConfigurations': MAP,
}
CHAIN = {
    'enabled': FLAG, 'detached': FLAG, 'lifecycleManagedByParent': FLAG,
    'waitOnEvent': ('postStart', 'postInit'), 'launches': LIST,
}
CHAINED = {'name': STRING, 'enabled': FLAG}
COMPOUND = {'name': STRING, 'configurations': LIST, 'stopAll': FLAG}


def expect_known(what, known):
    for key, value in what.items():
        expect(key in known, f"'{key}' is not known: {what}")
        kind = known[key]
        expect(value in kind if isinstance(kind, tuple) else
               isinstance(value, kind), f"'{key}': {value!r}")


def expect_known_to_extensions(launch):
    for one in by_type(launch, 'cppdbg'):
        expect_known(one, {**VSCODE, **CPPDBG})
        for command in one.get('customLaunchSetupCommands', []):
            expect_known(command, COMMAND)
    for one in by_type(launch, 'cortex-debug'):
        expect_known(one, {**VSCODE, **CORTEX})
        chain = one.get('chainedConfigurations', {'launches': []})
        expect_known(chain, CHAIN)
        for other in chain['launches']:
            expect_known(other, CHAINED)
    for one in launch['compounds']:
        expect_known(one, COMPOUND)
    expect_equal(sorted(launch), ['compounds', 'configurations', 'version'],
                 'launch.json')


class Launched(Server):
    """The server that a configuration of cppdbg starts"""

    def __init__(self, soc, configuration):
        args = configuration['debugServerArgs'].split()
        at = args.index('gdb')
        expect_equal(args[at:at + 2], ['gdb', soc.name], 'server')
        super().__init__(soc, *args[at + 2:-1],
                         where=args[-1].removeprefix('--server='))
        expect(configuration['serverStarted'] in self.target and
               self.target.endswith(
                   configuration['miDebuggerServerAddress']), self.target)


@test('--vscode: valid JSON, whose servers and commands work')
def vscode():
    with debugged() as soc:
        done = hetctl('gdb', soc.name, '--vscode', '--symbols', f'm4={SLAVE}')
        launch = json.loads(done.stdout)
        expect_known_to_extensions(launch)
        every, *single = by_type(launch, 'cppdbg')
        cortex = by_type(launch, 'cortex-debug')
        expect_equal(launch['compounds'][0]['configurations'],
                     [c['name'] for c in single], 'compound')
        expect_equal([c['program'] for c in single], [MASTER, SLAVE],
                     'programs')
        expect_equal([c['name'] for c in
                      cortex[0]['chainedConfigurations']['launches']],
                     [cortex[1]['name']], 'chain')
        with Launched(soc, every), Gdb() as gdb:
            for command in every['customLaunchSetupCommands']:
                gdb.stops = []
                gdb.do(command['text'])
                if command['text'].startswith('attach'):
                    gdb.wait_stop()
            expect('"m33"' in gdb.do('info threads') and
                   '"m4"' in gdb.do('info threads'), 'threads')
        wait_until(lambda: not stubs_open(soc), 'stubs closed')
        with contextlib.ExitStack() as stack:
            sessions = []
            for one, other in zip(single, cortex):
                server = stack.enter_context(Launched(soc, one))
                sessions.append(stack.enter_context(Gdb()))
                address = server.target.split()[-1]
                expect_equal(other['gdbTarget'], address, 'target')
                sessions[-1].do(f"file {one['program']}")
                sessions[-1].mi(f'-target-select remote {address}')
                expect('main' in sessions[-1].do('backtrace'), 'no stack')
            for gdb, other in zip(reversed(sessions), reversed(cortex)):
                for command in other['overrideResetCommands']:
                    expect_equal(gdb.do(command), '', command)
                expect_equal(soc.core()['state'], 'held', 'core')
        soc.master_side.wait_ready()
        soc.run_slave('pair-slave-a.elf')
    with Soc('bare-pair', name='gdb-vscode') as soc:
        json.loads(hetctl('gdb', soc.name, '--vscode').stdout)
        hetctl('gdb', soc.name, 'm7', '--vscode', code=NOT_FOUND)
    hetctl('gdb', 'no-such-soc', '--vscode', code=NOT_FOUND)


def debug(soc, *more, **options):
    return hetctl('gdb', soc.name, *more, '--gdb',
                  f"{PROGRAM} -nx -batch -ex 'info threads' "
                  "-ex 'monitor skew' -ex 'info files'", **options)


@test('hetctl starts GDB, connected, with symbols and names')
def starts_gdb():
    with debugged() as soc:
        done = debug(soc, '--symbols', f'm4={SLAVE}')
        # The tick may be what it was halted in.
        for text in ('Thread 1.1 "m33" +(main|tick_handler) ', 'Thread 2.1 "m4" +main ',
                     'pair-master.elf'):
            expect(re.search(text, done.stdout), f'{text}: {done.stdout}')
        expect_released(soc)
        soc.shutdown()
        soc.run_slave('pair-slave-b.elf')
        done = debug(soc, 'm4')
        expect('no symbols' in done.stderr and '--symbols m4=' in done.stderr,
               done.stderr)
        expect('Thread 1.1 "m4"' in done.stdout and
               'm33' not in done.stdout, done.stdout)


@test('symbols are those of what was booted last, or of what lies in memory')
def symbols():
    with debugged() as soc:
        soc.shutdown()
        soc.boot(firmware='pair-slave-b.elf')
        done = debug(soc, 'm4')
        expect('pair-slave-b.elf' in done.stdout and
               'no symbols' not in done.stderr,
               done.stdout + done.stderr)
        # The master, or anybody, loads what hetctl does not hear of.
        for firmware, known in (('pair-slave-a.elf', False),
                                ('pair-slave-b.elf', True),
                                ('pair-slave-a.elf', False)):
            soc.shutdown()
            soc.run_slave(firmware)
            done = debug(soc, 'm4')
            expect_equal(firmware in done.stdout, known, firmware)
            expect_equal("none of '" in done.stderr, not known, firmware)


@test('no debugger, or not the right file, is said with what to do')
def no_debugger():
    with debugged() as soc:
        done = hetctl('gdb', soc.name, '--gdb', 'no-such-gdb',
                      code=NOT_FOUND)
        expect('package gdb-multiarch' in done.stderr, done.stderr)
        done = hetctl('gdb', soc.name, env={'GDB': 'no-other-gdb'},
                      code=NOT_FOUND)
        expect('no-other-gdb' in done.stderr, done.stderr)
        hetctl('gdb', soc.name, '--gdb', 'false', code=FAILED)
        for symbols, code in (('nonsense', USAGE), ('m7=x', NOT_FOUND),
                              ('m4=/etc/passwd', NOT_FOUND)):
            hetctl('gdb', soc.name, '--symbols', symbols, code=code)
        expect_released(soc)


def at_socket(soc, folder):
    """Neither that of a server that is there nor somebody's file is taken,
    but what a killed server has left is."""
    where = f'unix:{folder}/socket'
    for _ in range(2):
        with Server(soc, where=where) as server:
            done = hetctl('gdb', soc.name, f'--server={where}', code=STATE)
            expect(where in done.stderr, done.stderr)
            server.end(signal.SIGKILL)
    file = os.path.join(folder, 'file')
    with open(file, 'w', encoding='ascii') as output:
        output.write('text')
    hetctl('gdb', soc.name, f'--server=unix:{file}', code=STATE)
    with open(file, encoding='ascii') as left:
        expect_equal(left.read(), 'text', 'the file')


@test('what cannot be debugged is said')
def errors():
    hetctl('gdb', 'no-such-soc', '--server', code=NOT_FOUND)
    with Soc('bare-pair', name='gdb-errors') as soc:
        done = hetctl('gdb', soc.name, '--server', code=STATE)
        expect('is not running' in done.stderr, done.stderr)
        soc.start()
        done = hetctl('gdb', soc.name, 'm7', '--server', code=NOT_FOUND)
        expect("'m7'" in done.stderr, done.stderr)
        hetctl('gdb', soc.name, '--server=nonsense', code=USAGE)
        hetctl('gdb', soc.name, '--server=unix:/no/such/folder/s',
               code=STATE)
        with Server(soc) as server:
            hetctl('gdb', soc.name,
                   '--server=' + server.target.split()[-1], code=STATE)
        with tempfile.TemporaryDirectory() as folder:
            at_socket(soc, folder)


shared.ends()
main()
