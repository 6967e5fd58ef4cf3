#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""Boot and shutdown, for ever, from either side."""

import json
import os
import pty
import re
import signal
import subprocess
import time

from het import (FAILED, FIELDS, GUEST, HETCTL, PAIR, PAIR_RAM, PAIR_SLAVE_A,
                 PAIR_SLAVE_B, STATE, USAGE, Pair, expect, expect_equal,
                 hetctl, main, test, wait_until)
from life import LONG, background, expect_no_growth, footprints, times
from linux import LinuxSoc
from mainjob import REMOTEPROC, start_firmware, wait_tty

IDENT = PAIR_RAM + PAIR['PAIR_SLAVE_OFFSET'] + FIELDS['ident']


def firmware(name):
    return os.path.join(GUEST, name)


TWO_FIRMWARES = ['--firmware', firmware('pair-slave-a.elf'),
                 '--answer', f'{IDENT:#x}={PAIR_SLAVE_A:#x}',
                 '--firmware', firmware('pair-slave-b.elf'),
                 '--answer', f'{IDENT:#x}={PAIR_SLAVE_B:#x}']


def cycle(soc, count, *args, code=0):
    done = hetctl('cycle', soc.name, soc.slave, '--count', str(count), *args,
                  '--format', 'json', code=code, timeout=900)
    return json.loads(done.stdout), done.stderr


@test('two firmwares take turns at the same addresses, each answers as itself')
def alternate():
    count = times(200, 2000)
    with Pair(firmware=None) as soc:
        pid = soc.pid(soc.slave)
        cycle(soc, 100, *TWO_FIRMWARES)
        soc.slave_side.set('boots', 0)
        before = footprints(soc)
        result, complaint = cycle(soc, count, *TWO_FIRMWARES)
        expect_equal((result['count'], result['ok'], result['failed'],
                      result['failures'], complaint),
                     (count, count, 0, [], ''), 'result')
        ms = result['milliseconds']
        expect(0 < ms['min'] <= ms['median'] <= ms['max'], f'{ms}')
        expect_equal(soc.pid(soc.slave), pid, 'pid')
        expect_equal((soc.core()['boots'], soc.slave_side.get('boots')),
                     (count + 100, count), 'boots: of QEMU, of the firmware')
        growth = expect_no_growth(before, footprints(soc))
        return f'{count} cycles, {result["cycles-per-second"]:.0f}/s, median '\
               f'{ms["median"]:.1f} ms; {growth}'


@test('a firmware that does not answer is counted, with the reason')
def failures():
    with Pair(firmware=None) as soc:
        result, complaint = cycle(
            soc, 10, '--firmware', firmware('pair-slave-a.elf'),
            '--firmware', firmware('pair-lockup.elf'), '--answer',
            f'{IDENT:#x}={PAIR_SLAVE_A:#x}', code=FAILED)
        expect_equal((result['ok'], result['failed']), (5, 5), 'ok, failed')
        expect('lockup' in json.dumps(result['failures']), f'{result}')
        expect('5 of 10' in complaint, complaint)
        result, _ = cycle(soc, 5, '--firmware', firmware('pair-slave-a.elf'),
                          '--answer', f'{IDENT:#x}=7', '--timeout', '50',
                          '--until-fail', code=FAILED)
        expect_equal((result['count'], result['failed']), (1, 1), 'count')
        expect('no answer within 50 ms' in result['first-failure'], f'{result}')
        expect_equal(soc.core()['state'], 'held', 'state')
        cycle(soc, 2, *TWO_FIRMWARES)


@test('bad requests are refused before the first boot')
def refused():
    with Pair(firmware=None) as soc:
        for args in (['--answer', '5'], ['--answer', '0x90000000=1'],
                     ['--answer', '0x20000001=1'],
                     TWO_FIRMWARES + ['--answer', '0x20000000=1']):
            hetctl('cycle', soc.name, soc.slave, *args, code=USAGE)
        hetctl('cycle', soc.name, soc.slave, '--firmware', '/nonexistent',
               code=4)
        expect_equal(soc.core()['boots'], 0, 'boots')
        soc.run_slave('pair-slave-a.elf')
        hetctl('cycle', soc.name, soc.slave, code=STATE)
        expect(soc.slave_side.do('ping', 1).ok, 'no answer')


@test('a bar on a terminal, nothing on stderr in a pipe')
def bar():
    with Pair(firmware=None) as soc:
        leader, follower = pty.openpty()
        done = subprocess.run(
            [HETCTL, 'cycle', soc.name, soc.slave, '-n', '50',
             *TWO_FIRMWARES], stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=follower, check=True)
        os.close(follower)
        text = os.read(leader, 65536).decode()
        os.close(leader)
        expect(re.search(r'm4: \[#+\.*\] \d+/50  \d+/s', text), repr(text))
        expect(done.stdout.startswith('50 cycles: 50 ok, 0 failed'),
               done.stdout)
        done = hetctl('cycle', soc.name, soc.slave, '-n', '5')
        expect_equal(done.stderr, '', 'stderr')


@test('Ctrl+C ends it after a cycle, with the summary')
def interrupted():
    with Pair(firmware=None) as soc:
        with background('cycle', soc.name, soc.slave, '--until-fail',
                        *TWO_FIRMWARES) as process:
            wait_until(lambda: soc.core()['boots'] > 3, 'it cycles')
            process.send_signal(signal.SIGINT)
            output, complaint = process.communicate(timeout=10)
            expect_equal(process.returncode, FAILED, 'exit code')
        expect(re.match(r'\d+ cycles: \d+ ok, 0 failed', output), output)
        expect('interrupted' in complaint, complaint)
        expect_equal(soc.core()['state'], 'held', 'state')


@test('the end of the slave ends it')
def ended():
    with Pair(firmware=None) as soc:
        with background('cycle', soc.name, soc.slave, '--until-fail',
                        *TWO_FIRMWARES) as process:
            time.sleep(0.5)
            hetctl('destroy', soc.name, soc.slave)
            _, complaint = process.communicate(timeout=10)
            expect_equal(process.returncode, STATE, 'exit code')
        expect('has ended' in complaint, complaint)


def linux_cycle(soc, linux, i):
    name, answer = (('rpmsg-echo.elf', 'Hello'),
                    ('rpmsg-upper.elf', 'HELLO'))[i % 2]
    start_firmware(linux, name)
    wait_tty(linux)
    got = linux.run('rpmsg-test ask Hello')
    expect(answer in got, f'cycle {i}: {got}')
    linux.run(f'echo stop > {REMOTEPROC}/state')
    expect_equal(soc.core()['state'], 'held', f'cycle {i}: state')


@test('Linux stops and starts the M4, without a complaint in dmesg')
def by_linux():
    count = times(10, 200)
    with LinuxSoc() as soc:
        linux = soc.linux
        for i in range(4):
            linux_cycle(soc, linux, i)
        linux.run('dmesg -c >/dev/null')
        before = footprints(soc)
        start = time.monotonic()
        for i in range(count):
            linux_cycle(soc, linux, i)
        seconds = time.monotonic() - start
        log = linux.run('dmesg -r')
        bad = [line for line in log.splitlines()
               if re.match(r'<[0-3]>', line)]
        expect(not bad, 'dmesg:\n' + '\n'.join(bad[:20]))
        expect_equal(soc.core()['boots'], count + 4, 'boots')
        # A guest's memory is touched bit by bit: only the long run is flat.
        growth = expect_no_growth(before, footprints(soc),
                                  0.02 if LONG else 0.1)
        return f'{count} cycles, {1000 * seconds / count:.0f} ms each; ' \
               f'{growth}'


main()
