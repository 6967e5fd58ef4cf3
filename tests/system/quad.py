# SPDX-License-Identifier: GPL-2.0-or-later
"""hetero-quad: its firmware, which sends a token round."""

import re

from het import expect, expect_equal, wait_until
from mainjob import ConsoleSoc

LAPS = 1000
RING = ('a53', 'rv32', 'm0', 'rv64', 'm33')
# What each slave must say it is: architecture, bits, id
SLAVES = {'rv32': ('RV32', 32, None), 'm0': ('ARMv6-M', 32, 0x410cc200),
          'rv64': ('RV64', 64, None), 'm33': ('ARMv8-M', 32, 0x410fd213)}


class Quad(ConsoleSoc):
    def __init__(self):
        super().__init__('hetero-quad')

    def sent(self):
        """(from, to): rings"""
        return {(name, link['peer']): link['sent'] for name in RING
                for link in self.qmp(name, 'query-idm')[0]['links']}

    def wait_idle(self):
        """Until the token has gone round for this boot; returns the number
        of the boot."""
        def idle():
            boots = {self.core(name)['boots'] for name in SLAVES}
            rings = self.sent()['m33', 'a53']
            return len(boots) == 1 and rings == (LAPS + 1) * max(boots)
        wait_until(idle, 'the token has gone round', 60)
        return self.core('m33')['boots']

    def read_run(self, boot):
        """What the master prints of a run, from the first slave's boot on."""
        _, match = self.console.read_until(
            rf'(?s)rv32 is [^\n]*boot {boot},.*?QUAD-[A-Z]+\n', 60)
        return match[0]


def reports(text):
    """slave: (architecture, bits, id, boot)"""
    return {name: (cpu, int(bits), int(number, 16), int(boot))
            for name, cpu, bits, number, boot in re.findall(
                r'(\w+) is ([\w-]+), (\d+) bits, id (\w+): boot (\d+)', text)}


def expect_reports(text, boot):
    found = reports(text)
    expect_equal(set(found), set(SLAVES), 'who reports')
    for name, (cpu, bits, number, count) in found.items():
        want = SLAVES[name]
        expect_equal((cpu, bits, count), (*want[:2], boot),
                     f'{name}: architecture, bits, boots')
        expect(want[2] in (None, number), f'{name}: id {number:#x}')


def expect_sent(before, after):
    """One report of each slave, a token to the next in the ring, no more."""
    for ends, count in after.items():
        ours, peer = ends
        want = LAPS if RING[(RING.index(ours) + 1) % len(RING)] == peer else 0
        if peer == 'a53':
            want += 1
        expect_equal(count - before[ends], want, f'rings from {ours} to {peer}')
