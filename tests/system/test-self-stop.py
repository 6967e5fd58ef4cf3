#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""A slave that stops itself: watchdog bites and resets of its own, under Linux
and with bare firmware. The master is told, and libvirtd lives."""

import time

from het import (Pair, expect, expect_equal, main, measured, test,
                 wait_until)
from life import Events, libvirtd_pid, summary, times
from linux import LinuxSoc
from mainjob import REMOTEPROC, start_firmware

WATCHDOG = '''
    <device name='wdt' type='cmsdk-apb-watchdog' address='{address}'
            clock-frequency='1000000'/>
'''
LOAD, CONTROL, LOCK = 0x000, 0x008, 0xc00
KEY, BITES = 0x1acce551, 3
BITE_US = 1000


def linux_watchdog(text):
    return text.replace(
        "<boot control='guest'/>",
        "<boot control='guest'/>" + WATCHDOG.format(address='0x40030000'))


def tty(linux):
    found = linux.run(f'cat {REMOTEPROC}/state; ls /dev | grep ttyRPMSG '
                      '|| true').split()
    return found[1] if len(found) == 2 and found[0] == 'running' else None


def recoveries(soc, linux, word, count):
    """Seconds from the word that stops the firmware to its next answer"""
    seconds = []
    for _ in range(count):
        device = wait_until(lambda: tty(linux), 'the tty is there', 30)
        boots = soc.core()['boots']
        since = time.monotonic()
        linux.run(f"printf '{word}' > /dev/{device}")
        wait_until(lambda: soc.core()['boots'] > boots, 'booted again', 30)
        device = wait_until(lambda: tty(linux), 'Linux has recovered', 30)
        got = linux.run(f'TTY=/dev/{device} rpmsg-test ask hello')
        expect('HELLO' in got, got)
        seconds.append(time.monotonic() - since)
    return seconds


def stops(soc, reason):
    return {stop['reason']: stop['count']
            for stop in soc.core()['stops']}.get(reason, 0)


@test("Linux recovers from the bites of the slave's watchdog and from its own "
      'resets; libvirtd lives')
def under_linux():
    with LinuxSoc(change=linux_watchdog) as soc:
        libvirtd = libvirtd_pid()
        linux = soc.linux
        pid = soc.pid(soc.slave)
        start_firmware(linux, 'rpmsg-upper.elf')
        for word, reason in ('BITE!', 'watchdog'), \
                            ('RESET!', 'sysreset-request'):
            count = times(5, 50)
            seconds = recoveries(soc, linux, word, count)
            measured(f'{count} times {reason}, until the working echo: '
                     f'{summary(seconds)}')
            expect_equal(stops(soc, reason), count, f'stops for {reason}')
        expect_equal(soc.pid(soc.slave), pid, 'pid of the slave')
        expect_equal(libvirtd_pid(), libvirtd, 'pid of libvirtd')
        linux.run(f'echo stop > {REMOTEPROC}/state')


def arm_watchdog(side, base=0x40040000):
    """It is fed by nobody: the last command may not be answered."""
    side.do('store', base + LOCK, 4, KEY)
    side.do('store', base + LOAD, 4, BITE_US)
    side.send('store', base + CONTROL, 4, BITES)


def pair_watchdog(text):
    """Both have one that libvirt does not know."""
    for processor in 'master', 'slave':
        text = text.replace(f'</{processor}>', WATCHDOG.format(
            address='0x40040000') + f'</{processor}>', 1)
    return text


@test('bites of the watchdogs of master and slave, and libvirtd lives')
def bare():
    count = times(10, 1000)
    with Pair(change=pair_watchdog) as soc:
        libvirtd = libvirtd_pid()
        seconds = []
        for number in range(1, count + 1):
            since = time.monotonic()
            arm_watchdog(soc.slave_side)
            soc.wait_core('crashed')
            seconds.append(time.monotonic() - since)
            expect_equal(soc.core()['reason'], 'watchdog', 'reason')
            wait_until(lambda: soc.master_side.get('crashes') == number,
                       'crash interrupt')
            # As a master's software recovers it
            soc.master_side.do('hold', 0)
            soc.run_slave('pair-slave-a.elf',
                          boot=lambda: soc.master_side.do('release', 0))
        measured(f'{count} bites, until the crash is seen: '
                 f'{summary(seconds)}')
        expect_equal(libvirtd_pid(), libvirtd, 'pid of libvirtd')
        with Events(soc) as events:
            arm_watchdog(soc.master_side)
            events.wait('WATCHDOG_EXPIRED', soc.master, action='reset')
            expect('WATCHDOG' not in events.names(), f'{events.names()}')
        expect_equal(libvirtd_pid(), libvirtd, 'pid of libvirtd')


main()
