#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The platform memory that somebody changes underneath, or squats."""

import os
import tempfile

from het import (GUEST, STATE, Failure, Pair, Soc, domain_xml, expect,
                 expect_equal, hetctl, main, segments, test, virsh, wait_until)

FIRMWARE = ['--firmware', os.path.join(GUEST, 'pair-slave-a.elf')]
# What libvirt says of an emulator that ends before it answers
ENDED = ('Unable to read from monitor: Connection reset by peer',
         'End of file from qemu monitor', 'Missing monitor reply object')


def processors(soc):
    return {p['name']: p for p in soc.status()['processors']}


def go_on(soc, processor):
    """Its core touches what is not there any more, perhaps at once."""
    try:
        soc.qmp(processor, 'cont')
    except Failure as failure:
        expect(str(failure).endswith(ENDED), failure)


@test('memory that is cut: the emulators end, and status says why')
def truncated():
    with Pair() as soc:
        path = soc.segment_path
        size = os.path.getsize(path)
        soc.shutdown()
        # They would end, one after the other, while boot looks.
        for processor in soc.master, soc.slave:
            soc.qmp(processor, 'stop')
        os.truncate(path, 4096)
        done = hetctl('boot', soc.name, soc.slave, *FIRMWARE, code=STATE)
        expect('somebody has changed it' in done.stderr, done.stderr)
        for processor in soc.master, soc.slave:
            go_on(soc, processor)
        wait_until(lambda: soc.status()['state'] != 'running', 'an end')
        wait_until(lambda: processors(soc)[soc.master]['ended'], 'a reason')
        status = soc.status()
        expect(f'has 4096 bytes, not the {size}' in status['memory-error'],
               status['memory-error'])
        text = hetctl('status', soc.name).stdout
        expect('has ended unexpectedly' in text and '4096 bytes' in text,
               text)
        expect_equal(os.path.getsize(path), 4096, 'size')
        soc.destroy()
        expect_equal(soc.status()['memory-error'], None, 'error')
        soc.start()


@test('memory that is replaced: nothing is written into the other file')
def replaced():
    with Soc('bare-pair') as soc:
        soc.start()
        path = soc.segment_path
        os.rename(path, path + '.own')
        with open(path, 'xb') as file:
            file.truncate(os.path.getsize(path + '.own'))
        for command in ('boot', 'cycle'):
            done = hetctl(command, soc.name, soc.slave, *FIRMWARE,
                          code=STATE)
            expect('somebody has replaced it' in done.stderr, done.stderr)
        expect('replaced' in soc.status()['memory-error'], soc.status())
        expect_equal(os.stat(path).st_blocks, 0, 'blocks written')
        os.rename(path + '.own', path)
        soc.boot(firmware='pair-slave-a.elf')


def squat(path, how):
    if how == 'folder':
        os.mkdir(path)
    elif how == 'link':
        os.symlink('/etc/passwd', path)
    else:
        os.mkfifo(path)


@test('a name that somebody has taken stops nothing')
def squatted():
    for how in ('folder', 'link', 'pipe'):
        with Soc('bare-pair') as soc:
            taken = soc.segment_path
            squat(taken, how)
            try:
                soc.start()
                expect(soc.segment_path != taken, taken)
                xml = virsh('dumpxml', soc.domain(soc.slave))
                expect(taken not in xml, xml)
                soc.boot(firmware='pair-slave-a.elf')
                soc.destroy()
                expect_equal(segments(), [taken], 'segments')
            finally:
                (os.rmdir if how == 'folder' else os.unlink)(taken)
            soc.start()


@test("another's metadata: what it names is not removed")
def metadata():
    with Soc('bare-pair') as soc:
        other = '/dev/shm/foreign'
        with open(other, 'xb') as file:
            file.write(b'foreign')
        path = soc.segment_path
        domain = soc.domain(soc.master)
        xml = domain_xml(domain)
        with tempfile.NamedTemporaryFile('w', suffix='.xml') as file:
            file.write(xml.replace(path, other))
            file.flush()
            virsh('define', file.name)
        done = hetctl('start', soc.name, code=STATE)
        expect('does not say where' in done.stderr, done.stderr)
        hetctl('destroy', soc.name)
        hetctl('undefine', soc.name)
        expect(os.path.exists(other), 'it is gone')
        os.unlink(other)


main()
