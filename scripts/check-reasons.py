#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The reasons why a slave's core stops stand in three places: the code of the
# series, qapi/het.json and the table of docs/lifecycle.md. This compares them,
# and prints TAP. A way from running to not running that has no row is found.
#
# usage: check-reasons.py TREE             a QEMU tree with the series

import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# What takes the core out of `running`, and which argument is the reason
STOPS = {
    'slave_crash': 0,
    'slave_stops_itself': 1,
    'slave_boot_line': 1,
    'slave_windows_changed': 0,
    'slave_set_state': 1,
    'slave_hold': 0,
}
# Names of variables that hand a reason on; `request` is of the table below.
HANDED_ON = {'reason', 'request->reason'}
# These lead to running; what runs has no window that could be attached.
NO_STOP = {'core.release_reason', 'attach'}


def read(*path):
    with open(os.path.join(*path), encoding='utf-8') as file:
        return file.read()


def sources(tree):
    for folder in ('hw', 'target', 'system'):
        for top, _, names in os.walk(os.path.join(tree, folder)):
            for name in names:
                if name.endswith('.c'):
                    text = read(top, name)
                    if 'slave' in text:
                        yield os.path.join(top, name), text


def arguments(text, start):
    """The arguments of a call whose '(' is before start."""
    parts, depth, quoted = [''], 0, False
    for c in text[start:]:
        if c == '"':
            quoted = not quoted
        elif not quoted and c == '(':
            depth += 1
        elif not quoted and c == ')':
            if not depth:
                break
            depth -= 1
        if c == ',' and not depth and not quoted:
            parts.append('')
        else:
            parts[-1] += c
    return [part.strip() for part in parts]


def code_reasons(tree):
    reasons, complaints = set(), []
    call = re.compile(r'^ .*?\b(' + '|'.join(STOPS) + r')\(', re.MULTILINE)
    for path, text in sources(tree):
        for found in call.finditer(text):
            args = arguments(text, found.end())
            if found[1] == 'slave_boot_line' and args[0] == 'true':
                continue
            reason = args[STOPS[found[1]]]
            if reason.startswith('"'):
                reasons.add(reason.strip('"'))
            elif reason not in HANDED_ON | NO_STOP:
                complaints.append(f'{path}: {found[1]}() with {reason}')
    table = read(tree, 'hw/het/slave-self.c')
    table = re.search(r'requests\[.*?\] = {(.*?)^};', table,
                      re.DOTALL | re.MULTILINE)
    reasons |= set(re.findall(r'{\s*"([a-z-]+)",', table[1]))
    return reasons - NO_STOP, complaints


def page_reasons():
    page = read(TOP, 'docs/lifecycle.md')
    section = page.split('## Why a core stops', 1)[1].split('\n## ', 1)[0]
    return set(re.findall(r'^\| `([a-z-]+)` \|', section, re.MULTILINE))


def qapi_reasons(tree):
    text = read(tree, 'qapi/het.json')
    words = re.search(r'^# @reason: why the core last stopped;(.*?)^#$', text,
                      re.DOTALL | re.MULTILINE)[1]
    words = words.split('when it never ran.', 1)[1]
    return set(re.findall(r'\b[a-z]+-[a-z]+\b|lockup|watchdog|detach', words)
               ) - {'slave-boot'}


def report(title, complaints):
    for complaint in complaints:
        print(f'# {complaint}')
    print(f'{"not " if complaints else ""}ok - reasons: {title}')
    return not complaints


def compare(code, others, place):
    return ([f'{place} lacks {name}' for name in sorted(code - others)] +
            [f'{place} has {name}, the code does not'
             for name in sorted(others - code)])


def main():
    if len(sys.argv) != 2:
        sys.exit('usage: check-reasons.py TREE')
    tree = sys.argv[1]
    code, complaints = code_reasons(tree)
    assert len(code) > 5, f'the code has only {code}'
    ok = report('every stop of the core has one that can be read here',
                complaints)
    ok &= report('docs/lifecycle.md and the code agree',
                 compare(code, page_reasons(), 'docs/lifecycle.md'))
    ok &= report('qapi/het.json and the code agree',
                 compare(code, qapi_reasons(tree), 'qapi/het.json'))
    sys.exit(0 if ok else 1)


main()
