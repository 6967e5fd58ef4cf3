#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Five processors of four architectures in one session of GDB."""

import os
import re

from debugger import Gdb, Server, expect_halted, halted
from het import GUEST, expect, expect_equal, main, test, wait_until
from mainjob import ConsoleSoc

LAPS = 1000
RING = ('a53', 'rv32', 'm0', 'rv64', 'm33')
SYMBOLS = [os.path.join(GUEST, f'quad-{name}.elf')
           for name in ('master', *RING[1:])]
ARCHITECTURES = ('aarch64', 'riscv:rv32', 'arm', 'riscv:rv64', 'arm')
WIDTHS = (8, 4, 4, 8, 4)


def two_cores(text):
    model = '<cpu><model>cortex-a53</model></cpu>'
    expect(model in text, f'no {model} in the example')
    return text.replace(model, model + '<vcpu>2</vcpu>')


class Quad(ConsoleSoc):
    def __init__(self):
        super().__init__('hetero-quad', change=two_cores)

    def opened(self):
        self.wait_runs(1)

    def once_more(self):
        self.console.type('\r')

    def wait_runs(self, runs, timeout=60):
        def done():
            return any(link['peer'] == 'a53' and
                       link['sent'] == runs * (LAPS + 1)
                       for link in self.qmp('m33', 'query-idm')[0]['links'])
        wait_until(done, f'{runs} runs', timeout)


def where(gdb):
    """Of the processor that has stopped"""
    return int(re.search(r'thread is (\d)\.', gdb.do('thread'))[1])


@test('five processors of four architectures: each has its registers, a '
      'token goes from breakpoint to breakpoint, all halt together')
def ring():
    with Quad() as soc, Server(soc) as server, Gdb() as gdb:
        gdb.connect(server, *SYMBOLS)
        expect_halted(soc, *RING)
        for number, name in enumerate(RING, 1):
            gdb.do(f'inferior {number}')
            said = gdb.do('show architecture')
            expect(ARCHITECTURES[number - 1] in said, said)
            expect_equal(gdb.value('sizeof($sp)'), WIDTHS[number - 1], name)
            expect(gdb.value('$pc') != 0, f'pc of {name}')
        # Else GDB 16 cuts the addresses of AArch64: see docs/debugging.md
        gdb.do('inferior 1')
        gdb.do('break rung')
        gdb.go()
        wait_until(lambda: not halted(soc, 'a53'), 'they run')
        soc.once_more()
        order = []
        while len(order) < 2 * len(RING):
            gdb.wait_stop()
            expect_halted(soc, *RING)
            expect('rung' in gdb.do('backtrace'), 'no stack')
            name = RING[where(gdb) - 1]
            if order[-1:] != [name]:    # a slave is also rung when it boots
                order.append(name)
            gdb.go()
        expect_equal(tuple(order), 2 * RING, 'order of stops')
        gdb.wait_stop()
        gdb.do('delete')
        gdb.go()
        soc.wait_runs(2)
        gdb.interrupt()
        return gdb.do('monitor skew').strip()


@test('the cores of a processor are threads: one is stepped, the other stays')
def cores():
    with Quad() as soc, Server(soc, 'a53') as server, Gdb() as gdb:
        gdb.connect(server, SYMBOLS[0])
        said = gdb.do('info threads')
        expect('"a53.0"' in said and '"a53.1"' in said, said)
        gdb.do('set scheduler-locking step')
        gdb.do('thread 2')
        second = gdb.value('$pc')
        gdb.do('thread 1')
        for _ in range(3):
            first = gdb.value('$pc')
            gdb.stops = []
            gdb.do('stepi')
            gdb.wait_stop()
            expect(gdb.value('$pc') != first, 'no step')
        gdb.do('thread 2')
        expect_equal(gdb.value('$pc'), second, 'pc of the second core')
        expect_halted(soc, *RING)
        gdb.go()
        soc.once_more()
        soc.wait_runs(2)


main()
