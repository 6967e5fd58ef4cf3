#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a slave's process has of the platform memory."""

import os

from het import Pair, expect, expect_equal, main, test


def mappings(soc, processor):
    """(offset, size) of each mapping of the segment, neighbours joined."""
    found = []
    with open(f'/proc/{soc.pid(processor)}/maps', encoding='ascii') as maps:
        for line in maps:
            fields = line.split(maxsplit=5)
            if len(fields) < 6 or soc.segment_path not in fields[5]:
                continue
            first, last = (int(n, 16) for n in fields[0].split('-'))
            found.append((int(fields[2], 16), last - first))
    found.sort()
    joined = []
    for offset, size in found:
        if joined and offset <= sum(joined[-1]):
            joined[-1] = (joined[-1][0],
                          max(sum(joined[-1]), offset + size) - joined[-1][0])
        else:
            joined.append((offset, size))
    return joined


def open_files(soc, processor):
    folder = f'/proc/{soc.pid(processor)}/fd'
    return [target for target in (os.readlink(os.path.join(folder, fd))
                                  for fd in os.listdir(folder))
            if soc.segment_path in target]


def window_ranges(soc):
    ranges = {(w.offset, w.size) for w in soc.windows(soc.slave)}
    joined = []
    for offset, size in sorted(ranges):
        if joined and offset <= sum(joined[-1]):
            joined[-1] = (joined[-1][0],
                          max(sum(joined[-1]), offset + size) - joined[-1][0])
        else:
            joined.append((offset, size))
    return joined


@test("the slave's process maps its windows and nothing else of the segment")
def maps():
    with Pair() as soc:
        expect_equal(mappings(soc, soc.slave), window_ranges(soc),
                     'mappings (offset, size)')
        whole = sum(size for _, size in mappings(soc, soc.slave))
        expect(whole < len(soc.memory), 'the slave sees all there is')
        return f'{whole} of {len(soc.memory)} bytes'


@test("the slave's process has no open file of the segment")
def files():
    with Pair() as soc:
        expect_equal(open_files(soc, soc.slave), [], 'open files')


@test('detached windows are unmapped, and can be attached again')
def detach():
    with Pair() as soc:
        windows = soc.core()['windows']
        soc.qmp(soc.slave, 'slave-detach-memory')
        expect_equal(mappings(soc, soc.slave), [], 'mappings after detach')
        core = soc.core()
        expect_equal(core['state'], 'wait-memory', 'state')
        expect_equal(core['reason'], 'detach', 'reason')
        for window in windows:
            with open(soc.segment_path, 'r+b') as segment:
                soc.getfd(soc.slave, 'window', segment)
                soc.qmp(soc.slave, 'slave-attach-memory', id=window['id'],
                        fdname='window', offset=window['offset'])
        expect_equal(mappings(soc, soc.slave), window_ranges(soc),
                     'mappings')
        expect_equal(open_files(soc, soc.slave), [], 'open files')
        soc.qmp(soc.slave, 'slave-reset')
        soc.run_slave('pair-slave-b.elf')
        expect(soc.slave_side.do('ping', 1).ok, 'no answer')


main()
