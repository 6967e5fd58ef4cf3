# SPDX-License-Identifier: GPL-2.0-or-later
"""A plot as SVG: rows with a dot for the median and lines for the spread."""

import math
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, ROW, HEAD = 775, 205, 80, 22, 30
INK, PALE, OURS, PEER = '#222', '#ddd', '#0b66c3', '#777'


def ticks_log(low, high):
    """Powers of ten, with 2 and 5 where there is room."""
    decades = range(math.floor(math.log10(low)),
                    math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if high / low < 1000 else (1,)
    return [step * 10.0 ** d for d in decades for step in steps
            if low <= step * 10.0 ** d <= high]


def ticks_linear(high):
    step = 10.0 ** math.floor(math.log10(high / 2))
    while high / step > 8:
        step *= 2 if str(step / 10 ** math.floor(math.log10(step)))[0] != '2' \
            else 2.5
    return [step * i for i in range(int(high / step) + 1)]


class Axis:
    """Logarithmic when the values are far apart and none is 0."""

    def __init__(self, values):
        low, high = min(values), max(values)
        self.log = low > 0 and high / low > 20
        self.low = low / 1.5 if self.log else 0
        self.high = high * (1.5 if self.log else 1.05) or 1
        self.ticks = ticks_log(self.low, self.high) if self.log else \
            ticks_linear(self.high)

    def x(self, value):
        if self.log:
            part = math.log(max(value, self.low) / self.low) / \
                math.log(self.high / self.low)
        else:
            part = value / self.high
        return LEFT + part * (WIDTH - LEFT - RIGHT)


def number(value):
    """Three digits"""
    if value is None:
        return ''
    if value == 0:
        return '0'
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f'{value:.{min(digits, 4)}f}'


def text(x, y, content, anchor='start', extra=''):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {extra}>'
            f'{escape(content)}</text>')


def line(x1, y1, x2, y2, color, width):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{color}" stroke-width="{width}"/>')


def row(axis, y, label, quantiles, ours):
    color = OURS if ours else PEER
    x = {q: axis.x(value) for q, value in quantiles.items()}
    extra = f'fill="{OURS}" font-weight="bold"' if ours else ''
    return [text(LEFT - 10, y + 4, label, 'end', extra),
            line(x['1'], y, x['99'], y, color, 1.5),
            line(x['25'], y, x['75'], y, color, 7),
            f'<circle cx="{x["50"]:.1f}" cy="{y}" r="5" fill="{color}"/>',
            text(max(x['99'], x['50']) + 8, y + 4, number(quantiles['50']))]


def grid(axis, top, bottom, unit):
    parts = []
    for tick in axis.ticks:
        parts.append(line(axis.x(tick), top, axis.x(tick), bottom, PALE, 1))
        parts.append(text(axis.x(tick), bottom + 16, f'{tick:g}', 'middle'))
    parts.append(text(WIDTH - 6, bottom + 16, unit, 'end'))
    return parts


def plot(figures):
    """One below the other, on one axis."""
    figures = [figure for figure in figures if figure.series]
    rows = [(figure, series, {**figure.quantiles(series),
                              '50': figure.median(series)})
            for figure in figures for series in figure.series]
    axis = Axis([value for _, _, quantiles in rows
                 for q, value in quantiles.items() if q in ('1', '50', '99')])
    bottom = HEAD * len(figures) + ROW * len(rows) + 6
    body, y, current = grid(axis, 6, bottom, figures[0].unit), 0, None
    for figure, series, quantiles in rows:
        if figure is not current:
            current, y = figure, y + HEAD
            body.append(text(10, y - 10, figure.title, extra=f'fill="{INK}" '
                             'font-weight="bold"'))
        body += row(axis, y + ROW // 2, series, quantiles,
                    figure.is_ours(series))
        y += ROW
    height = bottom + 26
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
            f'height="{height}" viewBox="0 0 {WIDTH} {height}" '
            f'font-family="sans-serif" font-size="12" fill="{INK}">\n'
            f'<rect width="100%" height="100%" fill="#fff"/>\n' +
            '\n'.join(body) + '\n</svg>\n')
