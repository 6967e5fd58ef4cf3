#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""Sixteen slaves on one master, and a link between any two of them."""

import itertools
import time

from het import (PAIR_SLAVE_A, Firmware, Shared, Soc, expect, expect_equal, main,
                 measured, test, wait_until)
from kinds import M33, M4, idm, master_firmware, memory, processor, \
    slave_firmware
from life import times

SLAVES = 16
RINGS = 1000
CHANNEL = 7
PAGE = 0x1000
STARTS = times(2, 3)


def names(count):
    return ['master'] + [f's{i}' for i in range(count)]


def soc_text(count):
    """Each slave sees its own page of the control blocks as its RAM."""
    slaves = names(count)[1:]
    return ('<soc>\n  <name>sixteen</name>' + memory('master-code', 256) +
            ''.join(memory(f'{name}-code', 256) for name in slaves) +
            memory('ram', 1024) +
            processor('master', 'master', M33, master_firmware(M33),
                      maps=[('ram', M33.ram, '')]) +
            ''.join(processor('slave', name, M4, more="<boot control='guest'/>",
                              maps=[('ram', M4.ram, f" offset='{at:#x}' "
                                     f"size='{PAGE:#x}'")])
                    for at, name in zip(itertools.count(PAGE, PAGE), slaves)) +
            idm([('master', M33)] + [(name, M4) for name in slaves]) +
            '\n</soc>\n')


class Many(Soc):
    def __init__(self, count):
        super().__init__(f'many-{count}', text=soc_text(count))
        self.processors = names(count)

    def sides(self):
        return {name: Firmware(self, name,
                               'slave' if index else 'master')
                for index, name in enumerate(self.processors)}

    def boot_all(self):
        for name in self.processors[1:]:
            self.load(slave_firmware(M4, 'a'), name)
            self.qmp(name, 'slave-boot')
        sides = self.sides()
        for side in sides.values():
            side.wait_ready(timeout=60)
        return sides

    def links(self, name):
        return self.qmp(name, 'query-idm')[0]['links']


class Started(Many):
    def __init__(self):
        super().__init__(SLAVES)

    def __enter__(self):
        super().__enter__()
        self.start()
        return self


many = Shared(Started)


def peers(processors, name):
    """In the order of their numbers in the IDM of `name`: the boot peer is
    0, the others follow in the order of the XML."""
    return [other for other in processors if other != name]


@test('each of the 17 processors is linked with all others, in known order')
def linked():
    with many() as soc:
        for name in soc.processors:
            links = soc.links(name)
            expect_equal([(link['peer'], link['state']) for link in links],
                         [(peer, 'connected')
                          for peer in peers(soc.processors, name)], name)
        status = soc.status()
        expect_equal(len(status['processors']), SLAVES + 1, 'status')
        return f'{(SLAVES + 1) * SLAVES // 2} links'


@test('all ring all at once, 1000 times: none lost, none doubled')
def streams():
    with many() as soc:
        sides = soc.boot_all()
        for name, side in sides.items():
            if name != 'master':
                expect_equal(side.get('ident'), PAIR_SLAVE_A, name)
            expect(side.do('count', 1 << CHANNEL).ok, f'{name}: count')
        before = time.monotonic()
        for side in sides.values():
            side.send('stream', (1 << SLAVES) - 1, CHANNEL, RINGS)
        for name, side in sides.items():
            expect(side.answer(timeout=300).ok, f'{name}: stream')
        wait_until(lambda: all(
            side.stream(peer)[0] >= RINGS
            for side in sides.values() for peer in range(SLAVES)),
            'all words came')
        seconds = time.monotonic() - before
        for name, side in sides.items():
            for number, peer in enumerate(peers(soc.processors, name)):
                expect_equal(side.stream(number), (RINGS, RINGS, 0, 0),
                             f'{peer} to {name}: received, last, lost, '
                             'doubled')
            for link in soc.links(name):
                expect_equal((link['sent'], link['received'],
                              link['coalesced']), (RINGS, RINGS, 0),
                             f"{name} and {link['peer']}: sent, received, "
                             'coalesced')
        sides = side = None
        total = (SLAVES + 1) * SLAVES * RINGS
    many.end()
    return f'{total} interrupts in {seconds:.1f} s'


def start_seconds(count):
    with Many(count) as soc:
        seconds = []
        for _ in range(STARTS):
            before = time.monotonic()
            soc.start()
            seconds.append(time.monotonic() - before)
            soc.destroy()
        return min(seconds)


@test('16 slaves are started and ended again and again')
def starts():
    one, all_of_them = start_seconds(1), start_seconds(SLAVES)
    measured(f'start with 1 slave {one:.2f} s, with {SLAVES} '
             f'{all_of_them:.2f} s: {all_of_them / one:.1f} times')


main()
