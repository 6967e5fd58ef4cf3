#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A host over ssh: its own hetctl does what the user asks for here."""

import contextlib
import glob
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

import sshd
from het import (EXAMPLES, GUEST, HETCTL, LIBVIRT, NOT_FOUND, OK,
                 STATE, USAGE, XML, Failure, domains, expect, expect_equal,
                 hetctl, main, run, test, wait_until)

FIRMWARE = os.path.join(GUEST, 'pair-slave-a.elf')
SENT = '/var/lib/hetctl/sent/system'

if sshd.why_not():
    print(f'ok - not tested: {sshd.why_not()}')
    sys.exit(0)
SERVER = sshd.Server()
URI = SERVER.uri()


def there(*args, code=OK, uri=None, **more):
    return hetctl('-c', uri or URI, *args, code=code, **more)


FOLDERS = os.path.join(SERVER.home, 'hetctl-??????')


def left_behind():
    """Temporary folders, and hetctl that serves nobody"""
    found = glob.glob(FOLDERS)
    for path in glob.glob('/proc/[0-9]*/cmdline'):
        with contextlib.suppress(OSError):
            with open(path, 'rb') as file:
                if b'remote-exec' in file.read():
                    found.append(path)
    return found


def nothing_left():
    try:
        wait_until(lambda: not left_behind(), 'nothing is left there', 20)
    except Failure:
        raise Failure(f'left behind: {left_behind()}') from None


@contextlib.contextmanager
def project(name='pair'):
    """A folder of a user, with odd names, and a SoC of it defined there"""
    with tempfile.TemporaryDirectory() as top:
        folder = os.path.join(top, "it's $(touch pwned) a folder")
        os.makedirs(os.path.join(folder, 'fw'))
        with open(os.path.join(EXAMPLES, 'bare-pair.xml'),
                  encoding='utf-8') as file:
            text = re.sub('<name>[^<]*<', f'<name>{name}<', file.read(),
                          count=1)
        for path in set(re.findall(r'\.\./build/guest/([^<]*)', text)):
            with open(os.path.join(GUEST, path), 'rb') as file:
                content = file.read()
            with open(os.path.join(folder, 'fw', '-' + path), 'wb') as file:
                file.write(content)
        text = text.replace('../build/guest/', 'fw/-').replace(
            '</master>', "<devices><serial type='pty'/></devices></master>")
        with open(FIRMWARE, 'rb') as file:
            content = file.read()
        with open(os.path.join(folder, 'fw', '-slave.elf'), 'wb') as file:
            file.write(content)
        with open(os.path.join(folder, '-soc *.xml'), 'w',
                  encoding='utf-8') as file:
            file.write(text)
        try:
            there('define', '--', '-soc *.xml', cwd=folder)
            yield folder
        finally:
            run(HETCTL, 'destroy', name)
            run(HETCTL, 'undefine', name)


@test('define sends XML and firmware; they are there until undefine')
def define():
    with project() as folder:
        expect('pair.m4a' in ' '.join(domains()) or len(domains()) > 1,
               f'{domains()}')
        expect_equal(len(os.listdir(SENT)), 1, 'folders')
        there('define', '--', '-soc *.xml', cwd=folder, code=STATE)
        expect_equal(len(os.listdir(SENT)), 1, 'folders after another define')
        expect(not glob.glob('/**/pwned', recursive=False), 'pwned')
        there('undefine', 'pair')
        expect_equal(os.listdir(SENT), [], 'folders after undefine')
        nothing_left()


@test('start, status, boot with a firmware of here, destroy')
def life():
    with project() as folder:
        there('start', 'pair')
        said = there('--format', 'json', 'status', 'pair').stdout
        status = json.loads(said)
        slave = [p['name'] for p in status['processors']
                 if p['role'] == 'slave'][0]
        there('boot', 'pair', slave, '--firmware', 'fw/-slave.elf',
              '--wait', cwd=folder)
        done = run(HETCTL, '-c', URI, 'boot', 'pair', slave, '--firmware',
                   'fw/none', cwd=folder)
        local = run(HETCTL, 'boot', 'pair', slave, '--firmware', 'fw/none',
                    cwd=folder)
        expect_equal((done.returncode, done.stderr),
                     (local.returncode, local.stderr), 'a missing firmware')
        there('destroy', 'pair')
        nothing_left()


@test('errors of there are those of here: codes and texts')
def errors():
    for args in (['status', 'no; such'], ['start', "a'b"], ['boot', 'x'],
                 ['boot', '--', '-x', '*'], ['trace', 'x\ny']):
        got = run(HETCTL, '-c', URI, *args)
        want = run(HETCTL, *args)
        expect_equal((got.returncode, got.stdout, got.stderr),
                     (want.returncode, want.stdout, want.stderr), args)
    there('validate', '/dev/null', code=XML)
    nothing_left()


@test('--output comes back, also to a pipe')
def outputs():
    with project() as folder:
        path = os.path.join(folder, 'out put.dtbo')
        there('pack', 'pair', 'm4', '--firmware', 'fw/-slave.elf',
              '--output', path, cwd=folder)
        with open(path, 'rb') as file:
            content = file.read()
        expect(content.startswith(b'\x7fELF'), 'no ELF file')
        piped = subprocess.run([HETCTL, '-c', URI, 'pack', 'pair', 'm4',
                                '--firmware', 'fw/-slave.elf', '-o', '-'],
                               cwd=folder, capture_output=True, check=False)
        expect_equal(piped.stdout, content, 'piped')
        there('pack', 'none', 'm4', '--output', path, code=NOT_FOUND)
        with open(path, 'rb') as file:
            expect_equal(file.read(), content, 'after a failure')
        nothing_left()


@test('a host that cannot be asked: each reason is told, exit code 6')
def unreachable():
    empty = os.path.join(SERVER.folder, 'none')
    fakes = os.path.join(SERVER.folder, 'fake')
    with open(fakes, 'w', encoding='utf-8') as file:
        file.write('#!/bin/sh\necho hetctl-remote 1 9.9.9\ncat >/dev/null\n')
    os.chmod(fakes, 0o755)
    for uri, text in (
            (SERVER.uri(hetctl='/no/hetctl'), 'has no hetctl in its PATH'),
            (SERVER.uri(hetctl='/bin/true'), 'is not one that can be asked'),
            (SERVER.uri(hetctl=fakes), 'has hetctl 9.9.9, this one is'),
            (SERVER.uri(known_hosts=empty), 'Host key verification failed'),
            (SERVER.uri(key=empty), 'Permission denied'),
            (SERVER.uri(port=2), 'Connection refused'),
            (SERVER.uri(more='&command=/no/ssh'), 'ssh does not start')):
        done = there('list', uri=uri, code=LIBVIRT)
        expect(text in done.stderr and done.stderr.count('\n') == 1,
               f'{text}: {done.stderr}')
    for uri in ('qemu+ssh://-oProxyCommand=x/system',
                'qemu+ssh://a;b/system', 'qemu+ssh://$(x)@h/system',
                'qemu+ssh://h/other', 'qemu+ssh:///system',
                'qemu+ssh://h/system?hetctl=a%20b',
                'qemu+ssh://h/system?what=1',
                'qemu+ssh://h/system?known_hosts=%22'):
        there('list', uri=uri, code=USAGE)


def children(pid):
    with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as file:
        return [int(word) for word in file.read().split()]


def serving():
    """The hetctl that serves, the first of them: it has started the other"""
    for path in sorted(glob.glob('/proc/[0-9]*/cmdline')):
        with contextlib.suppress(OSError):
            with open(path, 'rb') as file:
                words = file.read().split(b'\0')
            if words[1:2] == [b'remote-exec']:
                return int(path.split('/')[2])
    return None


@contextlib.contextmanager
def events():
    process = subprocess.Popen([HETCTL, '-c', URI, 'events', 'pair'],
                               stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.PIPE)
    try:
        pid = wait_until(serving, 'it serves')
        wait_until(lambda: len(children(pid)) >= 2, 'it has begun')
        expect(glob.glob(FOLDERS), 'it has no folder')
        time.sleep(0.5)
        yield process, pid
    finally:
        process.kill()
        process.communicate()


@test('Ctrl+C, kill -9 of either end, a lost connection: nothing is left')
def ends():
    with project():
        there('start', 'pair')
        with events() as (process, _):
            process.send_signal(signal.SIGINT)
            expect_equal(process.wait(20), OK, 'exit code of Ctrl+C')
        nothing_left()
        with events() as (process, _):
            process.kill()
        nothing_left()
        with events() as (process, pid):
            os.kill(pid, signal.SIGKILL)
            said = process.communicate(timeout=20)[1]
            expect_equal(process.returncode, LIBVIRT, said)
            expect('was lost' in said, said)
        nothing_left()
        with events() as (process, _):
            os.kill(children(process.pid)[0], signal.SIGKILL)
            said = process.communicate(timeout=20)[1]
            expect_equal(process.returncode, LIBVIRT, said)
        nothing_left()


def read_until(fd, text, limit=20):
    got = b''
    end = time.monotonic() + limit
    while text not in got:
        if not select.select([fd], [], [], max(0, end - time.monotonic()))[0]:
            raise Failure(f'{text!r} does not come: {got!r}')
        got += os.read(fd, 4096)
    return got


@test('a terminal: colours, notes, progress; a console, which Ctrl+] leaves')
def terminal():
    with project():
        pid, fd = pty.fork()
        if pid == 0:
            os.environ['TERM'] = 'xterm'
            os.execv(HETCTL, [HETCTL, '-c', URI, 'start', 'pair'])
        said = read_until(fd, b"soc 'pair' started")
        expect(b'\r\x1b[K' in said, f'no progress: {said!r}')
        os.waitpid(pid, 0)
        os.close(fd)
        master = [p['name'] for p in json.loads(
            hetctl('-f', 'json', 'status', 'pair').stdout)['processors']
            if p['role'] == 'master'][0]
        pid, fd = pty.fork()
        if pid == 0:
            os.execv(HETCTL, [HETCTL, '-c', URI, 'console', 'pair', master])
        read_until(fd, b'Ctrl+] leaves')
        time.sleep(0.5)
        os.write(fd, b'\x1d')
        expect_equal(os.waitpid(pid, 0)[1], 0, 'exit status')
        os.close(fd)
        nothing_left()


@test('times are those of the time zone here')
def time_zone():
    hours = {(time.gmtime().tm_hour + 9) % 24}
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM='xterm', TZ='Etc/GMT-9')
        os.execv(HETCTL, [HETCTL, '-c', URI, 'top'])
    said = read_until(fd, b', Ctrl+C ends it')
    hours.add((time.gmtime().tm_hour + 9) % 24)
    os.write(fd, b'\x03')
    os.waitpid(pid, 0)
    os.close(fd)
    hour = int(re.search(rb'hetctl top, (\d+):', said)[1])
    expect(hour in hours, f'{hour}, not {hours}')
    nothing_left()


@test('a pipe into the console of a host, --raw')
def raw_console():
    with project():
        there('start', 'pair')
        master = [p['name'] for p in json.loads(
            hetctl('-f', 'json', 'status', 'pair').stdout)['processors']
            if p['role'] == 'master'][0]
        done = subprocess.run([HETCTL, '-c', URI, 'console', 'pair', master,
                               '--raw'], input=b'x' * 300, timeout=30,
                              capture_output=True, check=False)
        expect_equal(done.returncode, OK, done.stderr)
        nothing_left()


@test('list -c for several hosts: one table; who does not answer hides none')
def several():
    with project():
        there('start', 'pair')
        bad = SERVER.uri(port=2)
        done = hetctl('list', '-c', URI, '-c', 'qemu:///system', '-c', bad,
                      code=LIBVIRT)
        expect_equal(done.stdout.count(' pair '), 2, done.stdout)
        expect('HOST' in done.stdout and 'Connection refused' in done.stderr,
               done.stdout + done.stderr)
        rows = json.loads(hetctl('-f', 'json', 'list', '-c', URI, '-c',
                                 'qemu:///system').stdout)
        expect_equal([row['host'] for row in rows], [URI, 'qemu:///system'],
                     'hosts')


try:
    main()
finally:
    SERVER.stop()
