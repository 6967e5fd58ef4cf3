#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The rooms of hetctl, from the table hetctl/rooms.
#
#   rooms.py check          includes go to the rooms of the table only, and not
#                           round in circles; tests lie in rooms as well
#   rooms.py docs           writes table and picture into docs/
#   rooms.py docs --check   they are what docs would write
#   rooms.py symbols DIR    public symbols and how many cross rooms, from the
#                           object files of hetctl's build folder DIR

import collections
import os
import re
import subprocess
import sys
import textwrap

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TABLE = 'hetctl/rooms'
PAGE = 'docs/architecture.md'
PICTURE = 'docs/rooms.svg'
FENCE = re.compile(r'(<!-- rooms -->\n).*?(<!-- end -->\n)', re.DOTALL)

Room = collections.namedtuple('Room', 'name includes holds')


def read(path):
    with open(os.path.join(TOP, path), encoding='utf-8') as file:
        return file.read()


def write(path, text):
    with open(os.path.join(TOP, path), 'w', encoding='utf-8') as file:
        file.write(text)


def read_table(problems):
    rooms = {}
    for number, line in enumerate(read(TABLE).splitlines(), 1):
        if not line or line.startswith('#'):
            continue
        name, includes, holds = (part.strip() for part in line.split('|'))
        room = Room(name, includes.split(), holds)
        for other in room.includes:
            if other not in rooms:
                problems.append(f'{TABLE}:{number}: room \'{name}\' includes '
                                f'from \'{other}\', which is not above it')
        rooms[name] = room
    return rooms


# ---- check ----

def sources():
    """The C files of hetctl as (room, name, path); room '' is no room."""
    for folder, _, names in os.walk(os.path.join(TOP, 'hetctl')):
        room = os.path.relpath(folder, os.path.join(TOP, 'hetctl'))
        for name in sorted(names):
            if name.endswith(('.c', '.h')):
                yield ('' if room == '.' else room, name,
                       os.path.join('hetctl', room, name))


def includes_of(path):
    for number, line in enumerate(read(path).splitlines(), 1):
        found = re.match(r'#\s*include "([^"]+)"', line)
        if found and found[1] != 'config.h':
            yield number, found[1]


def check_include(rooms, room, path, number, include, problems):
    target, _, name = include.rpartition('/')
    if not os.path.exists(os.path.join(TOP, 'hetctl', include)):
        problems.append(f'{path}:{number}: no "hetctl/{include}": include '
                        'as "room/file.h"')
    elif target not in (room, *rooms[room].includes):
        problems.append(f'{path}:{number}: room \'{room}\' does not include '
                        f'from \'{target}\' ({name}), see {TABLE}')
    elif target != room and name.endswith('-internal.h'):
        problems.append(f'{path}:{number}: {name} belongs to room '
                        f'\'{target}\' alone')


def unit_of(name):
    """x.c, x.h and x-internal.h are one unit."""
    return re.sub(r'(-internal)?\.[ch]$', '', name)


def find_circle(graph):
    """A list of units of which each includes the next, or None."""
    done = set()

    def visit(unit, way):
        if unit in way:
            return way[way.index(unit):] + [unit]
        if unit not in done:
            for other in sorted(graph[unit]):
                circle = visit(other, way + [unit])
                if circle:
                    return circle
            done.add(unit)
        return None

    for unit in sorted(graph):
        circle = visit(unit, [])
        if circle:
            return circle
    return None


def check_sources(rooms, problems):
    graph = collections.defaultdict(set)
    where = {}
    for room, name, path in list(sources()):
        if room not in rooms:
            problems.append(f'{path}: lies in no room of {TABLE}')
            continue
        if name in where:
            problems.append(f'{path}: {where[name]} has the same name')
        where[name] = path
        for number, include in includes_of(path):
            check_include(rooms, room, path, number, include, problems)
            other = unit_of(include.rpartition('/')[2])
            if other != unit_of(name):
                graph[unit_of(name)].add(other)
                graph.setdefault(other, set())
    circle = find_circle(graph)
    if circle:
        problems.append('circle of includes: ' + ' -> '.join(circle))
    for room in rooms:
        if not any(where[name].startswith(f'hetctl/{room}/')
                   for name in where):
            problems.append(f'{TABLE}: room \'{room}\' is empty')


def check_tests(rooms, problems):
    for folder in ('tests/unit', 'tests/data'):
        for name in sorted(os.listdir(os.path.join(TOP, folder))):
            if os.path.isdir(os.path.join(TOP, folder, name)) and \
                    name not in rooms and name != '__pycache__':
                problems.append(f'{folder}/{name}: is no room of {TABLE}')


# ---- docs ----

def table_text(rooms):
    lines = ['| room | holds | includes from |', '|---|---|---|']
    for room in rooms.values():
        lines.append(f'| `{room.name}` | {room.holds} | '
                     f'{", ".join(room.includes) or "no other"} |')
    return '\n'.join(lines) + '\n'


def direct(rooms, room):
    """What it includes from that it does not reach by another one."""
    def reach(name):
        found = set(rooms[name].includes)
        for other in rooms[name].includes:
            found |= reach(other)
        return found
    return [name for name in rooms[room].includes
            if not any(name in reach(other)
                       for other in rooms[room].includes)]


def rows_of(rooms):
    """Row 0 is the top; each room stands right below the lowest that uses it
    directly."""
    rows = {}
    for name in reversed(list(rooms)):
        rows[name] = 1 + max((rows[user] for user in rows
                              if name in direct(rooms, user)), default=-1)
    return rows


def columns_of(rooms, rows):
    """Column 0 is a chain from top to bottom; the line down from a room of
    another column meets no other room."""
    chain = [next(iter(rooms))]
    while rows[chain[-1]]:
        chain.append(next(user for user in rooms
                          if rows[user] == rows[chain[-1]] - 1 and
                          chain[-1] in direct(rooms, user)))
    columns = {name: 0 for name in chain}
    spans = collections.defaultdict(list)
    for name in reversed(list(rooms)):
        if name in columns:
            continue
        last = max(rows[other] for other in direct(rooms, name))
        for column in (-1, 1, 2, -2, 3, -3):
            if all(rows[name] >= end or last <= start
                   for start, end in spans[column]):
                break
        columns[name] = column
        spans[column].append((rows[name], last))
    return columns


BOX, HEIGHT, GAP, STEP, MARGIN, LINE = 250, 92, 24, 116, 20, 15


def box_text(room, x, y):
    lines = textwrap.wrap(room.holds, 40)[:4]
    yield (f'<text x="{x + BOX // 2}" y="{y + 20}" font-weight="bold" '
           f'font-size="14">{room.name}</text>')
    for i, line in enumerate(lines):
        yield (f'<text x="{x + BOX // 2}" y="{y + 38 + LINE * i}">'
               f'{line}</text>')


def arrow(start, end, in_chain):
    """From a room to one below it: straight, or with one corner."""
    (x, y), (to_x, to_y) = start, end
    if x == to_x:
        way = f'M {x + BOX // 2} {y + HEIGHT} V {to_y}'
    elif in_chain:
        side = x if to_x < x else x + BOX
        way = f'M {side} {y + HEIGHT // 2} H {to_x + BOX // 2} V {to_y}'
    else:
        side = to_x if x < to_x else to_x + BOX
        way = f'M {x + BOX // 2} {y + HEIGHT} V {to_y + HEIGHT // 2} H {side}'
    return f'<path d="{way}" marker-end="url(#end)"/>'


def picture_text(rooms):
    rows = rows_of(rooms)
    columns = columns_of(rooms, rows)
    left = min(columns.values())
    place = {name: (MARGIN + (columns[name] - left) * (BOX + GAP),
                    MARGIN + rows[name] * STEP) for name in rooms}
    width = max(x for x, _ in place.values()) + BOX + MARGIN
    height = max(y for _, y in place.values()) + HEIGHT + MARGIN
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
           f'height="{height}" viewBox="0 0 {width} {height}" '
           'font-family="Helvetica, Arial, sans-serif" font-size="11">',
           '<!-- scripts/rooms.py draws this from hetctl/rooms -->',
           '<defs><marker id="end" viewBox="0 0 10 10" refX="9" refY="5" '
           'markerWidth="7" markerHeight="7" orient="auto">'
           '<path d="M 0 0 L 10 5 L 0 10 z" fill="#444"/></marker></defs>',
           f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
           '<g stroke="#444" stroke-width="1.5" fill="none">']
    for name in rooms:
        for other in direct(rooms, name):
            out.append(arrow(place[name], place[other], columns[name] == 0))
    out.append('</g>')
    out.append('<g fill="#e8f0f8" stroke="#1f4e79" stroke-width="1.5">')
    for x, y in place.values():
        out.append(f'<rect x="{x}" y="{y}" width="{BOX}" height="{HEIGHT}" '
                   'rx="6"/>')
    out.append('</g>')
    out.append('<g text-anchor="middle" fill="#222">')
    for name, (x, y) in place.items():
        out.extend(box_text(rooms[name], x, y))
    out.append('</g>')
    out.append('</svg>')
    return '\n'.join(out) + '\n'


def docs(rooms, only_check, problems):
    page = read(PAGE)
    if not FENCE.search(page):
        problems.append(f'{PAGE}: has no <!-- rooms --> ... <!-- end -->')
        return
    wanted = {
        PAGE: FENCE.sub(lambda m: m[1] + table_text(rooms) + m[2], page),
        PICTURE: picture_text(rooms),
    }
    for path, text in wanted.items():
        if not only_check:
            write(path, text)
        elif not os.path.exists(os.path.join(TOP, path)) or \
                read(path) != text:
            problems.append(f'{path}: differs from {TABLE}, '
                            '\'make docs-update\' in hetctl\'s build folder '
                            'writes it')


# ---- symbols ----

def symbols(rooms, folder):
    defined, used = {}, collections.defaultdict(set)
    for room in rooms:
        path = os.path.join(folder, 'hetctl', room)
        for name in sorted(os.listdir(path)):
            if not name.endswith('.o') or not any(
                    os.path.exists(os.path.join(base, 'hetctl', room,
                                                f'{name[:-2]}.c'))
                    for base in (TOP, folder)):
                continue
            out = subprocess.run(['nm', '-g', os.path.join(path, name)],
                                 stdout=subprocess.PIPE, check=True,
                                 text=True).stdout
            for line in out.splitlines():
                kind, symbol = line.split()[-2:]
                if kind == 'U':
                    used[symbol].add(room)
                elif symbol.startswith('het'):
                    defined[symbol] = room
    cross = {name for name, room in defined.items() if used[name] - {room}}
    print(f'{len(defined)} public symbols, {len(cross)} of them cross rooms')
    for room in rooms:
        own = [name for name in defined if defined[name] == room]
        print(f'  {room:8}{len(own):4} public,'
              f'{sum(name in cross for name in own):4} used by other rooms')


def main():
    problems = []
    rooms = read_table(problems)
    command = sys.argv[1:]
    if command == ['check']:
        check_sources(rooms, problems)
        check_tests(rooms, problems)
    elif command in (['docs'], ['docs', '--check']):
        docs(rooms, len(command) == 2, problems)
    elif len(command) == 2 and command[0] == 'symbols':
        symbols(rooms, command[1])
    else:
        sys.exit('usage: rooms.py check | docs [--check] | symbols DIR')
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
