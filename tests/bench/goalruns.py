# SPDX-License-Identifier: GPL-2.0-or-later
"""Goals by several runs of the benchmark: what was measured in each."""

from compare import NoResults, load, spread
from report import VERDICTS
from svg import number


def read(path):
    """[(text of the goal, value, class of the host, date)] of a run: its
    --output"""
    found = []
    for run in load(path):
        try:
            found += [(goal['goal'], float(goal['value']),
                       run['machine']['class'], str(run['date']))
                      for goal in run['goals'] if goal['value'] is not None]
        except (KeyError, TypeError, ValueError) as error:
            raise NoResults(f'{path}: no goals of a run of the benchmark: '
                            f'{error!r}') from error
    return found


def verdict(goal, values):
    """@values: one at least"""
    held = sum(goal.holds(value) for value in values)
    if held in (0, len(values)):
        return VERDICTS[held > 0]
    return f'reached in {held} of {len(values)}'


def rows(goals, runs):
    """As goal_rows() of `report`: for each goal and class of host the median
    of the runs, with the least and the most. @runs: what read() has of each"""
    found = {}
    for text, value, kind, date in (one for run in runs for one in run):
        found.setdefault((text, kind), []).append((value, date))
    known = {goal.text: goal for goal in goals}
    shown = []
    for (text, kind), measured in found.items():
        if text in known:
            values = [value for value, _ in measured]
            count = f', {len(values)} runs' if len(values) > 1 else ''
            shown.append([text, known[text].wanted(),
                          spread(values) if count else number(values[0]),
                          verdict(known[text], values), kind,
                          max(date for _, date in measured) + count])
    return sorted(shown, key=lambda row: (list(known).index(row[0]), row[4]))
