#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""An emulator that hangs, or a hetctl: everything else goes on."""

import contextlib
import os
import re
import signal
import socket
import time

from het import (FAILED, HETCTL, LIBVIRT, OK, STATE, TIMEOUT, Pair, Soc, expect,
                 expect_equal, hetctl, main, qemu_processes, run, test,
                 wait_until)
from kinds import three_text
from life import (Events, Watch, background, can_restart_libvirtd, forget_lost,
                  is_stopped, kill_libvirtd, libvirtd_pid, start_libvirtd,
                  status_file)

ANSWER_S = 5            # HET_CALL_ANSWER_MS
DESTROY_S = 15
SLACK_S = 3             # of a machine that does other things as well
SIGNAL_S = 1 + SLACK_S


class Three(Soc):
    """A master and two slaves, started"""

    def __init__(self):
        super().__init__('three', text=three_text())

    def __enter__(self):
        super().__enter__()
        self.start()
        return self


@contextlib.contextmanager
def stopped(soc, name):
    """The emulator of a processor, stopped"""
    pid = soc.pid(name)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def within(seconds, what):
    since = time.monotonic()
    yield
    took = time.monotonic() - since
    expect(took <= seconds, f'{what}: {took:.1f} s, may take {seconds} s')


def states(soc):
    return {p['name']: p['state'] for p in soc.status()['processors']}


@test('status: one does not answer, the others are told as usual')
def status():
    with Three() as soc:
        with stopped(soc, 'm4'):
            with within(ANSWER_S + SLACK_S, 'the first status'):
                found = soc.status()
            parts = {p['name']: p for p in found['processors']}
            expect_equal({name: p['state'] for name, p in parts.items()},
                         {'m33': 'running', 'm4': 'not answering',
                          'm5': 'running'}, 'states')
            expect('does not answer' in parts['m4']['error'], f'{parts["m4"]}')
            expect_equal(parts['m5']['core'], 'held', 'core of the other')
            expect('core' not in parts['m4'], f'{parts["m4"]}')
            # libvirt knows it by now: nobody asks and waits again.
            with within(SLACK_S, 'the next status'):
                done = hetctl('status', soc.name)
            expect('not answering' in done.stdout, done.stdout)
            for option in ('--core', '--stubs'):
                with within(SLACK_S, f'status {option}'):
                    done = hetctl('status', soc.name, option)
                expect('does not answer' in done.stdout, done.stdout)
        wait_until(lambda: states(soc)['m4'] == 'running', 'it answers again')


@test('who asks while somebody else waits gets the rest of the time')
def rest():
    with Three() as soc, stopped(soc, 'm4'), \
            background('status', soc.name) as first:
        time.sleep(ANSWER_S - 1)
        expect_equal(first.poll(), None, 'the first waits')
        with within(1 + SLACK_S, 'the second'):
            done = hetctl('status', soc.name)
        expect('not answering' in done.stdout, done.stdout)


@test('the consoles and logs of one that does not answer are found')
def consoles():
    serial = "<devices><serial type='pty'/></devices></slave>"
    with Soc('bare-pair', change=lambda text:
             text.replace('</slave>', serial)) as soc:
        soc.start()
        with stopped(soc, soc.slave):
            hetctl('status', soc.name)
            with within(SLACK_S, 'logs'):
                hetctl('logs', soc.name, soc.slave)
            with within(SLACK_S, 'console'):
                hetctl('console', soc.name, soc.slave, '--raw')


@test('every command ends within its time, with exit code 9')
def commands():
    name = None
    with Three() as soc, Pair() as other:
        name = soc.name
        with stopped(soc, 'm4'):
            for limit, args in (
                    (2, ('boot', name, 'm4', '--timeout', '2')),
                    (2, ('start', name, 'm4', '--timeout', '2')),
                    (ANSWER_S, ('boot', name, 'm4')),
                    (ANSWER_S, ('reset', name, 'm4')),
                    (ANSWER_S, ('shutdown', name, 'm4')),
                    (ANSWER_S, ('suspend', name)),
                    (ANSWER_S, ('reset', name)),
                    (ANSWER_S, ('cycle', name, 'm4', '--count', '1')),
                    (ANSWER_S, ('gdb', name, '--server'))):
                with within(limit + SLACK_S, args[0]):
                    done = hetctl(*args, code=TIMEOUT)
                expect('does not answer' in done.stderr and
                       'hetctl destroy' in done.stderr, done.stderr)
            for args in (('vrings', name, 'm4'), ('logs', name),
                         ('map', name), ('dumpxml', name), ('domxml', name)):
                with within(SLACK_S, args[0]):
                    run(HETCTL, *args)
            expect(other.slave_side.do('ping', 1).ok, 'the other SoC')
            hetctl('boot', name, 'm5')
            hetctl('reset', name, 'm5')
            hetctl('list')
        # What was asked for in between comes, and harms nothing.
        wait_until(lambda: states(soc)['m4'] == 'running', 'it answers again')
        run(HETCTL, 'resume', name)
        hetctl('boot', name, 'm4')


@test('a signal ends what waits for an emulator, within a second')
def signals():
    with Three() as soc:
        for number, *command in (
                (signal.SIGTERM, 'status', soc.name),
                (signal.SIGINT, 'suspend', soc.name),
                (signal.SIGHUP, 'boot', soc.name, 'm4'),
                (signal.SIGTERM, 'start', soc.name, 'm4')):
            with stopped(soc, 'm4'), background(*command) as process:
                time.sleep(0.5)
                expect_equal(process.poll(), None, f'{command} waits')
                process.send_signal(number)
                with within(SIGNAL_S, f'{command} {number.name}'):
                    _, errors = process.communicate(timeout=30)
            expect_equal(process.returncode, FAILED, f'{command}')
            expect('interrupted' in errors, errors)
            wait_until(lambda: 'not answering' not in
                       states(soc).values(), 'it answers again')
            run(HETCTL, 'resume', soc.name)
        expect_equal(set(states(soc).values()), {'running'}, 'states')


@test('watch and events: the rest is served, a signal ends them')
def watch():
    with Three() as soc, Watch(soc) as watch, Events(soc) as events:
        with stopped(soc, 'm4'):
            os.kill(soc.pid('m5'), signal.SIGKILL)
            watch.wait('WATCH_NOT_ANSWERING', 'm4', timeout=10 + SLACK_S)
            watch.wait('WATCH_RESTARTED', 'm5', timeout=10 + SLACK_S)
            os.kill(soc.pid('m5'), signal.SIGKILL)
            watch.wait('WATCH_RESTARTED', 'm5', timeout=SLACK_S + 2)
            events.wait('DOMAIN_STARTED', 'm5')
            expect_equal(watch.names().count('WATCH_NOT_ANSWERING'), 1,
                         'how often it was told')
        watch.wait('WATCH_ANSWERING', 'm4')
        wait_until(lambda: set(states(soc).values()) == {'running'},
                   'all answer')
        with stopped(soc, 'm4'):
            os.kill(soc.pid('m5'), signal.SIGKILL)
            time.sleep(1)
            for listener in (watch, events):
                with within(SIGNAL_S, listener.what):
                    expect_equal(listener.stop(), 0, listener.what)


@test('a debugger comes, or is there, when an emulator stops: it is told, a '
      'signal ends the server')
def debugged():
    with Three() as soc:
        for is_there in (False, True):
            with background('gdb', soc.name, '--server') as server, \
                    contextlib.ExitStack() as stack:
                address = next(line.split()[-1] for line in server.stdout
                               if line.startswith('target '))
                if not is_there:
                    stack.enter_context(stopped(soc, 'm4'))
                client = stack.enter_context(socket.create_connection(
                    address.split(':'), timeout=30))
                if is_there:
                    client.sendall(b'$qfThreadInfo#bb')
                    expect_equal(client.recv(1), b'+', 'the answer')
                    stack.enter_context(stopped(soc, 'm4'))
                else:
                    with within(ANSWER_S + SLACK_S, 'a debugger'):
                        expect_equal(client.recv(1), b'', 'the answer')
                server.terminate()
                with within(SIGNAL_S, 'gdb --server'):
                    _, errors = server.communicate(timeout=60)
                expect_equal(server.returncode, 0, errors)
                expect('does not answer' in errors, errors)
            wait_until(lambda: set(states(soc).values()) == {'running'},
                       'all answer')
            expect_equal([soc.qmp(name, 'query-status')['status']
                          for name in ('m33', 'm4', 'm5')],
                         ['running'] * 3, 'afterwards')


@test('destroy ends a SoC with stopped emulators, all of them or one')
def destroy():
    seconds = []
    with Three() as soc, Pair() as other:
        for names in (('m4',), ('m33', 'm4', 'm5')):
            with contextlib.ExitStack() as stack:
                for name in names:
                    stack.enter_context(stopped(soc, name))
                since = time.monotonic()
                hetctl('destroy', soc.name)
                seconds.append(time.monotonic() - since)
                soc.expect_nothing_left(defined=True)
            expect(other.slave_side.do('ping', 1).ok, 'the other SoC')
            soc.start()
    expect(max(seconds) <= DESTROY_S, f'{seconds} s')
    return f'{max(seconds):.1f} s at most'


@test('a hetctl that hangs with the lock is ended by destroy, and named')
def holder():
    with Soc('bare-pair') as soc:
        for step in ('domains', 'mark'):
            with background('start', soc.name, env={
                    'HETCTL_FAULT': f'stop:{step}'}) as process:
                wait_until(lambda: is_stopped(process.pid), 'it hangs')
                done = hetctl('boot', soc.name, 'm4', code=STATE)
                expect(f'pid {process.pid})' in done.stderr, done.stderr)
                with within(DESTROY_S, 'destroy'):
                    done = hetctl('destroy', soc.name)
                expect(f'killed hetctl with pid {process.pid}' in done.stderr,
                       done.stderr)
                expect_equal(process.wait(10), -signal.SIGKILL, 'its end')
            soc.expect_nothing_left(defined=True)
        soc.start()


@test('a start whose emulator hangs: a signal or its time ends and undoes it')
def start():
    with Soc('bare-pair') as soc:
        with background('start', soc.name) as process:
            stop_first(soc)
            time.sleep(1)
            process.terminate()
            with within(DESTROY_S, 'start'):
                _, errors = process.communicate(timeout=60)
            expect_equal(process.returncode, FAILED, errors)
            expect('interrupted' in errors, errors)
        soc.expect_nothing_left(defined=True)
        with background('start', soc.name) as process:
            stop_first(soc)
            with within(DESTROY_S, 'destroy'):
                done = hetctl('destroy', soc.name)
            expect(f'pid {process.pid}' in done.stderr, done.stderr)
            process.wait(10)
        soc.expect_nothing_left(defined=True)


def stop_first(soc):
    """The first emulator of it that shows up is stopped."""
    def stop():
        for pid, name in qemu_processes().items():
            if name.startswith(soc.name + '.'):
                os.kill(pid, signal.SIGSTOP)
                return True
        return False
    end = time.monotonic() + 10
    while not stop():
        expect(time.monotonic() < end, 'no emulator')


@test('a libvirtd that hangs: watch ends by a signal while it connects')
def libvirtd():
    with Soc('bare-pair') as soc:
        pid = libvirtd_pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            for command in ('watch', 'events', 'status'):
                with background(command, soc.name) as process:
                    wait_until(lambda: len(os.listdir(
                        f'/proc/{process.pid}/task')) > 1, 'a thread')
                    time.sleep(0.2)
                    expect_equal(process.poll(), None, 'it waits')
                    process.terminate()
                    with within(SIGNAL_S, command):
                        code = process.wait(timeout=30)
                expect_equal(code, FAILED if command == 'status' else OK,
                             command)
        finally:
            os.kill(pid, signal.SIGCONT)


def lose(path):
    """The domain was about to start when libvirtd was killed: what libvirtd 9.0
    writes before there is an emulator."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    text, heads = re.subn(r'<domstatus [^>]*>', "<domstatus state='paused' "
                          "reason='starting up' pid='0'>", text)
    text = re.sub(r' *<job [^>]*/>\n', '', text)
    text, jobs = re.subn(r'(?m)^ *<domain ', "<job type='none' async='start' "
                         "phase='none' flags='0x0'/>\n<domain ", text)
    expect_equal((heads, jobs), (1, 1), 'what is replaced')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


@test('a domain that libvirtd has lost when it was killed: destroy says what '
      'to do')
def lost():
    if not can_restart_libvirtd():
        return 'not here: libvirtd is not ours'
    with Soc('bare-pair') as soc:
        soc.start()
        path = status_file(soc.domain('m4'))
        pidfile = kill_libvirtd()
        try:
            os.kill(soc.pid('m4'), signal.SIGKILL)
            lose(path)
        finally:
            start_libvirtd(pidfile)
        done = hetctl('destroy', soc.name, code=LIBVIRT)
        expect_equal(forget_lost(done), path, done.stderr)
        soc.destroy()
        soc.start()
        soc.wait_core('held')
    return None


main()
