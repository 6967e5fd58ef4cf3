#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""Every kind of processor: boot, interrupts both ways, shutdown, other code."""

from het import (PAIR_FREE, PAIR_RAM, PAIR_SLAVE_A, PAIR_SLAVE_B, Pair, expect,
                 expect_equal, main, test, wait_until)
from kinds import (A32, A64, KINDS, M0, M33, M4, RV32, RV64, pair,
                   slave_firmware)

RINGS = 1000
ADDITIONS = 1_000_000
STREAM = 9          # channel


class KindPair(Pair):
    def __init__(self, master, slave):
        super().__init__(firmware=None, example='kinds',
                         text=pair(master, slave))
        self.kind = slave

    def boot_variant(self, variant, ident):
        """Loads and boots with hetctl; checks which firmware answers."""
        self.slave_side.clear()
        self.boot(firmware=slave_firmware(self.kind, variant))
        self.slave_side.wait_ready()
        expect_equal(self.slave_side.get('ident'), ident, 'firmware')


def rings(soc, step):
    """Rings there and answers back: exact numbers, as this firmware does."""
    channel = 3
    before = (soc.slave_side.rung(channel),
              soc.master_side.rung(channel + step))
    answer = soc.master_side.do('ring', 0, channel, RINGS, 5000, timeout=60)
    last = RINGS - 1
    expect(answer.ok, f'rings: {answer}')
    expect_equal(answer.result[:3],
                 [RINGS, channel + step, ~last & 0xffffffff if step else last],
                 'answers; channel and word of the last')
    after = (soc.slave_side.rung(channel),
             soc.master_side.rung(channel + step))
    expect_equal(tuple(a - b for a, b in zip(after, before)),
                 (RINGS, RINGS), 'rung at the slave and at the master')


def streams(soc):
    """Both ring at once, as often as they can; every word comes once."""
    sides = soc.master_side, soc.slave_side
    for side in sides:
        expect(side.do('count', 1 << STREAM).ok, 'count')
    for side in sides:
        side.send('stream', 1, STREAM, RINGS)
    for side in sides:
        answer = side.answer(timeout=60)
        expect(answer.ok, f'stream: {answer}')
    for side in sides:
        wait_until(lambda s=side: s.stream(0)[0] >= RINGS, 'all words came')
        expect_equal(side.stream(0), (RINGS, RINGS, 0, 0),
                     'received, last, lost, doubled')
        expect(side.do('count', 0).ok, 'count')


def additions(soc):
    """Exclusives of both on one word; ARMv6-M has none."""
    if soc.kind is M0:
        answer = soc.slave_side.do('add', 0, 1)
        expect(not answer.ok, f'add: {answer}')
        return
    free = PAIR_FREE - PAIR_RAM
    word = soc.words(soc.master, soc.address_of(soc.master, 'ram') + free)
    word[0] = 0
    sides = ((soc.master_side, soc.master), (soc.slave_side, soc.slave))
    for side, name in sides:
        side.send('add', soc.address_of(name, 'ram') + free, ADDITIONS)
    for side, _ in sides:
        answer = side.answer(timeout=120)
        expect(answer.ok, f'add: {answer}')
    expect_equal(word[0], 2 * ADDITIONS, 'sum')


def faults(soc):
    """Where nothing is a load, a store and a jump fault, and it goes on."""
    nothing = soc.kind.code + 0x8000000
    for command in (('load', nothing, 4), ('store', nothing, 4, 1),
                    ('fetch', nothing)):
        answer = soc.slave_side.do(*command)
        expect(answer.faulted, f'{command}: {answer}')
    expect_equal(soc.slave_side.do('ping', 5).result[0], ~5 & 0xffffffff,
                 'ping')


def held(soc):
    soc.shutdown()
    expect_equal(soc.core()['state'], 'held', 'state')
    soc.slave_side.send('ping', 1)
    expect(soc.master_side.do('ping', 1).ok, 'the master is not well')
    expect(not soc.slave_side.finished(), 'a held core answers')


def life(master, slave):
    with KindPair(master, slave) as soc:
        pid = soc.pid(soc.slave)
        soc.boot_variant('a', PAIR_SLAVE_A)
        rings(soc, step=0)
        streams(soc)
        additions(soc)
        faults(soc)
        held(soc)
        soc.boot_variant('b', PAIR_SLAVE_B)
        rings(soc, step=1)
        held(soc)
        soc.boot_variant('a', PAIR_SLAVE_A)
        rings(soc, step=0)
        expect_equal(soc.pid(soc.slave), pid, 'pid')
        expect_equal(soc.core()['boots'], 3, 'boots')


for kind in KINDS:
    test(f'a slave: {kind.title}')(lambda kind=kind: life(M33, kind))


def guest_boots(master):
    """The master's software has the boot line, as in the bare pair."""
    with KindPair(master, M4) as soc:
        for variant, ident in (('a', PAIR_SLAVE_A), ('b', PAIR_SLAVE_B)):
            soc.slave_side.clear()
            soc.load(slave_firmware(M4, variant))
            expect(soc.master_side.do('release', 0).ok, 'release')
            soc.slave_side.wait_ready()
            expect_equal(soc.slave_side.get('ident'), ident, 'firmware')
            rings(soc, step=variant == 'b')
            streams(soc)
            expect(soc.master_side.do('hold', 0).ok, 'hold')
            soc.wait_core('held')


for kind in (A32, A64, RV32, RV64):
    test(f'a master that boots its slave: {kind.title}')(
        lambda kind=kind: guest_boots(kind))

main()
