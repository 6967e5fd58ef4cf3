#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Exclusives of two QEMU processes on one word (Cortex-M33 and Cortex-M4)."""

import time

from het import PAIR_FREE, Pair, expect, expect_equal, main, test

COUNT = 10_000_000


@test('both processors add to one counter, and the sum is exact')
def counter():
    with Pair() as soc:
        word = soc.words(soc.slave, PAIR_FREE)
        word[0] = 0
        before = time.monotonic()
        for side in (soc.master_side, soc.slave_side):
            side.send('add', PAIR_FREE, COUNT)
        for side in (soc.master_side, soc.slave_side):
            answer = side.answer(timeout=120)
            expect(answer.ok, f'{answer}')
        seconds = time.monotonic() - before
        expect_equal(word[0], 2 * COUNT, 'sum')
        return f'2 x {COUNT} in {seconds:.1f} s'


main()
