#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hardware semaphores between the two processors of the bare pair."""

import time

from het import PAIR, PAIR_FREE, Pair, expect, expect_equal, main, test
from life import times

HSEM = f'''
  <idm name='hsem' model='stm32-hsem'>
    <endpoint processor='m33' address='{PAIR['PAIR_HSEM']:#x}' irqs='41'/>
    <endpoint processor='m4' address='{PAIR['PAIR_HSEM']:#x}' irqs='41'/>
  </idm>
</soc>'''
SEMAPHORE = 7
LOCK, CORE_1, CORE_2, PROCESS = 1 << 31, 1 << 8, 2 << 8, 0x5a


class SemPair(Pair):
    def __init__(self):
        super().__init__(change=lambda text: text.replace('</soc>', HSEM))

    def word(self, side, offset):
        answer = side.do('load', PAIR['PAIR_HSEM'] + offset, 4)
        expect(answer.ok, f'{answer}')
        return answer.result[0]

    def write(self, side, offset, value):
        expect(side.do('store', PAIR['PAIR_HSEM'] + offset, 4, value).ok,
               'store')


def count_together(steps):
    count = times(1_000_000, 10_000_000)
    with SemPair() as soc:
        word = soc.words(soc.slave, PAIR_FREE)
        word[0] = 0
        start = time.monotonic()
        for side in (soc.master_side, soc.slave_side):
            side.send('sem_add', PAIR_FREE, count, SEMAPHORE, steps)
        waited = []
        for side in (soc.master_side, soc.slave_side):
            answer = side.answer(timeout=300)
            expect(answer.ok, f'{answer}')
            waited.append(answer.result[0])
        seconds = time.monotonic() - start
        expect_equal(word[0], 2 * count, 'sum')
        expect(all(waited), 'the two never met')
        expect_equal(soc.word(soc.master_side, 4 * SEMAPHORE), 0,
                     'the semaphore')
        return f'2 x {count} in {seconds:.1f} s, found taken ' \
               f'{waited[0]} and {waited[1]} times'


@test('locked by reading, a plain counter of both processors is exact')
def one_step():
    return count_together(1)


@test('locked by writing, a plain counter of both processors is exact')
def two_steps():
    return count_together(2)


@test('without the semaphore the same counter is wrong')
def without():
    """What the two tests above would see if nothing were locked."""
    count = 20_000_000
    with SemPair() as soc:
        word = soc.words(soc.slave, PAIR_FREE)
        word[0] = 0
        for side in (soc.master_side, soc.slave_side):
            side.send('sem_add', PAIR_FREE, count, SEMAPHORE, 0)
        for side in (soc.master_side, soc.slave_side):
            expect(side.answer(timeout=300).ok, 'no answer')
        expect(word[0] < 2 * count, f'sum: {word[0]}')
        return f'{word[0]} of {2 * count}'


@test('who has it is seen by both, and only the holder frees it')
def holder():
    with SemPair() as soc:
        m33, m4 = soc.master_side, soc.slave_side
        r, rlr = 4 * SEMAPHORE, 0x80 + 4 * SEMAPHORE
        expect_equal(soc.word(m4, rlr), LOCK | CORE_2, 'taken by the M4')
        expect_equal(soc.word(m33, rlr), LOCK | CORE_2, 'seen by the M33')
        soc.write(m33, r, CORE_1)
        soc.write(m33, r, CORE_2)
        soc.write(m33, r, LOCK | CORE_1 | PROCESS)
        expect_equal(soc.word(m33, r), LOCK | CORE_2, 'still the M4\'s')
        soc.write(m4, r, CORE_2 | PROCESS)
        expect_equal(soc.word(m33, r), LOCK | CORE_2, 'of process 0')
        soc.write(m4, r, CORE_2)
        expect_equal(soc.word(m33, r), 0, 'free')
        soc.write(m33, r, LOCK | CORE_1 | PROCESS)
        expect_equal(soc.word(m4, r), LOCK | CORE_1 | PROCESS,
                     'taken by the M33')


main()
