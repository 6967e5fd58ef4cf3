#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The main job as a transcript for people; exit code 0 only if all of it was
observed. Argument: the example."""

import sys
import time

from het import Failure, QmpError
from mainjob import facts, indent


def main():
    start = time.monotonic()
    done = 0
    try:
        for fact in facts(sys.argv[1], name=sys.argv[1]):
            done += 1
            print(f'[{time.monotonic() - start:5.1f} s] {fact.name}')
            if fact.text:
                print(indent(fact.text))
            sys.stdout.flush()
    except (Failure, QmpError) as error:
        print(f'FAILED after {done} steps: {error}', file=sys.stderr)
        sys.exit(1)
    print(f'All of it was observed, in {time.monotonic() - start:.0f} s.')


main()
