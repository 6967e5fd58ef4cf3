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


def with_rules(text):
    at = text.index('</slave>')
    return (text[:at] + f"""
        <stub name='rcc' address='{STUB:#x}' size='0x400'>
          <register offset='0x0' value='0x1' store='0xf0'>
            <follows bits='0x2' offset='0x0' source='0x10'/>
            <follows bits='0x4' offset='0x0' source='0x10' inverted='yes'/>
          </register>
          <register offset='0x100' count='2' step='0x10' store='0xff'
                    sets='0x100'/>
          <register offset='0x104' count='2' step='0x10' clears='0x100'/>
          <register offset='0x108' count='2' step='0x10' toggles='0x100'/>
          <register offset='0x200' value='0xff' write-1-clear='0xf'/>
        </stub>""" + text[at:])


@test('a register stores, follows, sets, clears and toggles by its rules')
def rules():
    with Pair(change=with_rules) as soc:
        def write(offset, value):
            soc.slave_side.do('store', STUB + offset, 4, value)

        def check(offset, value, what):
            expect_equal(soc.slave_side.do('load', STUB + offset, 4).result[0],
                         value, what)

        check(0, 0x5, 'value, inverted follower')
        write(0, 0xffffffff)
        check(0, 0xf3, 'stored bits, follower')
        for moved in 0, 0x10:
            write(0x100 + moved, 0x3)
            write(0x100 + moved, 0x100c)
            check(0x100 + moved, 0xf, 'set')
            write(0x104 + moved, 0x5)
            check(0x104 + moved, 0xa, 'cleared')
            write(0x108 + moved, 0xff)
            check(0x100 + moved, 0xf5, 'toggled')
        write(0x200, 0x33)
        check(0x200, 0xfc, 'cleared by writing 1')
        soc.shutdown()
        soc.run_slave('pair-slave-a.elf')
        check(0x100, 0, 'after a reset')


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
