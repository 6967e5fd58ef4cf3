#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hetctl status --stubs: what a firmware accesses that is not modelled."""

import json

from het import USAGE, Pair, expect, expect_equal, hetctl, main, test

STUB = 0x48000000
NOTHING = 0x59000000


def with_stub(text):
    at = text.index('</slave>')
    return (text[:at] + f"<stub name='rcc' address='{STUB:#x}' size='0x400'>"
            "<register offset='0x8' value='0x55'/></stub>" + text[at:])


def accesses(soc, processor, name):
    report = json.loads(hetctl('status', soc.name, '--stubs', '--format',
                               'json').stdout)
    part = next(p for p in report['processors'] if p['name'] == processor)
    expect_equal(part['error'], None, f'{processor}: error')
    found = [s['accesses'] for s in part['stubs'] if s['name'] == name]
    expect_equal(len(found), 1, f'{processor}: stubs {name}')
    return found[0]


def check_access(entry, address, reads, writes):
    expect_equal((entry['address'], entry['reads'], entry['writes']),
                 (hex(address), reads, writes), 'access')
    # the code of the slave lies at 0
    expect(0 < int(entry['pc'], 16) < 0x40000, f'PC {entry}')


@test('an address with nothing behind it is reported with count and PC')
def unassigned():
    with Pair() as soc:
        expect_equal(accesses(soc, soc.slave, 'unassigned'), [], 'at first')
        for _ in range(3):
            answer = soc.slave_side.do('load', NOTHING, 4)
            expect(answer.faulted, f'read of nothing: {answer}')
        found = accesses(soc, soc.slave, 'unassigned')
        expect_equal(len(found), 1, f'{found}')
        check_access(found[0], NOTHING, 3, 0)
        table = hetctl('status', soc.name, '--stubs').stdout
        expect(f'{NOTHING:#x}' in table and found[0]['pc'][2:] in table,
               table)
        return table


@test('a stub reads what the XML says, and its accesses are counted')
def stub():
    with Pair(change=with_stub) as soc:
        expect_equal(soc.slave_side.do('load', STUB + 8, 4).result[0], 0x55,
                     'fixed register')
        soc.slave_side.do('store', STUB + 4, 4, 7)
        expect_equal(soc.slave_side.do('load', STUB + 4, 4).result[0], 0,
                     'another register')
        by_address = {int(e['address'], 16): e
                      for e in accesses(soc, soc.slave, 'rcc')}
        check_access(by_address[STUB + 8], STUB + 8, 1, 0)
        check_access(by_address[STUB + 4], STUB + 4, 1, 1)


@test('a new boot begins a new record')
def new_boot():
    with Pair() as soc:
        soc.slave_side.do('load', NOTHING, 4)
        soc.shutdown()
        soc.run_slave('pair-slave-b.elf')
        expect_equal(accesses(soc, soc.slave, 'unassigned'), [],
                     'after the boot')


@test('a SoC must be named')
def usage():
    hetctl('status', '--stubs', code=USAGE)


main()
