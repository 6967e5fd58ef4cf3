#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hetctl without threads, without room in files, without descriptors: an error
before anything is changed, or it does without."""

import resource

from het import (FAILED, HETCTL, OK, RESOURCE, Soc, expect, expect_equal,
                 hetctl, main, run, test)
from kinds import three_text

GIB = 1 << 30
ROOM = 400 << 20        # address space without threads


def limited(threads, *args):
    """A thread takes a GiB of address space for its stack: no more than so
    many can be had. It is as with RLIMIT_NPROC, which root does not obey."""
    def limit():
        resource.setrlimit(resource.RLIMIT_STACK, (GIB, GIB))
        resource.setrlimit(resource.RLIMIT_AS, (ROOM + threads * GIB,) * 2)
    return run(HETCTL, *args, preexec_fn=limit)


@test('start with no thread changes nothing, with few it takes turns')
def threads():
    codes = []
    with Soc('three', text=three_text()) as soc:
        for count in range(8):
            done = limited(count, 'start', soc.name)
            codes.append(done.returncode)
            if not count:
                expect_equal(done.returncode, RESOURCE, done.stderr)
                expect('no thread can be had' in done.stderr, done.stderr)
                soc.expect_nothing_left(defined=True)
                continue
            expect_equal(done.returncode, OK, f'{count}: {done.stderr}')
            expect_equal(soc.status()['state'], 'running', f'{count}')
            done = limited(count, 'status', soc.name)
            expect_equal(done.returncode, OK, f'{count}: {done.stderr}')
            expect('not answering' not in done.stdout, done.stdout)
            # Who ends something needs none.
            done = limited(count % 3, 'destroy', soc.name)
            expect_equal(done.returncode, OK, f'{count}: {done.stderr}')
            soc.expect_nothing_left(defined=True)


@test('start that may write no file of that size: an error, nothing is left')
def file_size():
    with Soc('bare-pair') as soc:
        for size in (0, 1, 100, 4096, 1 << 20):
            done = run(HETCTL, 'start', soc.name, preexec_fn=lambda: (
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))))
            expect(done.returncode in (FAILED, RESOURCE),
                   f'{size}: {done.returncode} {done.stderr}')
            expect(done.stderr.startswith('error: '), done.stderr)
            soc.expect_nothing_left(defined=True)
        soc.start()


@test('start and trace with few descriptors: an error and nothing is left, or '
      'they do it')
def few_descriptors():
    codes = []
    with Soc('bare-pair') as soc:
        # With less GLib ends the process before hetctl has done anything.
        for count in (16, 17, 18, 20, 32):
            def limit(count=count):
                resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))
            done = run(HETCTL, 'start', soc.name, preexec_fn=limit)
            codes.append(done.returncode)
            expect(done.returncode >= 0, f'{count}: {done.returncode}')
            if done.returncode:
                expect(done.stderr.startswith('error: '), done.stderr)
                hetctl('destroy', soc.name)
                soc.expect_nothing_left(defined=True)
                continue
            done = run(HETCTL, 'trace', soc.name, '--last', preexec_fn=limit)
            expect(done.returncode >= 0, f'{count}: {done.returncode}')
            hetctl('destroy', soc.name)
        expect_equal(codes[-1], OK, 'with the most')
    return f'exit codes {codes}'


@test('started without descriptors 0 to 2')
def descriptors():
    def closed(which, *args):
        return run('sh', '-c', f'exec "$@" {which}', 'sh', HETCTL, *args)
    with Soc('bare-pair') as soc:
        for which in ('<&-', '<&- >&-', '<&- >&- 2>&-', '>&- 2>&-'):
            done = closed(which, 'start', soc.name)
            expect_equal(done.returncode, OK, which + done.stderr)
            done = closed(which, 'status', soc.name)
            if '>&-' not in which:
                expect(done.stdout.startswith('soc '), done.stdout)
            else:
                expect_equal(done.returncode, FAILED, which)
            if which == '<&- >&-':
                expect('cannot write the output' in done.stderr, done.stderr)
            expect_equal(soc.status()['state'], 'running', which)
            hetctl('destroy', soc.name)


main()
