#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The benchmark: ./bootstrap bench [--quick] [--update-docs] [--compare OLD]

Needs a libvirt of its own (tests/system/private-libvirt) and what
scripts/build-bench.sh builds. Exit codes: 0, 1 when something could not be
measured, 2 for wrong arguments, 3 when --compare has found something that
became slower; goals that are not reached are no failure.
"""

import argparse
import datetime
import json
import os
import sys
import time

import compare
import documents
import goalruns
import host
import report
import svg
from boot import Boot, Commands
from compute import Compute
from cost import Cost
from debug import Debug
from density import Density
from het import BUILD
from interrupt import Interrupt
from linuxes import Linux
from machine import Machine, cores_to_use
from rpmsg import Rpmsg
from saved import Saved
from scale import LinuxBoot, Load, Start
from tracing import Trace

OTHER_PARTS = ('machine', 'goals', 'profile-cpu', 'profile-events',
               'profile-parts', 'profile-symbols')


def suites(quick):
    """name: what measures it"""
    cpus = cores_to_use()
    if quick:
        return {'interrupt': Interrupt(cpus, 400, 3),
                'boot': Boot(cpus, 100, 3), 'load': Load(200, 1),
                'cost': Cost(cpus, 0.5, 50, 2), 'commands': Commands(5, 2),
                'start': Start(1), 'linux-boot': LinuxBoot(1),
                'linux': Linux(4, 1), 'compute': Compute(cpus, 0.3, 3),
                'rpmsg': Rpmsg(100, 1, 1000), 'debug': Debug(20, 1),
                'trace': Trace(5, 1), 'saved': Saved(2, 4),
                'density': Density(2, 1, 3, ['rpmsg-echo'])}
    return {'interrupt': Interrupt(cpus, 4000, 10),
            'boot': Boot(cpus, 500, 10), 'load': Load(2000, 5),
            'cost': Cost(cpus, 2, 200, 12), 'commands': Commands(20, 5),
            'start': Start(5), 'linux-boot': LinuxBoot(5),
            'linux': Linux(16, 5), 'compute': Compute(cpus, 2, 10),
            'rpmsg': Rpmsg(500, 10, 10000), 'debug': Debug(50, 5),
            'trace': Trace(8, 5), 'saved': Saved(5, 32),
            'density': Density(24, 20, 5)}


class Results:
    def __init__(self, quick, folder):
        self.quick, self.folder = quick, folder
        self.machine = Machine(host.measure(cores_to_use()))
        self.figures, self.goals, self.plots = [], [], {}
        self.parts = []
        self.profile = None
        self.failed = []

    def take(self, name, suite):
        print(f'== {name}', flush=True)
        start = time.monotonic()
        try:
            suite.run()
        except Exception as error:  # the others are still worth it
            self.failed.append(f'{name}: {error!r}')
            print(f'  FAILED: {error!r}\n', flush=True)
            return
        figures, goals = suite.figures, list(suite.goals())
        self.figures += figures
        self.goals += goals
        self.parts.append(name)
        self.profile = getattr(suite, 'profile', self.profile)
        for figure in figures:
            self.show(name, figure)
        self.save(name, figures, goals, getattr(suite, 'profile', None))
        print(f'  ({time.monotonic() - start:.0f} s)\n', flush=True)

    def show(self, name, figure):
        print(f'{figure.title}\n' +
              report.as_text(*report.figure_rows(figure)) + '\n')
        self.failed += [f'{name}: {figure.name}: {series}: {error}'
                        for series, error in figure.failures.items()]

    def save(self, name, figures, goals, profile):
        units = {}
        for figure in figures:
            if figure.series:
                units.setdefault(figure.unit, []).append(figure)
        for alike in units.values():
            file = f'{alike[0].name}.svg'
            self.plots[file] = svg.plot(alike)
            self.write(file, self.plots[file])
        self.write(f'{name}.json', json.dumps(
            {'quick': self.quick, 'date': self.date(),
             'machine': self.machine.json(),
             'figures': [figure.json() for figure in figures],
             'goals': [goal.json() for goal in goals],
             **({'profile': profile} if profile else {})}, indent=1) + '\n')

    def write(self, name, content):
        with open(os.path.join(self.folder, name), 'w',
                  encoding='utf-8') as file:
            file.write(content)

    def json(self):
        """As load() of `compare` has those of another run"""
        return [{'machine': self.machine.json(),
                 'figures': [figure.json() for figure in self.figures]}]

    def date(self):
        """Of which run this is"""
        return datetime.date.today().isoformat() + \
            (', `--quick`' if self.quick else '')

    def goal_rows(self):
        return report.goal_rows(self.goals, self.machine.json()['class'],
                                self.date())

    def show_goals(self):
        print(report.as_text(*self.goal_rows()) + '\n')
        if self.profile:
            for rows in self.profile_rows().values():
                print(report.as_text(*rows) + '\n')
        print(self.machine.describe())

    def profile_rows(self):
        return {'profile-cpu': report.cpu_rows(self.profile),
                'profile-events': report.event_rows(self.profile),
                'profile-parts': report.share_rows(self.profile['parts']),
                'profile-symbols': report.share_rows(self.profile['symbols'])}

    def plot_link(self, figure):
        """A plot belongs to the first of its figures."""
        name = f'{figure.name}.svg'
        return f'![{figure.title}]({documents.plot(name)})\n\n' \
            if name in self.plots else ''

    def documents(self):
        """What was measured; the rest of the page stays as it is."""
        how = 'few repetitions (`--quick`)' if self.quick else \
            'all repetitions'
        date = datetime.date.today().isoformat()
        note = f'\n\n{date}, {self.machine.json()["class"]}; {how}.'
        _, rows = self.goal_rows()
        goals = report.merged_goals(
            # Of fewer clones there are others.
            [*all_goals(), *self.goals],
            report.from_markdown(documents.current('goals')), rows)
        parts = {
            'machine': documents.runs(
                documents.current('machine'), self.parts,
                f'{date}, {how}: {self.machine.describe()}'),
            'goals': report.as_markdown(report.GOAL_HEAD, goals)}
        for figure in self.figures:
            parts[figure.name] = self.plot_link(figure) + \
                report.as_markdown(*report.figure_rows(figure)) + note
        if self.profile:
            parts.update({name: report.as_markdown(*rows) + note
                          for name, rows in self.profile_rows().items()})
        documents.update(parts, self.plots)


def all_goals():
    return [goal for suite in suites(False).values() for goal in suite.goals()]


def show_goals(runs, update):
    """The goals by several runs"""
    rows = goalruns.rows(all_goals(), runs)
    print(report.as_text(report.GOAL_HEAD, rows))
    if update:
        merged = report.merged_goals(
            all_goals(), report.from_markdown(documents.current('goals')),
            rows)
        documents.update({'goals': report.as_markdown(report.GOAL_HEAD,
                                                      merged)}, {})


def show_changes(old, new):
    """Whether nothing became slower"""
    found = compare.changes(old, new)
    print(report.as_text(*compare.rows(found)) + '\n')
    line = compare.hosts(old, new)
    if line:
        print(line)
    print(compare.summary(found))
    return all(change[0] != compare.SLOWER for change in found)


def arguments():
    parser = argparse.ArgumentParser(prog='./bootstrap bench')
    parser.add_argument('--quick', action='store_true',
                        help='few repetitions, some minutes')
    parser.add_argument('--update-docs', action='store_true',
                        help='write the figures into docs/performance.md; with '
                        '--only, those that were measured')
    parser.add_argument('--compare', metavar='OLD',
                        help='say what became slower or faster than in another '
                        'run, beyond the spread of both: its --output, or a '
                        'JSON file of it; exit code 3 when something became '
                        'slower')
    parser.add_argument('--results', metavar='NEW',
                        help='what --compare compares: measured before, too')
    parser.add_argument('--goals', metavar='RUN', action='append',
                        help='measure nothing: the goals by runs of before '
                        '(the --output of each, as often as wanted), with the '
                        'least and the most; --update-docs writes them into '
                        'the page')
    parser.add_argument('--only', metavar='NAME', action='append',
                        choices=suites(True),
                        help='one of: ' + ' '.join(suites(True)))
    parser.add_argument('--markers', action='store_true',
                        help='only print what docs/performance.md can show')
    parser.add_argument('--output', metavar='FOLDER',
                        default=os.path.join(BUILD, 'bench'),
                        help='of the JSON and SVG files')
    args = parser.parse_args()
    if args.results and not args.compare:
        parser.error('--results is for --compare')
    try:
        # A run may write into the folder.
        args.old = args.compare and compare.load(args.compare)
        args.new = args.results and compare.load(args.results)
        args.runs = args.goals and [goalruns.read(run) for run in args.goals]
    except compare.NoResults as error:
        parser.error(str(error))
    return args


def main():
    args = arguments()
    if args.results:
        sys.exit(0 if show_changes(args.old, args.new) else 3)
    if args.goals:
        show_goals(args.runs, args.update_docs)
        return
    os.makedirs(args.output, exist_ok=True)
    all_of_them = suites(args.quick)
    wanted = {name: suite for name, suite in all_of_them.items()
              if not args.only or name in args.only}
    markers = [*OTHER_PARTS, *(figure.name for suite in all_of_them.values()
                               for figure in suite.figures)]
    if args.markers:
        print('\n'.join(markers))
        return
    if args.update_docs:
        documents.check(markers)
    sys.exit(measure(args, wanted))


def measure(args, wanted):
    """The exit code"""
    start = time.monotonic()
    results = Results(args.quick, args.output)
    for name, suite in wanted.items():
        results.take(name, suite)
    results.show_goals()
    print(f'{time.monotonic() - start:.0f} s; {args.output}/*.json, *.svg')
    slower = args.old and not show_changes(args.old, results.json())
    for failure in results.failed:
        print(f'NOT MEASURED: {failure}', file=sys.stderr)
    if results.failed:
        return 1
    if args.update_docs:
        results.documents()
    return 3 if slower else 0


if __name__ == '__main__':
    main()
