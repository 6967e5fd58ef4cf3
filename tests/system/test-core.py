#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A Cortex-M as its firmware finds it, and firmware that does not get on."""

import json
import os
import re

from het import (GUEST, USAGE, Pair, expect, expect_equal, hetctl, main, test,
                 wait_until)
from life import Events

NOTHING = 0x44000000
POLLED = 0x48000020

# Where guest/core/registers.S stores what it finds
RESULTS = 0x10020000
FOUND = ('priority', 'demcr', 'dwt-ctrl', 'cyccnt', 'cmpcr', 'cpuid', 'ictr',
         'mpu-type', 'calib', 'basepri', 'itm-tcr', 'delay')
DONE = 60

CHIP = '''
  <memory name='sram' unit='KiB'>384</memory>
  <memory name='retram' unit='KiB'>64</memory>
  <memory name='sysram' unit='KiB'>256</memory>
  <memory name='bkpsram' unit='KiB'>4</memory>
  <memory name='ddr' unit='MiB'>512</memory>
  <slave name='m4' xmlns:xi='http://www.w3.org/2001/XInclude'>
    <xi:include href='chips/stm32mp157-m4.xml'/>
    <map memory='ram' address='0x20000000'/>
    <boot control='guest'/>
    <devices><serial type='pty'/><serial type='pty'/></devices>
  </slave>
'''


def as_chip(text):
    """The M4 of the STM32MP157 in place of the bare one."""
    memory = text.index("<memory name='ram'")
    begin, end = text.index('<slave '), text.index('</slave>') + 8
    memories, slave = CHIP[:CHIP.index('<slave')], CHIP[CHIP.index('<slave'):]
    text = text[:memory] + memories + text[memory:begin] + slave + text[end:]
    return text.replace("'m4' address='0x50000000' irqs='40'",
                        "'m4' address='0x4c001000' irqs='103'")


def with_code(text):
    """Code where guest/core has it, and a stub."""
    text = text.replace("<memory name='ram' unit='MiB'>1</memory>",
                        "<memory name='ram' unit='MiB'>1</memory>"
                        "<memory name='code' unit='KiB'>256</memory>")
    at = text.index('</slave>')
    return (text[:at] + "<map memory='code' address='0x10000000'/>"
            "<stub name='syscfg' address='0x48000000' size='0x400'/>" +
            text[at:])


def run_core(soc, name):
    hetctl('boot', soc.name, soc.slave, '--firmware',
           os.path.join(GUEST, f'core-{name}.elf'))


def part_of(report, name):
    return next(p for p in report['processors'] if p['name'] == name)


def core_of(soc, processor):
    return part_of(soc.status(), processor)['cores'][0]


def note(soc, processor):
    """The NOTE of a processor, the last column"""
    for line in hetctl('status', soc.name).stdout.splitlines():
        if line.startswith(processor + ' '):
            return re.split(r'  +', line)[-1]
    return None


@test('the M4 of the STM32MP157: priorities, lines, cycle counter, SysTick')
def registers():
    with Pair(change=as_chip, firmware=None) as soc:
        run_core(soc, 'registers')
        results = soc.words(soc.slave, RESULTS)
        wait_until(lambda: results[DONE], 'the firmware ends')
        expect_equal(results[DONE], 0x600d, 'end')
        found = {name: results[4 * i] for i, name in enumerate(FOUND)}
        expect_equal(found['priority'], 0xf0, 'priority bits')
        expect_equal(found['basepri'], 0, 'BASEPRI')
        expect_equal(found['ictr'], 4, 'ICTR of 150 lines')
        expect_equal(found['demcr'], 1 << 24, 'DEMCR')
        expect_equal(found['dwt-ctrl'], 0x40000001, 'DWT_CTRL')
        expect(found['cyccnt'], 'CYCCNT stands')
        expect(found['delay'] >= 208877, f'delay: {found["delay"]} cycles')
        expect_equal(found['cmpcr'] & 0x100, 0x100, 'SYSCFG_CMPCR')
        expect_equal(found['cpuid'] & 0xff0ffff0, 0x410fc240, 'CPUID')
        expect_equal(found['mpu-type'], 0x800, 'MPU_TYPE')
        # 10 ms of an eighth of the core's clock, less one, and not exact
        expect_equal(found['calib'], 0x40000000 | 261097 - 1, 'SYST_CALIB')
        return ', '.join(f'{n} {v:#x}' for n, v in found.items())


@test('registers of the core that are not modelled are counted as stubs')
def core_stubs():
    with Pair(change=as_chip, firmware=None) as soc:
        run_core(soc, 'registers')
        results = soc.words(soc.slave, RESULTS)
        wait_until(lambda: results[DONE], 'the firmware ends')
        report = json.loads(hetctl('status', soc.name, '--stubs', '--format',
                                   'json').stdout)
        stubs = {s['name']: s for s in part_of(report, soc.slave)['stubs']}
        expect_equal(stubs['itm']['type'], 'core', 'type of itm')
        expect_equal([(a['address'], a['reads'], a['writes'])
                      for a in stubs['itm']['accesses']],
                     [('0xe0000e80', 1, 0)], 'itm')
        expect_equal(stubs['dwt']['accesses'], [], 'dwt')
        expect_equal(stubs['dcb']['accesses'], [], 'dcb')


@test('a core in its fault handler is told: note, JSON, event, status --core')
def faulty():
    with Pair(change=with_code, firmware=None) as soc, Events(soc) as events:
        expect_equal(core_of(soc, soc.slave)['fault'], None, 'at first')
        run_core(soc, 'faulty')
        event = events.wait('CORE_FAULT', soc.slave, exception='HardFault')
        expect_equal(event['data']['address'], NOTHING, 'address of the event')
        core = core_of(soc, soc.slave)
        expect_equal(core['exception'], 'HardFault', 'exception')
        expect_equal(core['symbol'], 'HardFault_Handler+0x0', 'symbol')
        fault = core['fault']
        expect(fault['stuck'], f'{fault}')
        expect(fault['symbol'].startswith('uart_init+'), f'{fault}')
        expect(fault['lr-symbol'].startswith('Reset_Handler+'), f'{fault}')
        expect_equal(fault['address'], hex(NOTHING), 'address')
        expect_equal(fault['registers'],
                     {'CFSR': '0x8200', 'HFSR': '0x40000000',
                      'BFAR': hex(NOTHING)}, 'registers')
        expect_equal(fault['first-unmodelled']['address'], hex(NOTHING),
                     'first unmodelled access')
        text = note(soc, soc.slave)
        for word in ('HardFault', 'uart_init+', 'precise data bus error',
                     hex(NOTHING), 'first unmodelled access'):
            expect(word in text, f'no {word} in {text}')
        expect_equal(note(soc, soc.master), '-', "the master's note")
        table = hetctl('status', soc.name, '--core').stdout
        for word in ('HardFault_Handler+0x0', 'CFSR', '0x00008200'):
            expect(word in table, f'no {word} in {table}')

        # A new boot begins anew, here with a firmware that is well.
        soc.shutdown()
        soc.run_slave('pair-slave-a.elf')
        expect_equal(core_of(soc, soc.slave)['fault'], None, 'after a boot')
        expect_equal(note(soc, soc.slave), '-', 'note after a boot')
        expect_equal(events.names().count('CORE_FAULT'), 1, 'events')
        return text


@test('a firmware that handles its faults is no matter')
def handled():
    with Pair() as soc, Events(soc) as events:
        for _ in range(50):
            answer = soc.slave_side.do('load', NOTHING, 4)
            expect(answer.faulted, f'read of nothing: {answer}')
        expect_equal(note(soc, soc.slave), '-', 'note')
        expect('CORE_FAULT' not in events.names(), f'{events.events}')


@test('a register that is polled a million times is told')
def polled():
    with Pair(change=with_code, firmware=None) as soc:
        run_core(soc, 'poll')
        text = wait_until(lambda: re.search(r'polls .*', note(soc, soc.slave)),
                          'a note', timeout=60)[0]
        expect('syscfg+0x20' in text and 'uart_init+' in text and
               'bit 8?' in text, text)
        poll = part_of(soc.status(), soc.slave)['polls'][0]
        expect_equal((poll['stub'], poll['address'], poll['bit']),
                     ('syscfg', hex(POLLED), 8), 'poll')
        return text


@test('what does not go together is refused')
def usage():
    hetctl('status', '--stubs', '--core', code=USAGE)


main()
