#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The benchmark works; what it measures is no matter here."""

import json
import os
import sys
import tempfile

from het import HERE, TOP, expect, expect_equal, main, run, test

BENCH = os.path.join(os.path.dirname(HERE), 'bench')
sys.path.insert(0, BENCH)

# pylint: disable=wrong-import-position
import documents
import rigs
from figure import Figure
from interrupt import IDM, IVSHMEM, PPOLL, Interrupt
from machine import cores_to_use


def bench(folder, *args, code=0):
    done = run(sys.executable, os.path.join(BENCH, 'bench.py'), '--quick',
               '--output', folder, *args, timeout=120)
    expect_equal(done.returncode, code, f'{done.stdout}{done.stderr}\nexit '
                 'code')
    return done


@test('the benchmark measures a boot from the host and from the guest')
def boot():
    with tempfile.TemporaryDirectory() as folder:
        output = bench(folder, '--only', 'boot').stdout
        expect('QMP slave-boot' in output, output)
        with open(os.path.join(folder, 'boot.json'),
                  encoding='utf-8') as file:
            figure = json.load(file)['figures'][0]
        for series in ("master's register write", 'QMP slave-boot'):
            summary = figure['summary'][series]
            expect_equal((summary['samples'], summary['repetitions']),
                         (300, 3), f'{series}: samples and repetitions')
            expect(0 < summary['low'] <= summary['median'] <= summary['high'],
                   f'{summary}')
        with open(os.path.join(folder, 'boot.svg'), encoding='utf-8') as file:
            expect('QMP slave-boot' in file.read(), 'the plot')


@test('a peer that cannot be measured is a failure of the benchmark, not of '
      'the others')
def missing_peer():
    with tempfile.TemporaryDirectory() as folder:
        rigs.TOOLS = folder
        suite = Interrupt(cores_to_use(), 20, 1)
        suite.run()
        own = suite.variants[rigs.OWN]
        expect(own.median(IDM) > 0, 'IDM was not measured')
        for peer in (IVSHMEM, PPOLL):
            expect(folder in own.failures.get(peer, ''),
                   f'{peer}: {own.failures}')
        verdicts = {goal.text: goal.reached for goal in suite.goals()}
        expect_equal(verdicts['ivshmem-flat / IDM, own cores'], None,
                     'a goal without its peer')


@test('ratios are those of the repetitions, in which both were measured')
def ratios():
    figure = Figure('x', 'x', 'us', ours=('ours',))
    for ours, theirs in ((1, 2), (10, 20), (3, 30)):
        figure.add('ours', [ours, ours])
        figure.add('theirs', [theirs])
    expect_equal(figure.ratios('theirs'), [0.5], 'ratio')
    expect_equal(figure.summary('ours'),
                 {'median': 3, 'p99': 10, 'low': 1, 'high': 10,
                  'repetitions': 3, 'samples': 6}, 'summary')


@test('docs/performance.md shows nothing that the benchmark does not measure')
def markers():
    done = run(sys.executable, os.path.join(BENCH, 'bench.py'), '--markers')
    expect_equal(done.returncode, 0, done.stderr)
    names = done.stdout.split()
    documents.check(names)
    shown = [name for _, name, _ in documents.MARKERS.findall(
        documents.read())]
    expect_equal(sorted(shown), sorted(names), f'markers below {TOP}')


main()
