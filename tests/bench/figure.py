# SPDX-License-Identifier: GPL-2.0-or-later
"""A figure: what was measured, for each peer, over the repetitions."""

import statistics

from compare import better_of


def percentile(values, percent):
    """Of sorted values, the one that so many of them do not exceed."""
    return values[min(len(values) - 1, len(values) * percent // 100)]


class Figure:
    """Samples of several series, taken in turns."""

    def __init__(self, name, title, unit, ours=(), better=None):
        self.name, self.title, self.unit = name, title, unit
        self.better = better or better_of(unit)
        # What of ours each series is compared with: its name, or a function
        # of the series' name
        self.ours = {our: (lambda _, our=our: our) for our in ours}
        self.series = {}
        self.failures = {}

    def add(self, series, samples):
        """A repetition."""
        self.series.setdefault(series, []).append(list(samples))

    def fail(self, series, error):
        self.failures.setdefault(series, str(error))

    def medians(self, series):
        return [statistics.median(samples)
                for samples in self.series.get(series, [])]

    def median(self, series):
        medians = self.medians(series)
        return statistics.median(medians) if medians else None

    def summary(self, series):
        medians = self.medians(series)
        if not medians:
            return None
        samples = sorted(sample for repetition in self.series[series]
                         for sample in repetition)
        return {'median': statistics.median(medians),
                'p99': percentile(samples, 99),
                'low': min(medians), 'high': max(medians),
                'repetitions': len(medians), 'samples': len(samples)}

    def is_ours(self, series):
        return any(name(series) == series for name in self.ours.values())

    def difference(self, series, peer):
        """As ratio()."""
        pairs = zip(self.medians(series), self.medians(peer))
        differences = [ours - theirs for ours, theirs in pairs]
        return statistics.median(differences) if differences else None

    def ratios(self, peer):
        """Of each of ours to this peer."""
        names = [name(peer) for name in self.ours.values()]
        return [self.ratio(name, peer) if name in self.series and name != peer
                else None for name in names]

    def ratio(self, series, peer):
        """The median of what the repetitions say: each had both of them."""
        pairs = zip(self.medians(series), self.medians(peer))
        ratios = [ours / theirs for ours, theirs in pairs if theirs]
        return statistics.median(ratios) if ratios else None

    def json(self):
        return {'name': self.name, 'title': self.title, 'unit': self.unit,
                'better': self.better,
                'failures': self.failures,
                'summary': {s: self.summary(s) for s in self.series},
                'medians': {s: self.medians(s) for s in self.series},
                'ratios': {s: dict(zip(self.ours, self.ratios(s)))
                           for s in self.series},
                'quantiles': {s: self.quantiles(s) for s in self.series}}

    def quantiles(self, series):
        samples = sorted(sample for repetition in self.series[series]
                         for sample in repetition)
        return {str(p): percentile(samples, p)
                for p in (1, 5, 10, 25, 50, 75, 90, 95, 99)}


class Goal:
    """value <= limit, or >= when `least`; None: there is no value."""

    def __init__(self, text, limit, value, unit='', least=False):
        self.text, self.limit, self.value = text, limit, value
        self.unit, self.least = unit, least

    @property
    def reached(self):
        return None if self.value is None else self.holds(self.value)

    def holds(self, value):
        return value >= self.limit if self.least else value <= self.limit

    def wanted(self):
        sign = 'at least' if self.least else 'at most'
        return f'{sign} {self.limit:g} {self.unit}'.strip()

    def json(self):
        return {'goal': self.text, 'limit': self.limit, 'value': self.value,
                'unit': self.unit, 'least': self.least,
                'reached': self.reached}
