#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hetctl top, and status --format prometheus: figures of what goes on."""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time

from het import (HETCTL, LIBVIRT, NOT_FOUND, TOP, USAGE, Pair, expect,
                 expect_equal, hetctl, main, run, test, wait_until)

COLUMNS = ['SOC', 'PROCESSOR', 'STATE', 'CORE', 'CPU', 'SENT/S',
           'RECEIVED/S', 'BOOTS', 'CRASHES']
SAMPLE = re.compile(r'([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (\S+)', re.ASCII)
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')


def parse(text):
    """{(name, ((label, value), ...)): number} by the rules of the format: a
    family has one HELP and one TYPE, and its samples follow them."""
    found, helped, types, family = {}, set(), {}, None
    expect(text.endswith('\n'), 'no end of the last line')
    for line in text[:-1].split('\n'):
        words = line.split(' ', 3)
        if words[:2] == ['#', 'HELP']:
            expect(words[2] not in helped, f'second HELP: {line}')
            helped.add(words[2])
            continue
        if words[:2] == ['#', 'TYPE']:
            family = words[2]
            expect(family in helped and family not in types, line)
            expect(words[3] in ('gauge', 'counter'), line)
            expect((words[3] == 'counter') == family.endswith('_total'), line)
            types[family] = words[3]
            continue
        match = SAMPLE.fullmatch(line)
        expect(match and match[1] == family, f'not a sample: {line}')
        labels = tuple(LABEL.findall(match[2] or ''))
        expect_equal(LABEL.sub('', match[2] or ''), '', f'labels of {line}')
        expect((family, labels) not in found, f'twice: {line}')
        found[family, labels] = float(match[3])
    return found


def metrics(*args):
    text = hetctl('status', *args, '--format', 'prometheus').stdout
    if shutil.which('promtool'):
        done = subprocess.run(['promtool', 'check', 'metrics'], input=text,
                              text=True, capture_output=True, check=False)
        expect_equal((done.returncode, done.stdout + done.stderr), (0, ''),
                     'promtool')
    return parse(text)


def value(found, name, **labels):
    hits = [number for (family, have), number in found.items()
            if family == f'hetctl_{name}' and
            labels.items() <= dict(have).items()]
    expect_equal(len(hits), 1, f'samples of {name} {labels}')
    return hits[0]


def documented():
    with open(os.path.join(TOP, 'docs', 'labs.md'), encoding='utf-8') as file:
        table = file.read().split('<!-- metrics -->')[1].split('<!-- end')[0]
    return set(re.findall(r'^\| `(hetctl_\w+)`', table, re.M))


def ring(soc, count):
    for i in range(count):
        expect(soc.slave_side.do('ping', i).ok, 'ping')


@test('the figures are those of status, in the format of Prometheus')
def figures():
    with Pair() as soc:
        at = {'soc': soc.name, 'processor': soc.slave}
        before = metrics(soc.name)
        for state in ('shut off', 'partial', 'running', 'suspended'):
            expect_equal(value(before, 'soc_state', soc=soc.name,
                               state=state), state == 'running', state)
        expect_equal(value(before, 'core_state', state='running', **at), 1,
                     'core')
        expect_equal(value(before, 'core_boots_total', **at), 1, 'boots')
        expect_equal(value(before, 'soc_memory_bytes', soc=soc.name),
                     sum(size for _, size in soc.memories.values()), 'bytes')
        expect_equal(value(before, 'processor_answers', role='master',
                           soc=soc.name), 1, 'answers')
        expect(value(before, 'processor_cpu_seconds_total', **at) > 0, 'CPU')
        soc.slave_side.do('lockup')
        soc.wait_core('crashed')
        after = metrics()
        expect_equal(value(after, 'core_crashes_total', **at), 1, 'crashes')
        expect_equal(value(after, 'core_stops_total', reason='lockup', **at),
                     1, 'stops')
        expect_equal(value(after, 'core_state', state='crashed', **at), 1,
                     'core')
        link = next(link for part in soc.status()['processors']
                    for link in part['links'] if part['name'] == soc.slave)
        expect_equal(value(after, 'link_received_total', peer=soc.master,
                           **at), link['received'], 'received')
        expect({key[0] for key in before} <= {key[0] for key in after},
               'a name is gone')
        expect_equal({key[0] for key in after}, documented(),
                     'names, and those in docs/labs.md')


@test('a processor that is off, hangs or has died is no error, but a figure')
def wrong():
    with Pair() as soc:
        at = {'soc': soc.name, 'processor': soc.slave}
        pid = soc.pid(soc.slave)
        os.kill(pid, signal.SIGSTOP)
        try:
            found = metrics(soc.name)
        finally:
            os.kill(pid, signal.SIGCONT)
        expect_equal(value(found, 'processor_answers', **at), 0, 'answers')
        expect_equal(value(found, 'processor_up', **at), 1, 'up')
        expect(not any(key[0] == 'hetctl_core_state' for key in found),
               'what is not known is told')
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: value(metrics(soc.name), 'processor_up',
                                 **at) == 0, 'it is down')
        expect_equal(value(metrics(), 'soc_state', soc=soc.name,
                           state='partial'), 1, 'partial')
        soc.destroy()
        expect_equal(value(metrics(), 'soc_state', soc=soc.name,
                           state='shut off'), 1, 'shut off')
    expect_equal(len(metrics()), 1, 'figures without a SoC')
    hetctl('status', 'no-such-soc', '--format', 'prometheus', code=NOT_FOUND)
    for option in ('--stubs', '--core'):
        hetctl('status', 'soc', option, '--format', 'prometheus', code=USAGE)
    done = hetctl('status', '--format', 'prometheus', '-c',
                  'qemu+unix:///system?socket=/nonexistent', code=LIBVIRT)
    expect_equal(done.stdout, '', 'half a document')


@test('in a pipe, a plain table per interval, with rates')
def pipe():
    with Pair() as soc:
        with subprocess.Popen([HETCTL, 'top', soc.name, '-n', '2'],
                              stdout=subprocess.PIPE, text=True) as process:
            end = time.monotonic() + 10
            while process.poll() is None and time.monotonic() < end:
                ring(soc, 5)
            text = process.stdout.read()
        expect_equal(process.returncode, 0, 'exit code')
        expect('\033' not in text, 'escapes in a pipe')
        tables = text.rstrip('\n').split('\n\n')
        expect_equal(len(tables), 2, 'tables')
        for table in tables:
            head, *rows = [line.split() for line in table.split('\n')]
            expect_equal(head, COLUMNS, 'columns')
            expect_equal([row[1] for row in rows], [soc.master, soc.slave],
                         'rows')
            slave = dict(zip(COLUMNS, rows[1]))
            expect_equal((slave['CORE'], slave['BOOTS'], slave['CRASHES']),
                         ('running', '1', '0'), 'the slave')
            expect(0 <= float(slave['CPU'].rstrip('%')) < 400, f'{slave}')
        expect_equal(rows[0][-2:], ['-', '-'], 'boots of the master')


@test('messages and CPU time per second are what they are, as JSON')
def rates():
    with Pair() as soc:
        sent = received = 0
        with subprocess.Popen([HETCTL, 'top', '--format', 'json'],
                              stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                rows = {row['processor']: row for row in json.loads(line)}
                if not sent and not received:
                    expect(soc.master_side.do('ring', 0, 3, 100, 60000).ok,
                           'ring')
                master, slave = rows[soc.master], rows[soc.slave]
                expect(0 < master['cpu'] < 4, f'{master}')
                sent += master['sent'] * master['seconds']
                received += slave['received'] * slave['seconds']
                if round(received) >= 100:
                    break
            process.send_signal(signal.SIGINT)
            process.stdout.read()
        expect_equal(process.returncode, 0, 'exit code')
        expect_equal((round(sent), round(received)), (100, 100), 'messages')


def screen(until, count=1, env=None, rows=24):
    """What a terminal gets until it has something so often, and the exit
    code of SIGINT."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.pop('NO_COLOR', None)
        os.environ.update({'TERM': 'xterm', **(env or {})})
        os.execl('/bin/sh', 'sh', '-c', f'stty rows {rows} cols 120; '
                 'exec "$@"', 'sh', HETCTL, 'top')
    text, end = '', time.monotonic() + 30
    try:
        while text.count(until) < count and time.monotonic() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                text += os.read(terminal, 65536).decode()
        os.kill(pid, signal.SIGINT)
        _, status = os.waitpid(pid, 0)
    finally:
        os.close(terminal)
    expect(text.count(until) >= count, f'not {count} times {until!r}: {text}')
    return text, os.waitstatus_to_exitcode(status)


@test('in a terminal it is drawn anew, bold unless NO_COLOR, cut to its rows')
def terminal():
    with Pair():
        text, code = screen('CRASHES', 2)
        expect_equal(code, 0, 'exit code')
        expect(text.count('\033[H\033[J') >= 2, 'it is not drawn anew')
        expect('\033[1mSOC' in text, 'no bold')
        text, _ = screen('CRASHES', env={'NO_COLOR': '1'})
        expect('\033[1m' not in text and '\033[H' in text, 'NO_COLOR')
        screen('1 more', rows=5)
        text, _ = screen('CRASHES', env={'TERM': 'dumb'})
        expect('\033' not in text, 'escapes in a dumb terminal')


@test('what ends meanwhile leaves the table; a reader that leaves ends it')
def comes_and_goes():
    with Pair() as soc:
        with subprocess.Popen([HETCTL, 'top', '-f', 'json', '-n', '6'],
                              stdout=subprocess.PIPE, text=True) as process:
            first = json.loads(process.stdout.readline())
            expect_equal(len(first), 2, 'processors')
            soc.destroy()
            expect_equal(json.loads(process.stdout.readlines()[-1]), [],
                         'the last one')
        soc.start()
        with subprocess.Popen([HETCTL, 'top'], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as process:
            process.stdout.close()
            expect('cannot write the output' in process.stderr.read(),
                   'no complaint')
        expect_equal(process.returncode, 1, 'exit code')
    hetctl('top', 'no-such-soc', '-n', '1', code=NOT_FOUND)
    hetctl('top', '--interval', '0', code=USAGE)
    done = run(HETCTL, 'top', '-n', '1')
    expect_equal(done.stdout.split(), COLUMNS, 'nothing runs')


main()
