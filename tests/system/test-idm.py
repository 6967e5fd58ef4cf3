#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts between the two processors of the bare pair."""

import os
import signal

from het import Pair, expect, expect_equal, main, test, wait_until


def link(soc, processor):
    return soc.qmp(processor, 'query-idm')[0]['links'][0]


@test('each channel rings at the other side and is answered')
def channels():
    with Pair() as soc:
        for channel in range(32):
            answer = soc.master_side.do('ring', 0, channel, 20, 5000)
            expect(answer.ok, f'channel {channel}: {answer}')
            expect_equal(answer.result[:3], [20, channel, 19],
                         'answers; channel and word of the last')
            expect_equal(soc.slave_side.rung(channel), 20,
                         f'channel {channel} at the slave')
        ours, theirs = link(soc, soc.master), link(soc, soc.slave)
        expect_equal(ours['sent'] - ours['coalesced'], theirs['received'],
                     'sent and received')
        expect_equal((ours['pending-out'], theirs['pending-out']), (0, 0),
                     'pending')
        return f"{ours['sent']} interrupts there, {ours['received']} back"


@test('what is rung while masked waits, and is seen once')
def masked():
    with Pair() as soc:
        soc.slave_side.do('listen', 0, ~(1 << 5) & 0xffffffff)
        soc.master_side.do('post', 0, 5, 10)
        expect(soc.slave_side.do('ping', 1).ok, 'no answer')
        expect_equal(soc.slave_side.rung(5), 0, 'rung while masked')
        expect_equal(link(soc, soc.slave)['pending-in'], 1 << 5, 'pending')
        soc.slave_side.do('listen', 0, 0xffffffff)
        wait_until(lambda: soc.slave_side.rung(5) == 1,
                   'the channel is seen once')


@test("a peer's death is noticed")
def death():
    with Pair() as soc:
        os.kill(soc.pid(soc.slave), signal.SIGKILL)
        wait_until(lambda: link(soc, soc.master)['state'] == 'lost',
                   'link lost')
        wait_until(lambda: soc.master_side.get('lost') == 1,
                   "the master's software is told")
        expect(soc.master_side.do('ping', 1).ok, 'the master is not well')


main()
