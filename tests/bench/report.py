# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of figures, goals and profiles: text for the terminal, Markdown for
docs/performance.md."""

from svg import number


def figure_rows(figure):
    """Head and rows of cells"""
    ratios = {series: figure.ratios(series) for series in figure.series}
    ours = [i for i in range(len(figure.ours))
            if any(ratio[i] for ratio in ratios.values())]
    names = list(figure.ours)
    head = ['', f'median, {figure.unit}', 'p99', 'medians of repetitions']
    head += [f'{names[i]} / this' for i in ours]
    rows = []
    for series in figure.series:
        s = figure.summary(series)
        rows.append([series, number(s['median']),
                     number(s['p99']) if s['samples'] > s['repetitions']
                     else '', f'{number(s["low"])} to {number(s["high"])}',
                     *(number(ratios[series][i]) for i in ours)])
    for series, error in figure.failures.items():
        rows.append([series, f'failed: {error}'])
    return head, rows


GOAL_HEAD = ['figure', 'goal', 'measured', '', 'host', 'of']
VERDICTS = {True: 'reached', False: 'not reached', None: 'not measured'}


def goal_rows(goals, kind, when):
    """@kind: the class of the host, @when: of which run these are"""
    return GOAL_HEAD, [[goal.text, goal.wanted(), number(goal.value),
                        VERDICTS[goal.reached], kind, when] for goal in goals]


def merged_goals(goals, old, new):
    """Rows of the page and of a run, for each goal and class of host; what is
    no goal any more is dropped, and a new limit is for the old ones as well.
    @goals: all that there are"""
    known = {goal.text: goal for goal in goals}
    rows = {(row[0], row[4]): judged(known[row[0]], row) for row in old
            if row[0] in known and len(row) == len(GOAL_HEAD)}
    rows.update({(row[0], row[4]): row for row in new})
    order = list(known)
    return sorted(rows.values(), key=lambda row: (order.index(row[0]), row[4]))


def judged(goal, row):
    """A row of the page, with the limit of today"""
    if row[1] == goal.wanted():
        return row
    try:
        verdict = VERDICTS[goal.holds(float(row[2].split(' (')[0]))]
    except ValueError:
        verdict = VERDICTS[None]
    return [row[0], goal.wanted(), row[2], verdict, *row[4:]]


def from_markdown(text):
    """Rows of a table, without its head"""
    lines = [line for line in text.splitlines() if line.startswith('| ')]
    return [[cell.strip() for cell in line.strip('|').split(' | ')]
            for line in lines[1:]]


def cpu_rows(profile):
    rows = [[f'{name}: {thread}', number(ran), number(waited)]
            for name, thread, ran, waited in profile['cpu']
            if ran >= 0.05]
    return ['thread', 'runs, us', 'waits for a core, us'], rows


def event_rows(profile):
    return ['process', '', 'in a round trip'], \
        [[process, what, number(often)] for process, what, often
         in profile['events']]


def share_rows(shares, least=0.5):
    head = ['process', '', '% of samples']
    if shares is None:
        return head, [['not measured: perf is not installed, or may not']]
    return head, [[process, what, f'{percent:.1f}']
                  for process, what, percent in shares if percent >= least]


def as_text(head, rows):
    rows = [head, *rows]
    width = [max(len(row[i]) for row in rows if i < len(row) and
                 (i == 0 or len(row) > 2 or len(head) == 2))
             for i in range(len(head))]
    lines = []
    for cells in rows:
        lines.append('  ' + '  '.join(
            cell.ljust(width[i]) if i == 0 else cell.rjust(width[i])
            for i, cell in enumerate(cells)).rstrip())
    return '\n'.join(lines)


def as_markdown(head, rows):
    def line(cells):
        cells = [cell.replace('|', '\\|').replace('\n', ' ') for cell in cells]
        return '| ' + ' | '.join(cells + [''] * (len(head) - len(cells))) + \
            ' |'
    return '\n'.join([line(head), '|---' * len(head) + '|',
                      *map(line, rows)])
