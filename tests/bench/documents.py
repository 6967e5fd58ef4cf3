# SPDX-License-Identifier: GPL-2.0-or-later
"""What is generated of docs/performance.md, between its markers."""

import os
import re

from het import TOP

PAGE = os.path.join(TOP, 'docs', 'performance.md')
PLOTS = 'performance'
MARKERS = re.compile(r'(<!-- bench: ([\w-]+) -->\n).*?(<!-- end -->)',
                     re.DOTALL)
RUN = re.compile(r'^\* \*\*(.+?)\*\* (.*)$', re.MULTILINE)


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


def current(name):
    """What the page has between the markers of that name"""
    return next((match[0].split('\n', 1)[1].removesuffix(match[3])
                 for match in MARKERS.finditer(read()) if match[2] == name),
                '')


def runs(old, parts, text):
    """The list of runs: a new one, and what is left of those before it.
    @old: the page's, @parts: names of what was measured, @text: of the run"""
    lines = [f'* **{", ".join(parts)}** {text}']
    for names, rest in RUN.findall(old):
        left = [name for name in names.split(', ') if name not in parts]
        if left:
            lines.append(f'* **{", ".join(left)}** {rest}')
    return '\n'.join(lines)


def update(parts, plots):
    """@parts: {marker: Markdown}, other markers stay as they are; @plots:
    {file name: SVG}"""
    page = MARKERS.sub(
        lambda match: f'{match[1]}{parts[match[2]]}\n{match[3]}'
        if match[2] in parts else match[0], read())
    folder = os.path.join(os.path.dirname(PAGE), PLOTS)
    os.makedirs(folder, exist_ok=True)
    for name, content in plots.items():
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
            file.write(content)
    with open(PAGE, 'w', encoding='utf-8') as file:
        file.write(page)
