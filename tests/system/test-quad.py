#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hetero-quad: an aarch64 master boots slaves of three architectures."""

import re

from het import expect, expect_equal, hetctl, main, test
from quad import LAPS, RING, Quad, expect_reports, expect_sent


@test('the master boots RISC-V and Cortex-M, all report, a token goes round')
def ring():
    with Quad() as soc:
        boot = soc.wait_idle() + 1
        before = soc.sent()
        soc.console.type('\r')
        text = soc.read_run(boot)
        expect('QUAD-OK' in text, text)
        expect_reports(text, boot)
        expect(f'round {LAPS} times: {LAPS * len(RING)} hops' in text, text)
        expect_equal(soc.wait_idle(), boot, 'boots')
        expect_sent(before, soc.sent())
        return re.search(r'\d+ hops in \d+ ms', text)[0]


@test('a reset of the master: its slaves are held, and booted once more')
def again():
    with Quad() as soc:
        boot = soc.wait_idle() + 1
        hetctl('reset', soc.name)
        text = soc.read_run(boot)
        expect('QUAD-OK' in text, text)
        expect_reports(text, boot)


main()
