#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A slave reaches its windows and nothing else."""

import hashlib

from het import Pair, expect, main, test, virsh

SIZES = (1, 2, 4)
MARK = 0x5ca1ab1e
# Above, a jump is no access to memory: it returns from an exception.
SYSTEM_SPACE = 0xe0000000


def more_windows(text):
    """The slave gets an alias and the middle of a memory of the master's."""
    text = text.replace("<memory name='ram'",
                        "<memory name='extra' unit='KiB'>64</memory>\n"
                        "  <memory name='ram'", 1)
    text = text.replace("</master>",
                        "<map memory='extra' address='0x70000000'/>\n"
                        "  </master>", 1)
    return text.replace("</slave>",
                        "<map memory='ram' address='0x30000000'/>\n"
                        "    <map memory='extra' address='0x40000000' "
                        "offset='0x4000' size='0x8000'/>\n  </slave>", 1)


def outside(soc):
    """Addresses just outside of each window that are in no other window."""
    windows = soc.windows(soc.slave)
    for window in windows:
        for size in SIZES:
            for address in (window.address - size, window.end):
                address &= 0xffffffff
                if not any(w.address <= address < w.end for w in windows):
                    yield window, address, size


def digest(soc):
    """Of all platform memory that the slave has no window on."""
    memory = bytearray(soc.memory)
    for window in soc.windows(soc.slave):
        memory[window.offset:window.offset + window.size] = \
            bytes(window.size)
    return hashlib.sha256(memory).hexdigest()


@test('the first and the last word of each window are there')
def inside():
    with Pair(change=more_windows) as soc:
        count = 0
        for window in soc.windows(soc.slave):
            for address in (window.address, window.end - 4):
                answer = soc.slave_side.do('load', address, 4)
                there = soc.words(soc.slave, address)[0]
                expect(answer.ok and answer.result[0] == there,
                       f'{window}, {address:#x}: {answer}, not {there:#x}')
                count += 1
        return f'{count} accesses, {len(soc.windows(soc.slave))} windows'


@test('a load, store or jump just outside of a window faults in the slave')
def faults():
    with Pair(change=more_windows) as soc:
        virsh('suspend', soc.domain(soc.master))
        before = digest(soc)
        count = 0
        for window, address, size in outside(soc):
            for command in (('load', address, size),
                            ('store', address, size, MARK)):
                answer = soc.slave_side.do(*command)
                expect(answer.faulted, f'{window}: {command[0]} of {size} '
                       f'bytes at {address:#x}: {answer}')
                count += 1
            if address < SYSTEM_SPACE:
                answer = soc.slave_side.do('fetch', address & ~1)
                expect(answer.faulted,
                       f'{window}: jump to {address:#x}: {answer}')
                count += 1
        expect(digest(soc) == before, "the master's memory has changed")
        expect(soc.slave_side.do('ping', 7).ok, 'the slave is not well')
        return f"{count} accesses, the master's memory unchanged"


@test('a store across the end of a window changes nothing behind it')
def across():
    with Pair(change=more_windows) as soc:
        windows = soc.windows(soc.slave)
        count = 0
        for window in windows:
            behind = window.offset + window.size
            if any(w.address == window.end for w in windows) or \
                    behind + 4 > len(soc.memory):
                continue
            before = bytes(soc.memory[behind:behind + 64])
            answer = soc.slave_side.do('store', window.end - 2, 4, MARK)
            expect(answer.faulted, f'{window}: {answer}')
            expect(bytes(soc.memory[behind:behind + 64]) == before,
                   f'{window}: memory behind it has changed')
            count += 1
        return f'{count} windows'


main()
