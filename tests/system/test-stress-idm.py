#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""Rings between the bare pair, back and forth, while one or both of the two
are stopped and continued, and the slave is shut down and booted: none is lost,
none is seen twice. HETCTL_LONG=1: millions of them."""

import random
import time

from het import (Pair, expect, expect_equal, main, measured, test,
                 wait_until)
from life import SEED, times

COUNT = times(10000, 250000)        # round trips in a row
ROUNDS = times(2, 8)
BOOTS = times(5, 200)
WAIT_MS = 60000


def say_seed():
    random.seed(SEED)
    measured(f'seed {SEED}')


def stop_and_continue(soc):
    """One or both sides, for a moment."""
    sides = random.choice([(soc.master,), (soc.slave,),
                           (soc.master, soc.slave), (soc.slave, soc.master)])
    for side in sides:
        soc.qmp(side, 'stop')
    time.sleep(random.uniform(0, 0.02))
    for side in sides:
        soc.qmp(side, 'cont')


def counters(soc):
    """Sent and received, of each side's link."""
    found = []
    for side in (soc.master, soc.slave):
        link = soc.qmp(side, 'query-idm')[0]['links'][0]
        found.append((link['sent'], link['received'], link['pending-in'],
                      link['pending-out']))
    return found


def ring_undisturbed(soc, channel, count):
    before = soc.slave_side.rung(channel), soc.master_side.rung(channel)
    answer = soc.master_side.do('ring', 0, channel, count, WAIT_MS)
    expect(answer.ok and answer.result[:3] == [count, channel, count - 1],
           f'channel {channel}: {answer}')
    expect_equal((soc.slave_side.rung(channel) - before[0],
                  soc.master_side.rung(channel) - before[1]), (count, count),
                 f'channel {channel} seen at slave and master')


@test('while the two are stopped and continued, no ring is lost or doubled')
def stopped():
    say_seed()
    stops = 0
    with Pair() as soc:
        for i in range(ROUNDS):
            channel = random.randrange(32)
            before = soc.slave_side.rung(channel), \
                soc.master_side.rung(channel)
            soc.master_side.send('ring', 0, channel, COUNT, WAIT_MS)
            while not soc.master_side.finished():
                stop_and_continue(soc)
                stops += 1
            answer = soc.master_side.answer()
            expect(answer.ok and answer.result[0] == COUNT,
                   f'round {i}: {answer}')
            expect_equal((soc.slave_side.rung(channel) - before[0],
                          soc.master_side.rung(channel) - before[1]),
                         (COUNT, COUNT), f'round {i}: seen')
        ours, theirs = counters(soc)
        expect_equal((ours[0], ours[1], ours[2:]),
                     (theirs[1], theirs[0], (0, 0)), 'counters')
    return f'{ROUNDS * COUNT} round trips, {stops} stops'


@test('of a slave that is shut down at any moment and booted, each ring is '
      'seen once')
def booted():
    say_seed()
    late = 0
    with Pair() as soc:
        for i in range(BOOTS):
            channel = random.randrange(32)
            answered = soc.master_side.rung(channel)
            before = soc.slave_side.rung(channel)
            soc.master_side.send('ring', 0, channel, 1 << 30, 100)
            time.sleep(random.uniform(0, 0.05))
            if random.random() < 0.5:
                stop_and_continue(soc)
            soc.shutdown()
            seen = soc.slave_side.rung(channel) - before
            answer = soc.master_side.answer()
            soc.run_slave(soc.firmware)
            # Rung after the shutdown, in answer to what was rung before it:
            # that is for this boot.
            late += soc.slave_side.rung(channel)
            seen += soc.slave_side.rung(channel)
            expect(seen - answer.result[0] in (0, 1),
                   f'boot {i}: {seen} seen, {answer}')
            wait_until(lambda: seen - (soc.master_side.rung(channel) -
                                       answered) in (0, 1),
                       f'boot {i}: the master sees the answers')
            ring_undisturbed(soc, random.randrange(32), 1000)
    return f'{BOOTS} boots, {late} rings between them'


@test('rings that come while the slave is stopped wait for it')
def waiting():
    with Pair() as soc:
        for channel in range(32):
            soc.qmp(soc.slave, 'stop')
            soc.master_side.send('ring', 0, channel, 10, WAIT_MS)
            time.sleep(random.uniform(0, 0.01))
            expect_equal(soc.slave_side.rung(channel), 0, 'seen while stopped')
            soc.qmp(soc.slave, 'cont')
            answer = soc.master_side.answer()
            expect(answer.ok, f'channel {channel}: {answer}')


main()
