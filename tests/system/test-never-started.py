#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing is written into memory that is not that of a SoC that runs."""

import contextlib
import os

from het import (GUEST, STATE, Soc, expect, expect_equal, hetctl, main, run,
                 test, virsh)

FIRMWARE = ['--firmware', os.path.join(GUEST, 'pair-slave-a.elf')]
COMMANDS = (['boot', *FIRMWARE], ['boot'], ['cycle', *FIRMWARE], ['cycle'])


@contextlib.contextmanager
def leftover(soc, size):
    """A file in the place of the platform memory, which nobody may write."""
    content = b'left over' + bytes(size - 9)
    with open(soc.segment_path, 'xb') as file:
        file.write(content)
    try:
        yield
        with open(soc.segment_path, 'rb') as file:
            expect(file.read() == content, 'the file was written')
    finally:
        os.unlink(soc.segment_path)


def expect_refused(soc, why):
    for command, *more in COMMANDS:
        done = hetctl(command, soc.name, soc.slave, *more, code=STATE)
        expect(why in done.stderr, f'{command} {more}: {done.stderr}')


def wanted_size(soc):
    offset, size = max(soc.memories.values())
    return offset + -(-size // (2 << 20)) * (2 << 20)


@test('a SoC that was never started is not booted into a leftover file')
def defined():
    with Soc('bare-pair') as soc, leftover(soc, wanted_size(soc)):
        expect_refused(soc, 'is not started')


@test('a slave that virsh starts alone is not started: it says what to do')
def alone():
    with Soc('bare-pair') as soc:
        with leftover(soc, wanted_size(soc)):
            done = run('virsh', 'start', soc.domain(soc.slave))
            expect(done.returncode and f"run 'hetctl start {soc.name}'" in
                   done.stderr, done.stderr)
            expect_refused(soc, 'is not started')
        soc.start()
        soc.boot(firmware='pair-slave-a.elf')


@test('a slave that is left alone is not booted')
def left():
    with Soc('bare-pair') as soc:
        soc.start()
        virsh('destroy', soc.domain(soc.master))
        expect_refused(soc, f"'hetctl start {soc.name}' starts all")
        soc.destroy()
        soc.start()
        soc.boot(firmware='pair-slave-a.elf')


def request(text):
    return text.replace("<boot control='guest'/>",
                        "<boot control='guest' attach='request'/>")


@test('another file is not the memory of a SoC that runs')
def other_file():
    with Soc('bare-pair', change=request) as soc:
        soc.start()
        own = soc.segment_path + '.own'
        os.rename(soc.segment_path, own)
        try:
            for size in (4096, os.path.getsize(own) - 1,
                         os.path.getsize(own) + 4096):
                with leftover(soc, size):
                    expect_refused(soc, 'somebody has replaced it')
        finally:
            os.rename(own, soc.segment_path)
        expect_equal(soc.core()['state'], 'wait-memory', 'state')
        soc.boot(firmware='pair-slave-a.elf')


main()
