#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The benchmark works; what it measures is no matter here."""

import json
import os
import re
import shutil
import sys
import tempfile

from het import HERE, TOP, expect, expect_equal, main, run, test

BENCH = os.path.join(os.path.dirname(HERE), 'bench')
sys.path.insert(0, BENCH)

# pylint: disable=wrong-import-position
import compute
import documents
import host
import linuxes
import qemu
import report
import rigs
from figure import Figure, Goal
from interrupt import IDM, IVSHMEM, PPOLL, Interrupt
from machine import cores_to_use


def bench(folder, *args, code=0):
    done = run(sys.executable, os.path.join(BENCH, 'bench.py'), '--quick',
               '--output', folder, *args, timeout=240)
    expect_equal(done.returncode, code, f'{done.stdout}{done.stderr}\nexit '
                 'code')
    return done


def has_peers():
    """What scripts/build-bench.sh builds; a check does without it."""
    return os.path.exists(qemu.STOCK_ARM) and os.path.exists(rigs.TOOLS)


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
    tools = rigs.TOOLS
    with tempfile.TemporaryDirectory() as folder:
        rigs.TOOLS = folder
        suite = Interrupt(cores_to_use(), 20, 1)
        suite.run()
        rigs.TOOLS = tools
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


def fabricated(folder, name, **series):
    """A file as a run leaves it: one figure, the medians of its series"""
    figure = Figure('trip', 'A trip', 'us')
    rate = Figure('rate', 'A rate', '1/s')
    for one, medians in series.items():
        for median in medians:
            (rate if one.startswith('rate') else figure).add(one, [median])
    path = os.path.join(folder, name)
    os.makedirs(path, exist_ok=True)
    with open(os.path.join(path, 'made-up.json'), 'w',
              encoding='utf-8') as file:
        json.dump({'machine': {'class': 'made up'},
                   'figures': [figure.json(), rate.json()]}, file)
    return path


def compared(folder, old, new, code):
    return bench(folder, '--compare', old, '--results', new, code=code).stdout


OLD = {'steady': [10, 11, 12], 'moves': [10, 11, 12], 'rate': [100, 101, 102],
       'rate of others': [50, 51, 52], 'few': [1, 1]}


@test('--compare says what became slower or faster beyond the spread of both '
      'runs, and ends with 3 when something became slower')
def changes():
    with tempfile.TemporaryDirectory() as folder:
        old = fabricated(folder, 'old', **OLD)
        new = fabricated(folder, 'new', **{
            **OLD, 'steady': [11.5, 12.5, 13.5], 'moves': [13, 14, 15],
            'rate': [90, 91, 92], 'rate of others': [60, 61, 62],
            'few': [5, 5]})
        output = compared(folder, old, new, 3)
        lines = {line.split('  ')[1]: line for line in output.splitlines()
                 if line.startswith('  ') and ':' in line}
        expect_equal(sorted(lines), ['rate: rate', 'rate: rate of others',
                                     'trip: moves'], 'what has changed')
        for name, verdict, ratio in (('trip: moves', 'slower', '1.27'),
                                     ('rate: rate', 'slower', '0.901'),
                                     ('rate: rate of others', 'faster',
                                      '1.20')):
            expect(verdict in lines[name] and lines[name].endswith(ratio),
                   f'{name}: {lines[name]}')
        expect('2 slower, 1 faster, 1 within the spread of both runs, 1 with '
               'less than 3 repetitions' in output, output)


@test('--compare of a run with itself, and with one that is faster, ends '
      'with 0')
def no_changes():
    with tempfile.TemporaryDirectory() as folder:
        old = fabricated(folder, 'old', **OLD)
        output = compared(folder, old, old, 0)
        expect('0 slower, 0 faster, 4 within' in output, output)
        new = fabricated(folder, 'new', **{**OLD, 'moves': [1, 2, 3]})
        file = os.path.join(new, 'made-up.json')
        expect('0 slower, 1 faster' in compared(folder, old, file, 0), 'faster')


@test('--compare refuses what is no result of a run, before anything is '
      'measured')
def no_results():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'no.json')
        for content in ('', '[]', '{"figures": 3}', '{"figures": [{}]}',
                        '{"figures": [], "machine": 3}',
                        '{"figures": [{"name": "x", "unit": "us", "medians":'
                        ' {"y": ["z"]}}]}'):
            with open(path, 'w', encoding='utf-8') as file:
                file.write(content)
            said = bench(folder, '--compare', path, code=2).stderr
            expect(f'{path}: no results' in said, said)
        empty = os.path.join(folder, 'empty')
        os.mkdir(empty)
        for old in (empty, os.path.join(folder, 'not there')):
            said = bench(folder, '--compare', old, code=2).stderr
            expect(old in said, said)


@test('a run says what is slower than in the results of another one')
def run_compared():
    with tempfile.TemporaryDirectory() as folder:
        bench(folder, '--only', 'boot')
        path = os.path.join(folder, 'boot.json')
        with open(path, encoding='utf-8') as file:
            old = json.load(file)
        medians = old['figures'][0]['medians']
        medians['QMP slave-boot'] = [m / 50 for m in medians['QMP slave-boot']]
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(old, file)
        # Where the run itself writes
        output = bench(folder, '--only', 'boot', '--compare', path,
                       code=3).stdout
        expect('boot: QMP slave-boot' in output, output)


@test('a run of one part changes its tables, goals and the list of runs in '
      'docs/performance.md, and leaves the others')
def one_part():
    page = """<!-- bench: machine -->
* **interrupt, boot** 2026-01-01: a host
* **cost** 2026-01-02: another
<!-- end -->
<!-- bench: trip -->
old
<!-- end -->
<!-- bench: load -->
other
<!-- end -->
"""
    real = documents.PAGE
    with tempfile.TemporaryDirectory() as folder:
        documents.PAGE = os.path.join(folder, 'page.md')
        try:
            with open(documents.PAGE, 'w', encoding='utf-8') as file:
                file.write(page)
            documents.update({'trip': 'new', 'machine': documents.runs(
                documents.current('machine'), ['boot', 'cost'], 'today')}, {})
            got = documents.read()
        finally:
            documents.PAGE = real
    expect_equal(got, page.replace('old', 'new').replace(
        '* **interrupt, boot** 2026-01-01: a host\n'
        '* **cost** 2026-01-02: another',
        '* **boot, cost** today\n* **interrupt** 2026-01-01: a host'), 'page')


@test('goals keep the figures of other hosts and parts, judged by the limits '
      'of today')
def goals_of_runs():
    goals = [Goal('first', 10, None, 'us'), Goal('second', 5, None)]
    old = report.from_markdown(report.as_markdown(report.GOAL_HEAD, [
        ['second', 'at most 9', '7', 'reached', 'slow', 'May'],
        ['first', 'at most 10 us', '3', 'reached', 'slow', 'May'],
        ['first', 'at most 10 us', '', 'not measured', 'fast', 'May'],
        ['gone', 'at most 1', '1', 'reached', 'slow', 'May']]))
    new = report.goal_rows([Goal('first', 10, 12.0, 'us')], 'fast', 'June')[1]
    expect_equal(report.merged_goals(goals, old, new), [
        ['first', 'at most 10 us', '12.0', 'not reached', 'fast', 'June'],
        ['first', 'at most 10 us', '3', 'reached', 'slow', 'May'],
        ['second', 'at most 5', '7', 'not reached', 'slow', 'May']], 'rows')


def left(folder, name, kind, *goals):
    """As a run leaves them: (goal, value)"""
    path = os.path.join(folder, name)
    os.mkdir(path)
    with open(os.path.join(path, 'part.json'), 'w', encoding='utf-8') as file:
        json.dump({'date': '2026-05-0' + name, 'machine': {'class': kind},
                   'figures': [], 'goals': [{'goal': text, 'value': value}
                                            for text, value in goals]}, file)
    return path


@test('--goals has the goals by several runs: median, least, most, how many '
      'reached them')
def goals_by_runs():
    trip, p99 = 'round trip, own cores, in guest timer reads', \
        'p99 / median, own cores'
    with tempfile.TemporaryDirectory() as folder:
        runs = [left(folder, '1', 'slow', (trip, 21), (p99, 1.5)),
                left(folder, '2', 'slow', (trip, 19), (p99, None), ('x', 1)),
                left(folder, '3', 'slow', (trip, 18), (p99, 1.7)),
                left(folder, '4', 'fast', (trip, 5))]
        lines = bench(folder, *[arg for path in runs
                                for arg in ('--goals', path)]).stdout.splitlines()
        cells = [re.split(r'  +', line.strip()) for line in lines]
        expect_equal(cells[1:], [
            [trip, 'at most 20', '5.00', 'reached', 'fast', '2026-05-04'],
            [trip, 'at most 20', '19.0 (18.0 to 21.0)', 'reached in 2 of 3',
             'slow', '2026-05-03, 3 runs'],
            [p99, 'at most 2', '1.60 (1.50 to 1.70)', 'reached', 'slow',
             '2026-05-03, 2 runs']], 'rows')
        old = report.from_markdown(report.as_markdown(report.GOAL_HEAD,
                                                      cells[1:]))
        expect_equal(report.merged_goals(
            [Goal(trip, 20, None), Goal(p99, 1.5, None)], old, []),
            [*cells[1:3], [p99, 'at most 1.5', '1.60 (1.50 to 1.70)',
                           'not reached', 'slow', '2026-05-03, 2 runs']],
            'with another limit')
        other = fabricated(folder, 'other', **OLD)
        said = bench(folder, '--goals', runs[0], '--goals', other, code=2).stderr
        expect(f'{other}: no goals' in said, said)


WRITE = """
import sys
import bench, documents
documents.PAGE = sys.argv.pop(1)
bench.main()
"""


@test('a run writes its own tables and goals into the page, and no others')
def written():
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, 'page.md')
        shutil.copy(documents.PAGE, page)
        done = run(sys.executable, '-c', WRITE, page, '--quick', '--only',
                   'boot', '--update-docs', '--output', folder, timeout=120,
                   cwd=BENCH)
        expect_equal(done.returncode, 0, f'{done.stdout}{done.stderr}\nexit')
        with open(page, encoding='utf-8') as file:
            after = dict(re.findall(
                r'(?s)<!-- bench: ([\w-]+) -->\n(.*?)<!-- end -->',
                file.read()))
        expect(os.path.exists(os.path.join(folder, 'performance', 'boot.svg')),
               'the plot')
    before = dict(re.findall(
        r'(?s)<!-- bench: ([\w-]+) -->\n(.*?)<!-- end -->',
        documents.read()))
    expect_equal(sorted(name for name in before
                        if before[name] != after[name]),
                 ['boot', 'goals', 'machine'], 'what has changed')
    expect(after['machine'].startswith('* **boot** '), after['machine'])
    expect('few repetitions (`--quick`)' in after['boot'], after['boot'])
    expect(re.search(r'\| register write to first store, median \|.*--quick',
                     after['goals']), after['goals'])


@test('the class of a host is what was measured of it')
def classes():
    for wake, stolen, kind in ((42.8, 0.01, 'wakes slowly, quiet'),
                               (14.0, 0.3, 'wakes fast, busy neighbours'),
                               (None, 0.3, 'not known')):
        expect_equal(host.kind({'wake': wake, 'stolen': stolen}), kind,
                     f'{wake} us, {stolen} %')
    expect('2.00 times as long, as two threads of one core' in host.describe(
        {'wake': 14.0, 'together': 2.0, 'timer': None, 'stolen': 0.0}),
           'two threads')
    facts = host.measure(cores_to_use())
    names = ['timer', 'wake', 'together'] if has_peers() else ['timer']
    for name in names:
        expect(facts[name] and 0 < facts[name] < 10000, f'{name}: {facts}')


@test('processors compute the same with and without the series, and two at '
      'once')
def computing():
    suite = compute.Compute(cores_to_use(), 0.05, 1)
    suite.run()
    peers = [] if has_peers() else [compute.STOCK, compute.STOCK_2]
    expect_equal(sorted(suite.work.failures), peers, 'what has failed')
    expect_equal(sorted(suite.work.series),
                 sorted(set(compute.MAKERS) - set(peers)), 'series')
    expect(suite.loops['calls'].median(compute.SLAVE) > 0, 'instructions')


@test('Linux boots on machine virt with one processor and two, with the '
      'series and without, and counts its instructions')
def linux_boots():
    counted = linuxes.instructions()
    expect(10**8 < counted < 10**11, f'{counted} instructions')
    suite = linuxes.Linux(1, 1)
    for series in [*([linuxes.STOCK] if has_peers() else []),
                   linuxes.OURS + linuxes.TWO]:
        suite.repeat(series, linuxes.MAKERS[series], counted)
        expect(0 < suite.cpu.median(series) < 2 * suite.shell.median(series),
               f'{series}: CPU time of the vCPUs')
        expect(suite.busy.median(series) > 0, f'{series}: two processes')


main()
