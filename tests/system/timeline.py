# SPDX-License-Identifier: GPL-2.0-or-later
"""A picture of a piece of a trace, out of the JSON for Perfetto."""

import collections
from xml.sax.saxutils import escape

LEFT, WIDTH, RIGHT, ROW, TOP_MARGIN = 190, 760, 40, 30, 34
HALTED = 'halted'
COLOURS = ('#4878a8', '#a85848', '#589858', '#8868a8')


class Timeline:
    """What happens from `start` to `end`, both in microseconds."""

    def __init__(self, events, start, end):
        self.start, self.end = start, end
        self.names = {}
        self.slices = collections.defaultdict(list)
        self.instants = collections.defaultdict(list)
        self.arrows = collections.defaultdict(dict)
        for event in events:
            self.add(event)
        keys = sorted(set(self.slices) | set(self.instants) |
                      {(end['pid'], end['tid'])
                       for ends in self.arrows.values() if len(ends) == 2
                       for end in ends.values()})
        self.rows = {key: i for i, key in enumerate(keys)}

    def add(self, event):
        key = event['pid'], event['tid']
        if event['ph'] == 'M':
            self.names[event['name'], *key] = event['args']['name']
        elif event['ph'] == 'X':
            if event['ts'] < self.end and \
                    event['ts'] + event['dur'] > self.start:
                self.slices[key].append(event)
        elif self.start <= event['ts'] <= self.end:
            if event['ph'] == 'i':
                self.instants[key].append(event)
            else:
                self.arrows[event['id']][event['ph']] = event

    def x(self, ts):
        ts = min(max(ts, self.start), self.end)
        return LEFT + WIDTH * (ts - self.start) / (self.end - self.start)

    def y(self, key):
        return TOP_MARGIN + ROW * self.rows[key]

    def label(self, key):
        process = self.names.get(('process_name', key[0], 0), '')
        thread = self.names.get(('thread_name', *key), '')
        return f'{process}: {thread}'

    def row(self, key):
        y, colour = self.y(key), COLOURS[(key[0] - 1) % len(COLOURS)]
        yield (f'<text x="4" y="{y + 17}" font-size="12">'
               f'{escape(self.label(key))}</text>')
        yield (f'<line x1="{LEFT}" y1="{y + 22}" x2="{LEFT + WIDTH}" '
               f'y2="{y + 22}" stroke="#ccc"/>')
        for piece in sorted(self.slices[key], key=lambda e: -e['dur']):
            left = self.x(piece['ts'])
            width = max(self.x(piece['ts'] + piece['dur']) - left, 1.5)
            fill = '#e8e8e8' if piece['name'] == HALTED else colour
            yield (f'<rect x="{left:.1f}" y="{y + 4}" width="{width:.1f}" '
                   f'height="18" fill="{fill}">'
                   f'<title>{escape(piece["name"])}</title></rect>')
            if width > 7 * len(piece['name']):
                ink = '#666' if piece['name'] == HALTED else '#fff'
                yield (f'<text x="{left + 3:.1f}" y="{y + 17}" '
                       f'font-size="11" fill="{ink}">'
                       f'{escape(piece["name"])}</text>')
        ends = [self.x(event['ts']) for event in self.instants[key][1:]]
        for event, end in zip(self.instants[key], [*ends, LEFT + WIDTH]):
            x, name = self.x(event['ts']), escape(event['name'])
            yield (f'<path d="M{x:.1f} {y + 4} l4 9 l-4 9 l-4 -9 z" '
                   f'fill="{colour}"><title>{name}</title></path>')
            if end - x > 12 + 6 * len(name):
                yield (f'<text x="{x + 7:.1f}" y="{y + 17}" font-size="11" '
                       f'fill="#444">{name}</text>')

    def arrow(self, ends):
        start, end = ends['s'], ends['f']
        x1, x2 = self.x(start['ts']), self.x(end['ts'])
        y1 = self.y((start['pid'], start['tid'])) + 13
        y2 = self.y((end['pid'], end['tid'])) + 13
        yield (f'<line x1="{x1:.1f}" y1="{y1}" x2="{x2:.1f}" y2="{y2}" '
               'stroke="#222" stroke-width="1.3" marker-end="url(#tip)"/>')

    def svg(self):
        height = TOP_MARGIN + ROW * len(self.rows) + 10
        yield ('<svg xmlns="http://www.w3.org/2000/svg" '
               f'width="{LEFT + WIDTH + RIGHT}" height="{height}" '
               'font-family="sans-serif">')
        yield ('<marker id="tip" markerWidth="8" markerHeight="8" refX="6" '
               'refY="3" orient="auto"><path d="M0 0 L6 3 L0 6 z" '
               'fill="#222"/></marker>')
        yield '<rect width="100%" height="100%" fill="#fff"/>'
        step = (self.end - self.start) / 10
        for i in range(11):
            x = LEFT + WIDTH * i / 10
            yield (f'<text x="{x:.0f}" y="14" font-size="11" '
                   f'text-anchor="middle" fill="#666">{i * step:.0f} us'
                   '</text>')
            yield (f'<line x1="{x:.0f}" y1="20" x2="{x:.0f}" '
                   f'y2="{height - 8}" stroke="#eee"/>')
        for key in self.rows:
            yield from self.row(key)
        for ends in self.arrows.values():
            if len(ends) == 2:
                yield from self.arrow(ends)
        yield '</svg>'

    def write(self, path):
        with open(path, 'w', encoding='utf-8') as file:
            file.write('\n'.join(self.svg()) + '\n')
