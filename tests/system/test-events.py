#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hetctl events: what happens in a SoC, a line each."""

import os
import re
import signal

from het import (NOT_FOUND, Pair, expect, expect_equal, hetctl, main, test,
                 wait_until)
from life import (Events, background, can_restart_libvirtd, kill_libvirtd,
                  start_libvirtd)

TIME = r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z'


@test('boots, crashes and resets of the core, with their reasons')
def core():
    with Pair(firmware=None) as soc, Events(soc) as events:
        m4 = soc.slave
        soc.run_slave('pair-slave-a.elf')
        event = events.wait('SLAVE_STATE_CHANGED', m4, state='running',
                            reason='host-boot')
        expect(re.fullmatch(TIME, event['time']), event['time'])
        expect_equal(event['soc'], soc.name, 'soc')
        soc.slave_side.do('lockup')
        events.wait('SLAVE_STATE_CHANGED', m4, state='crashed')
        event = events.wait('SLAVE_CRASHED', m4, reason='lockup')
        expect('Lockup' in event['data']['message'], f'{event}')
        hetctl('reset', soc.name, m4)
        events.wait('SLAVE_STATE_CHANGED', m4, state='held',
                    reason='host-reset')
        soc.load('pair-slave-a.elf')
        soc.master_side.do('release', 0)
        events.wait('SLAVE_STATE_CHANGED', m4, state='running',
                    reason='guest-boot')
        soc.master_side.do('hold', 0)
        events.wait('SLAVE_STATE_CHANGED', m4, state='held',
                    reason='guest-reset')
        soc.qmp(m4, 'slave-detach-memory')
        soc.qmp(m4, 'slave-boot')
        events.wait('SLAVE_BOOT_REQUEST', m4)
        expect_equal(events.stop(), 0, 'exit code')


@test('domains and links that come and go')
def domains():
    with Pair() as soc, Events(soc) as events:
        os.kill(soc.pid(soc.slave), signal.SIGKILL)
        events.wait('IDM_PEER_LOST', soc.master, peer=soc.slave)
        events.wait('DOMAIN_STOPPED', soc.slave, reason='failed')
        hetctl('start', soc.name, soc.slave)
        events.wait('DOMAIN_STARTED', soc.slave)
        events.wait('DOMAIN_RESUMED', soc.slave)
        expect('IDM_CONNECTED' in events.names(), 'no IDM_CONNECTED')
        hetctl('suspend', soc.name)
        events.wait('DOMAIN_SUSPENDED', soc.master)
        events.wait('DOMAIN_SUSPENDED', soc.slave)
        hetctl('resume', soc.name)
        events.wait('DOMAIN_RESUMED', soc.slave)
        events.wait('DOMAIN_RESUMED', soc.master)
        hetctl('reset', soc.name)
        events.wait('DOMAIN_REBOOTED', soc.master)
        soc.destroy()
        events.wait('DOMAIN_STOPPED', soc.master, reason='destroyed')
        soc.start()
        events.wait('DOMAIN_RESUMED', soc.master)


@test('only of this SoC, also when another name begins like its name')
def only_ours():
    with Pair(name='pair') as soc, \
            Pair(name='pair.two', firmware=None) as other, \
            Events(soc) as events:
        other.run_slave('pair-slave-a.elf')
        soc.shutdown()
        events.wait('SLAVE_STATE_CHANGED', soc.slave, state='held')
        expect('running' not in [e['data'].get('state')
                                 for e in events.events], f'{events.events}')


@test('lines for people, each at once; --count ends it')
def text():
    with Pair(firmware=None) as soc:
        with background('events', soc.name, '--count', '3') as process:
            # Again and again: it may not be listening yet.
            wait_until(lambda: hetctl('reset', soc.name) and
                       process.poll() is not None, 'it ends')
            text, complaint = process.communicate()
            expect_equal((process.returncode, complaint), (0, ''), 'end')
        expect_equal(text.count('\n'), 3, 'lines')
        for line in text.splitlines():
            expect(re.fullmatch(rf'{TIME} m(33|4) DOMAIN_\w+( \w+=\S+)*',
                                line), line)


@test('SIGINT and SIGTERM end it well, a missing SoC does not')
def ends():
    with Pair(firmware=None) as soc:
        for number in (signal.SIGINT, signal.SIGTERM):
            with Events(soc) as events:
                expect_equal(events.stop(number), 0, 'exit code')
    hetctl('events', 'no-such-soc', code=NOT_FOUND)


@test('a restart of libvirtd interrupts it only')
def libvirtd():
    if not can_restart_libvirtd():
        return 'not tested: libvirtd is not ours'
    with Pair() as soc, Events(soc) as events:
        pid = soc.pid(soc.slave)
        pidfile = kill_libvirtd()
        events.wait('LIBVIRT_LOST')
        expect(soc.slave_side.do('ping', 1).ok, 'the SoC does not go on')
        start_libvirtd(pidfile)
        events.wait('LIBVIRT_CONNECTED')
        expect_equal(soc.pid(soc.slave), pid, 'pid')
        soc.shutdown()
        events.wait('SLAVE_STATE_CHANGED', soc.slave, state='held')
    return None


main()
