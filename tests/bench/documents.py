# SPDX-License-Identifier: GPL-2.0-or-later
"""What is generated of docs/performance.md, between its markers."""

import os
import re

from het import TOP

PAGE = os.path.join(TOP, 'docs', 'performance.md')
PLOTS = os.path.join(TOP, 'docs', 'performance')
MARKERS = re.compile(r'(<!-- bench: ([\w-]+) -->\n).*?(<!-- end -->)',
                     re.DOTALL)


class UnknownPart(Exception):
    """The page wants something that is not measured."""


def update(parts, plots):
    """@parts: {marker: Markdown}; @plots: {file name: SVG}"""
    with open(PAGE, encoding='utf-8') as file:
        page = file.read()

    def fill(match):
        if match[2] not in parts:
            raise UnknownPart(f'{PAGE}: nothing is measured for the marker '
                              f"'{match[2]}'")
        return f'{match[1]}{parts[match[2]]}\n{match[3]}'

    page = MARKERS.sub(fill, page)
    os.makedirs(PLOTS, exist_ok=True)
    for name, content in plots.items():
        with open(os.path.join(PLOTS, name), 'w', encoding='utf-8') as file:
            file.write(content)
    with open(PAGE, 'w', encoding='utf-8') as file:
        file.write(page)
