# SPDX-License-Identifier: GPL-2.0-or-later
"""The snippets of README.md and docs/: fenced blocks, and indented ones."""

import glob
import os
import re

from het import TOP


class Snippet:
    """Some lines of a document, without their indentation."""

    def __init__(self, path, line, language, text):
        self.name = os.path.relpath(path, TOP)
        self.line, self.language, self.text = line, language, text

    @property
    def where(self):
        return f'{self.name}:{self.line}'

    @property
    def first(self):
        return self.text.split('\n', 1)[0]

    def is_xml(self):
        return self.language == 'xml' or self.text.startswith('<')

    def __repr__(self):
        return f'{self.where}: {self.first}'


def fenced(path, lines, start):
    """The block whose fence is at `start`, and the line behind it."""
    end = lines.index('```', start + 1)
    return (Snippet(path, start + 2, lines[start][3:],
                    '\n'.join(lines[start + 1:end]) + '\n'), end + 1)


def indented(path, lines, start):
    end = start
    while end < len(lines) and (not lines[end] or lines[end][:4] == '    '):
        end += 1
    text = '\n'.join(line[4:] for line in lines[start:end]).rstrip()
    return Snippet(path, start + 1, '', text + '\n'), end


def snippets_of(path):
    with open(path, encoding='utf-8') as file:
        lines = file.read().split('\n')
    found, i, blank = [], 0, True
    while i < len(lines):
        if lines[i].startswith('```'):
            snippet, i = fenced(path, lines, i)
        elif blank and re.match(r'    \S', lines[i]):
            snippet, i = indented(path, lines, i)
        else:
            blank = not lines[i]
            i += 1
            continue
        found.append(snippet)
        blank = True
    return found


def snippets():
    paths = [os.path.join(TOP, 'README.md')] + \
        sorted(glob.glob(os.path.join(TOP, 'docs', '*.md')))
    return [snippet for path in paths for snippet in snippets_of(path)]
