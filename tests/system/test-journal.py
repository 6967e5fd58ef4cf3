#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hetctl events and watch --journal: events with fields in journald."""

import contextlib
import json
import os

from bootable import SOCKET, can_run_journald, journald
from het import (FAILED, USAGE, Pair, expect, expect_equal, hetctl, main, run,
                 test, wait_until)
from life import background

def entries(*matches):
    done = run('journalctl', '--no-pager', '-q', '-o', 'json',
               'SYSLOG_IDENTIFIER=hetctl', *matches)
    return [json.loads(line) for line in done.stdout.splitlines()]


def wait_entry(*matches):
    return wait_until(lambda: entries(*matches), f'{matches}')[-1]


@test('without a journald it says so at once')
def none():
    with Pair(firmware=None) as soc:
        if os.environ.get('HETCTL_PRIVATE') == 'inside':
            for command in ('events', 'watch'):
                done = hetctl(command, soc.name, '--journal', code=FAILED)
                expect(SOCKET in done.stderr, done.stderr)
        hetctl('events', soc.name, '--journal', '-f', 'json', code=USAGE)


@test('an event is an entry with fields, of a priority; stdout has nothing')
def fields():
    if not can_run_journald():
        return 'not tested: no journald, or not a /run of our own'
    with journald(), Pair() as soc, \
            background('watch', soc.name, '--journal') as process:
        at = f'HETCTL_SOC={soc.name}', f'HETCTL_PROCESSOR={soc.slave}'
        wait_entry(at[0], 'HETCTL_EVENT=WATCH_BEGINS')
        soc.slave_side.do('lockup')
        entry = wait_entry(*at, 'HETCTL_EVENT=SLAVE_CRASHED')
        expect_equal(entry['PRIORITY'], '3', 'priority')
        expect_equal(entry['HETCTL_DATA_REASON'], 'lockup', 'reason')
        expect('Lockup' in entry['HETCTL_DATA_MESSAGE'], f'{entry}')
        expect(entry['MESSAGE'].startswith(
            f'{soc.name} {soc.slave} SLAVE_CRASHED '), f'{entry}')
        expect_equal(int(entry['_PID']), process.pid, 'pid')
        os.kill(soc.pid(soc.slave), 9)
        entry = wait_entry(*at, 'HETCTL_EVENT=WATCH_RESTARTED')
        expect_equal(entry['PRIORITY'], '4', 'priority')
        process.terminate()
        text, complaint = process.communicate(timeout=10)
        expect_equal((process.returncode, text, complaint), (0, '', ''),
                     'end')
    return None


@test('while journald is away events are printed, afterwards it has them')
def restart():
    if not can_run_journald():
        return 'not tested: no journald, or not a /run of our own'
    # The journal of the test before is still there: another name.
    with Pair(name=f'journal-{os.getpid()}') as soc:
        at = f'HETCTL_SOC={soc.name}'
        with contextlib.ExitStack() as stack:
            with journald():
                process = stack.enter_context(
                    background('watch', soc.name, '--journal'))
                wait_entry(at, 'HETCTL_EVENT=WATCH_BEGINS')
            soc.shutdown()
            line = process.stdout.readline()
            expect(f'{soc.slave} SLAVE_STATE_CHANGED' in line, line)
            with journald():
                soc.run_slave('pair-slave-a.elf')
                wait_entry(at, 'HETCTL_EVENT=SLAVE_STATE_CHANGED',
                           'HETCTL_DATA_STATE=running')
    return None


main()
