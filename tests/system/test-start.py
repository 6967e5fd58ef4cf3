#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: alone
"""The bare pair starts fast."""

import statistics
import time

from het import Soc, expect, main, test

LIMIT = 2.0


@test('the bare pair starts in under 2 s, with all its links and windows')
def fast():
    times = []
    with Soc('bare-pair') as soc:
        for _ in range(5):
            before = time.monotonic()
            soc.start()
            times.append(time.monotonic() - before)
            windows = soc.core()['windows']
            expect(all(w['attached'] for w in windows), f'{windows}')
            links = [link for idm in soc.qmp(soc.slave, 'query-idm')
                     for link in idm['links']]
            expect(links and all(link['state'] == 'connected'
                                 for link in links), f'{links}')
            soc.destroy()
            soc.expect_nothing_left(defined=True)
    expect(max(times) < LIMIT, f'took {max(times):.2f} s')
    return f'median {statistics.median(times):.2f} s, ' \
           f'longest {max(times):.2f} s'


main()
