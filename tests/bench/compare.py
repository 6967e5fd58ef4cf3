# SPDX-License-Identifier: GPL-2.0-or-later
"""What became slower or faster since another run, whose JSON is there."""

import glob
import json
import os
import statistics

from svg import number

# Fewer say nothing of how far apart they are.
REPETITIONS = 3
# What is less is no matter, however close the repetitions are.
LEAST = 0.02
SLOWER, FASTER, SAME, FEW = 'slower', 'faster', 'the same', 'too few'


class NoResults(Exception):
    """The path does not hold what a run has left."""


def load(path):
    """[content of a JSON file of a run]; @path: such a file, or a folder"""
    files = sorted(glob.glob(os.path.join(path, '*.json'))) \
        if os.path.isdir(path) else [path]
    runs = []
    for name in files:
        try:
            with open(name, encoding='utf-8') as file:
                run = json.load(file)
            figures(run)
            kind(run)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) \
                as error:
            raise NoResults(f'{name}: no results of a run of the benchmark: '
                            f'{error!r}') from error
        runs.append(run)
    if not runs:
        raise NoResults(f'{path}: no *.json in this folder: --output of a run '
                        'has them')
    return runs


def figures(run):
    """{(figure, series): (medians of the repetitions, unit, better)}"""
    found = {}
    for figure in run['figures']:
        better = figure.get('better') or better_of(figure['unit'])
        for series, medians in figure['medians'].items():
            found[figure['name'], series] = (
                [float(median) for median in medians], figure['unit'], better)
    return found


def kind(run):
    """The class of its host; runs of before there were any have none."""
    return str(run.get('machine', {}).get('class', 'not known'))


def better_of(unit):
    """What is good of such figures"""
    return 'more' if unit.endswith('/s') else 'less'


def verdict(old, new, better):
    """Of the medians of the repetitions: they do not overlap, or they do."""
    if min(len(old), len(new)) < REPETITIONS:
        return FEW
    before, after = statistics.median(old), statistics.median(new)
    if max(old) >= min(new) and max(new) >= min(old) or \
            abs(after - before) < LEAST * abs(before):
        return SAME
    return FASTER if (after > before) == (better == 'more') else SLOWER


def changes(old_runs, new_runs):
    """[(verdict, figure, series, unit, medians before, after)] of all that is
    in both"""
    old, new = ({key: value for run in runs
                 for key, value in figures(run).items()}
                for runs in (old_runs, new_runs))
    return [(verdict(old[key][0], new[key][0], better), *key, unit,
             old[key][0], new[key][0])
            for key, (_, unit, better) in new.items() if key in old]


def spread(medians):
    return (f'{number(statistics.median(medians))} '
            f'({number(min(medians))} to {number(max(medians))})')


def rows(found):
    """Head and rows of what has changed, what became slower first"""
    shown = []
    for wanted in (SLOWER, FASTER):
        for what, figure, series, unit, old, new in found:
            if what == wanted:
                before = statistics.median(old)
                ratio = number(statistics.median(new) / before) \
                    if before else ''
                shown.append([f'{figure}: {series}', what, spread(old),
                              spread(new), unit, ratio])
    return ['', '', 'before', 'now', '', 'now / before'], shown


def summary(found):
    count = {what: sum(change[0] == what for change in found)
             for what in (SLOWER, FASTER, SAME, FEW)}
    return (f'{count[SLOWER]} slower, {count[FASTER]} faster, {count[SAME]} '
            f'within the spread of both runs, {count[FEW]} with less than '
            f'{REPETITIONS} repetitions')


def hosts(old_runs, new_runs):
    """A line where they are of different classes"""
    old, new = (' and '.join(sorted({kind(run) for run in runs}))
                for runs in (old_runs, new_runs))
    if old == new:
        return None
    return f'Of another class of host: before {old}, now {new}'
