#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The memory of the flight recorders: whose it is, and how long."""

import os
import re
import signal

from het import (FAILED, STATE, Pair, Soc, expect, expect_equal, hetctl, main,
                 segments, test, wait_until)


def mapped(soc, processor):
    """Recorders that its process has mapped or open"""
    pid = soc.pid(processor)
    with open(f'/proc/{pid}/maps', encoding='ascii') as maps:
        found = {path for path in re.findall(r'(/dev/shm/\S+)', maps.read())
                 if 'hetrec' in path}
    opened = [os.readlink(f'/proc/{pid}/fd/{fd}')
              for fd in os.listdir(f'/proc/{pid}/fd')]
    expect(not [path for path in opened if 'hetrec' in path],
           f'{processor} has an open file of a recorder: {opened}')
    return found


@test('each emulator maps its own recorder, no other, and has none open')
def own():
    with Pair() as soc:
        for processor in soc.master, soc.slave:
            expect_equal(mapped(soc, processor),
                         {soc.recorder_path(processor)}, processor)
        first = os.stat(soc.segment_path)
        for processor in soc.master, soc.slave:
            info = os.stat(soc.recorder_path(processor))
            expect_equal((info.st_uid, info.st_gid, info.st_mode),
                         (first.st_uid, first.st_gid, first.st_mode),
                         'owner and mode')


def kill(soc, processor):
    os.kill(soc.pid(processor), signal.SIGKILL)
    wait_until(lambda: {p['name']: p['pid'] for p in
                        soc.status()['processors']}[processor] is None,
               'the emulator is gone')


@test('a recorder that was cut, made longer, replaced or removed: no emulator '
      'gets it, trace says why')
def changed():
    with Pair() as soc:
        path = soc.recorder_path(soc.slave)
        size = os.path.getsize(path)
        kill(soc, soc.slave)

        def refused(why):
            done = hetctl('start', soc.name, soc.slave, code=STATE)
            expect(f"processor '{soc.slave}': flight recorder '{path}'" in
                   done.stderr and why in done.stderr, done.stderr)
            done = hetctl('trace', soc.name, '--last')
            expect(why in done.stderr, done.stderr)
            expect('m33/0' in done.stdout, 'the other one is not shown')

        for wrong in 0, 4096, size - 1, size + 1, 1 << 40:
            os.truncate(path, wrong)
            refused(f'has {wrong} bytes, not the {size} of the soc: somebody '
                    'has changed it')
        os.truncate(path, size)
        os.rename(path, path + '.own')
        refused('is gone')
        with open(path, 'xb') as file:
            file.truncate(size)
        refused('somebody has replaced it')
        expect_equal(os.stat(path).st_blocks, 0, 'blocks written')
        os.rename(path + '.own', path)
        hetctl('start', soc.name, soc.slave)
        expect_equal(mapped(soc, soc.slave), {path}, 'recorder')


def squat(path, how):
    if how == 'folder':
        os.mkdir(path)
    elif how == 'link':
        os.symlink('/etc/passwd', path)
    elif how == 'pipe':
        os.mkfifo(path)


@test('a name that somebody has taken stops nothing')
def squatted():
    for how in 'folder', 'link', 'pipe':
        with Soc('bare-pair') as soc:
            taken = soc.recorder_path(soc.slave)
            squat(taken, how)
            try:
                soc.start()
                expect(soc.recorder_path(soc.slave) != taken, taken)
                expect_equal(mapped(soc, soc.slave),
                             {soc.recorder_path(soc.slave)}, 'recorder')
                soc.boot(firmware='pair-slave-a.elf')
                soc.destroy()
                expect_equal(segments(), [taken], 'what is left')
            finally:
                (os.rmdir if how == 'folder' else os.unlink)(taken)


def ended(soc):
    """A SoC all of whose emulators were killed"""
    soc.start()
    for processor in soc.slave, soc.master:
        kill(soc, processor)
    text = hetctl('list', '--all').stdout
    expect(re.search(rf'{soc.name}\s+shut off', text), text)
    expect('starts to record' in hetctl('trace', soc.name, '--last').stdout,
           'its recorders are gone')


@test('a SoC that has ended keeps its recorders until destroy, undefine or '
      'start, which removes also those of processors that it has no more')
def leftovers():
    with Soc('bare-pair') as soc:
        for end in 'destroy', 'start', 'undefine':
            ended(soc)
            more = soc.recorder_path('of-before')
            with open(more, 'xb'):
                pass
            os.unlink(soc.segment_path)
            hetctl(end, soc.name)
            expect(not os.path.exists(more), f'{end} has left {more}')
            if end == 'start':
                expect_equal(len(segments()), 4,
                             "memory, two recorders, the slaves' ticket")
                soc.destroy()
            expect_equal(segments(), [], f'left after {end}')


@test("what is left of another SoC's recorders is left alone")
def others():
    with Soc('bare-pair') as soc:
        soc.start()
        other = soc.recorder_path('x').replace(f'{soc.name}-',
                                               f'{soc.name}-0')
        with open(other, 'xb'):
            pass
        soc.destroy()
        expect_equal(segments(), [other], 'what is left')
        os.unlink(other)


@test('the recorders of a SoC are what its memory is: one that hetctl cannot '
      'remove is said')
def stuck():
    if os.geteuid() != 0:
        return 'not tested: needs root'
    with Soc('bare-pair') as soc:
        soc.start()
        path = soc.recorder_path(soc.slave)
        kill(soc, soc.slave)
        os.rename(path, path + '.own')
        with open(path, 'xb'):
            pass
        # A mount point cannot be unlinked.
        os.system(f'mount --bind {path}.own {path}')
        try:
            done = hetctl('destroy', soc.name, code=FAILED)
            expect(f"cannot remove flight recorder '{path}'" in done.stderr,
                   done.stderr)
        finally:
            os.system(f'umount {path}')
        hetctl('destroy', soc.name)
        expect_equal(segments(), [], 'what is left')


main()
