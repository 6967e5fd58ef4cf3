# SPDX-License-Identifier: GPL-2.0-or-later
"""What is generated of docs/performance.md, between its markers."""

import os
import re

from het import TOP

PAGE = os.path.join(TOP, 'docs', 'performance.md')
PLOTS = 'performance'
MARKERS = re.compile(r'(<!-- bench: ([\w-]+) -->\n).*?(<!-- end -->)',
                     re.DOTALL)


class UnknownPart(Exception):
    """The page wants something that is not measured."""


def plot(name):
    """The path of a plot, from the page."""
    return f'{PLOTS}/{name}'


def read():
    with open(PAGE, encoding='utf-8') as file:
        return file.read()


def check(names):
    """Before there is anything to write."""
    for _, name, _ in MARKERS.findall(read()):
        if name not in names:
            raise UnknownPart(f'{PAGE}: nothing is measured for the marker '
                              f"'{name}'")


def update(parts, plots):
    """@parts: {marker: Markdown}; @plots: {file name: SVG}"""
    check(parts)
    page = MARKERS.sub(lambda match: f'{match[1]}{parts[match[2]]}\n'
                       f'{match[3]}', read())
    folder = os.path.join(os.path.dirname(PAGE), PLOTS)
    os.makedirs(folder, exist_ok=True)
    for name, content in plots.items():
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
            file.write(content)
    with open(PAGE, 'w', encoding='utf-8') as file:
        file.write(page)
