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


def goal_rows(goals):
    rows = []
    for goal in goals:
        sign = 'at least' if goal.least else 'at most'
        verdict = {True: 'reached', False: 'not reached',
                   None: 'not measured'}[goal.reached]
        rows.append([goal.text, f'{sign} {goal.limit:g} {goal.unit}'.strip(),
                     number(goal.value), verdict])
    return ['figure', 'goal', 'measured', ''], rows


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
