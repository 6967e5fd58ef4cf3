#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the flight recorders hold: hetctl trace."""

import collections
import json
import os
import re
import signal
import subprocess
import time

from het import (HETCTL, NOT_FOUND, STATE, USAGE, Pair, Soc, expect,
                 expect_equal, hetctl, main, test, wait_until)

LINE = re.compile(r'(\d+)\.(\d{9})  (-?)(\d+)\.(\d{9})  (\S+) +(.+)')
# Of the layout: a header, then rings of records
RING, RECORD = 0x9000, 0x9000 + 0x1000

Event = collections.namedtuple('Event', 'ns virtual who what')


def parse(text):
    found = []
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        expect(match, f'no event: {line!r}')
        seconds, rest, sign, guest, guest_rest, who, what = match.groups()
        virtual = int(guest + guest_rest)
        found.append(Event(int(seconds + rest), -virtual if sign else virtual,
                           who, what))
    return found


def last(soc):
    return parse(hetctl('trace', soc.name, '--last').stdout)


def find(events, who, what, start=0):
    """Index of the first event of a processor whose text matches"""
    for i in range(start, len(events)):
        if re.fullmatch(who + r'(/\d+)?', events[i].who) and \
                re.match(what, events[i].what):
            return i
    shown = '\n'.join(f'{e.who} {e.what}' for e in events[start:][-40:])
    raise AssertionError(f'{who} never {what}; the last are:\n{shown}')


def write(path, offset, data):
    with open(path, 'r+b') as file:
        file.seek(offset)
        file.write(data)


@test('a ring, its interrupt, its take, and the answer, in this order')
def ring():
    with Pair() as soc:
        before = time.monotonic_ns()
        expect(soc.master_side.do('ring', 0, 7, 1, 5000).ok, 'no answer')
        after = time.monotonic_ns()
        events = last(soc)
        at = find(events, 'm33', 'rings idm at m4, channel 7')
        expect(before < events[at].ns < after,
               f'{events[at].ns} is not from {before} to {after}')
        for who, what in (('m4', 'idm raises its interrupt'),
                          ('m4', 'takes interrupt 40 at 0x'),
                          ('m4', r'takes idm from m33, channel 7  \('),
                          ('m4', 'rings idm at m33, channel'),
                          ('m33', 'takes interrupt'),
                          ('m33', r'takes idm from m4, channel \d+  \(')):
            at = find(events, who, what, at + 1)
        return re.search(r'\((.+)\)', events[at].what)[1]


@test('a boot, a shutdown, and who did them; a suspend stops the clocks')
def states():
    with Pair() as soc:
        soc.shutdown()
        soc.run_slave('pair-slave-b.elf')
        hetctl('suspend', soc.name)
        time.sleep(0.3)
        hetctl('resume', soc.name)
        events = last(soc)
        at = 0
        for what in ('emulator starts to record', r'hetctl start, pid \d+',
                     'host commands slave-attach-memory', 'core is held',
                     'core is running: host-boot, boot 1',
                     r'hetctl shutdown, pid \d+', 'host commands slave-reset',
                     'boot line is asserted: host-reset',
                     'core is held: host-reset', 'core is running: host-boot',
                     'host commands stop', 'emulator stops: paused',
                     'host commands cont', 'emulator goes on: running'):
            at = find(events, 'm4', what, at)
        stop = events[find(events, 'm4', 'emulator stops: paused', at - 30)]
        resumed = events[at]
        expect(not any('query' in e.what for e in events), 'queries')
        expect(resumed.ns - stop.ns > 0.3e9, 'it stood for 0.3 s')
        expect(0 <= resumed.virtual - stop.virtual < 1e6,
               f'the clock went on by {resumed.virtual - stop.virtual} ns')


@test('an emulator that was killed has left its last events')
def killed():
    with Pair() as soc:
        expect(soc.master_side.do('ring', 0, 9, 5, 5000).ok, 'no answer')
        os.kill(soc.pid(soc.slave), signal.SIGKILL)
        wait_until(lambda: soc.status()['processors'][1]['pid'] is None,
                   'the emulator is gone')
        note = hetctl('status', soc.name).stdout
        expect(f'hetctl trace {soc.name} --last' in note, note)
        events = last(soc)
        at = find(events, 'm4', 'takes idm from m33, channel 9')
        find(events, 'm33', 'link of idm to m4 is lost', at)
        os.kill(soc.pid(soc.master), signal.SIGKILL)
        wait_until(lambda: soc.status()['processors'][0]['pid'] is None,
                   'both are gone')
        expect_equal(len(last(soc)), len(last(soc)), 'events')
        find(last(soc), 'm33', 'link of idm to m4 is lost')


@test('what led to a lockup')
def lockup():
    with Pair() as soc:
        soc.slave_side.do('lockup')
        soc.wait_core('crashed')
        events = last(soc)
        at = find(events, 'm4', 'takes HardFault at 0x')
        find(events, 'm4', 'core is crashed: lockup', at)
        expect('--last' in hetctl('status', soc.name).stdout, 'status')
        expect(soc.status()['recorders'], 'status as JSON')


def check_slices(events):
    """Slices of a thread nest, as the format wants it."""
    threads = collections.defaultdict(list)
    for event in events:
        if event['ph'] == 'X':
            threads[event['pid'], event['tid']].append(
                (event['ts'], -event['dur'], event['name']))
    for thread, slices in threads.items():
        stack = []
        for start, negative, name in sorted(slices):
            while stack and stack[-1] <= start + 1e-6:
                stack.pop()
            end = start - negative
            expect(not stack or end <= stack[-1] + 1e-6,
                   f'{thread}: {name} from {start} to {end} ends after what '
                   f'it is in, {stack[-1:]}')
            stack.append(end)


@test('the JSON is as the Trace Event Format wants it; arrows have two ends')
def perfetto():
    with Pair() as soc:
        expect(soc.master_side.do('ring', 0, 3, 50, 5000).ok, 'no answer')
        path = os.path.join(soc.folder, 'trace.json')
        hetctl('trace', soc.name, '--last', '--format', 'perfetto',
               '--output', path)
        with open(path, encoding='utf-8') as file:
            trace = json.load(file)
    events = trace['traceEvents']
    expect_equal(trace['otherData']['soc'], soc.name, 'soc')
    for event in events:
        expect({'ph', 'name', 'pid', 'tid'} <= event.keys(), event)
        expect(event['ph'] in 'XisfM', event)
        if event['ph'] != 'M':
            expect(event['ts'] >= 0 and event['cat'], event)
        if event['ph'] == 'X':
            expect(event['dur'] >= 0, event)
    names = {event['args']['name'] for event in events
             if event['name'] == 'process_name'}
    expect_equal(names, {'m33', 'm4'}, 'processes')
    check_slices(events)
    ends = {phase: {event['id']: event for event in events
                    if event['ph'] == phase} for phase in 'sf'}
    expect_equal(ends['s'].keys(), ends['f'].keys(), 'ends of arrows')
    expect(len(ends['s']) >= 100, f"{len(ends['s'])} arrows")
    for key, start in ends['s'].items():
        expect(start['ts'] <= ends['f'][key]['ts'], f'{start} goes back')
    return f"{len(events)} events, {len(ends['s'])} arrows"


@test('a value change dump: a channel is set from its ring to its take')
def vcd():
    with Pair() as soc:
        expect(soc.master_side.do('ring', 0, 3, 20, 5000).ok, 'no answer')
        text = hetctl('trace', soc.name, '--last', '--format', 'vcd').stdout
    header, body = text.split('$enddefinitions $end\n')
    variables = dict(re.findall(r'\$var \S+ \d+ (\S+) (\S+) \$end', header))
    by_name = {name: key for key, name in variables.items()}
    values, now = collections.defaultdict(list), -1
    for line in body.splitlines():
        if line[0] == '#':
            expect(int(line[1:]) > now, f'{line} after {now}')
            now = int(line[1:])
            continue
        match = re.fullmatch(r'([01]|[bs]\S* )(\S+)', line)
        expect(match and match[2] in variables, line)
        values[match[2]].append(match[1])
    rung = values[by_name['idm_3_to_m4']]
    expect_equal(rung, ['1', '0'] * 20, 'channel 3')
    expect('srunning ' in values[by_name['core']], 'core')


def start_following(soc, *more):
    # pylint: disable=consider-using-with
    return subprocess.Popen([HETCTL, 'trace', soc.name, '--follow', *more],
                            stdout=subprocess.PIPE, text=True)


@test('--follow shows what happens, in order, until Ctrl+C; SIGINT is no error')
def follow():
    with Pair() as soc:
        follower = start_following(soc)
        first = follower.stdout.readline()
        for _ in range(3):
            expect(soc.master_side.do('ring', 0, 11, 5, 5000).ok, 'no answer')
            time.sleep(0.1)
        follower.send_signal(signal.SIGINT)
        events = parse(first + follower.stdout.read())
        expect_equal(follower.wait(20), 0, 'exit code')
        rung = [e for e in events if e.what == 'rings idm at m4, channel 11']
        expect_equal(len(rung), 15, 'rings')
        expect_equal([e.ns for e in events], sorted(e.ns for e in events),
                     'order')


@test('--duration is what happens in that time, and nothing of before')
def duration():
    with Pair() as soc:
        expect(soc.master_side.do('ring', 0, 1, 5, 5000).ok, 'no answer')
        before = time.monotonic_ns()
        events = parse(hetctl('trace', soc.name, '--duration', '1').stdout)
        expect(events[0].ns >= before, 'it begins with the command')
        expect(events[-1].ns - events[0].ns > 0.8e9, 'and lasts')
        expect(not any('channel 1' in e.what for e in events), 'past')


@test('a recorder that somebody has written over is an error, not a crash')
def damaged():
    with Pair() as soc:
        slave = soc.recorder_path(soc.slave)
        with open(slave, 'rb') as file:
            expect_equal(file.read(4), b'HREC', 'magic')
        # Records that are none, a head from another world
        write(slave, RECORD, os.urandom(0x8000))
        write(slave, RING, b'\xff' * 8)
        last(soc)
        write(slave, 8, b'\xff' * 4)
        done = hetctl('trace', soc.name, '--last')
        expect("processor 'm4': the memory of the recorder holds something "
               'else' in done.stderr, done.stderr)
        find(parse(done.stdout), 'm33', 'emulator starts to record')
        write(soc.recorder_path(soc.master), 0, bytes(4))
        done = hetctl('trace', soc.name, '--last', code=STATE)
        expect('no recorder' in done.stderr, done.stderr)
        expect(soc.master_side.do('ping', 1).ok, 'the master is not well')


@test('a slave that is started again records anew')
def again():
    with Pair() as soc:
        first = soc.pid(soc.slave)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: soc.status()['processors'][1]['pid'] is None,
                   'the emulator is gone')
        hetctl('start', soc.name, soc.slave)
        events = last(soc)
        find(events, 'm4', f'emulator starts to record, pid {soc.pid("m4")}')
        expect(not any(f'pid {first}' in e.what for e in events), 'old ones')


@test('bad options; a SoC that does not run, that is none')
def refusals():
    for arguments in ([], ['--follow', '--output', 'x'],
                      ['--follow', '--format', 'vcd'],
                      ['--last', '--format', 'json'], ['--duration', 'x']):
        hetctl('trace', 'soc', *arguments, code=USAGE)
    with Soc('bare-pair') as soc:
        done = hetctl('trace', soc.name, '--last', code=STATE)
        expect('does not run, and has left no recorder' in done.stderr,
               done.stderr)
    hetctl('trace', 'no-such-soc', '--last', code=NOT_FOUND)


main()
