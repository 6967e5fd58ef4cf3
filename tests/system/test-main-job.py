#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""The main job, and the counter that Cortex-A7 and Cortex-M4 share."""

import sys

from het import Failure, QmpError
from mainjob import facts


def main():
    name = 'the SoC is defined'
    try:
        for fact in facts(atomics=True):
            name = f'what comes after: {fact.name}'
            print(f'ok - {fact.name}', flush=True)
    except (Failure, QmpError) as error:
        text = str(error).replace('\n', '\n# ')
        print(f'# {text}\nnot ok - {name}')
        sys.exit(1)


main()
