#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""What libvirt handles, caused by guests: libvirtd outlives it. Watchdogs are in
test-self-stop.py; docs/hacking.md has the list."""

import subprocess

from het import expect, expect_equal, main, test, wait_until
from life import Events, libvirtd_pid
from linux import LinuxSoc

PL031_LOAD = 0x09010008


def set_clock(soc):
    domain = soc.domain(soc.master)
    with subprocess.Popen(
            ['virsh', 'qemu-monitor-event', domain, '--event', 'RTC_CHANGE',
             '--loop', '--timeout', '10'],
            stdout=subprocess.PIPE, text=True) as listener:
        for _ in range(5):
            soc.linux.run('test -e /dev/rtc0 && hwclock -w || '
                          f'devmem {PL031_LOAD} 32 0x5f000000; sleep 1')
        seen = listener.communicate()[0]
    expect('RTC_CHANGE' in seen, f'no RTC_CHANGE: {seen}')


@test("the master's clock set, its reset, its power off: libvirtd lives")
def master():
    with LinuxSoc() as soc:
        libvirtd = libvirtd_pid()
        with Events(soc) as events:
            set_clock(soc)
            soc.linux.type('het-run "reboot -f"\n')
            events.wait('DOMAIN_REBOOTED', soc.master, timeout=60)
            soc.wait_up()
            soc.linux.type('het-run "poweroff -f"\n')
            events.wait('DOMAIN_STOPPED', soc.master, timeout=60)
        wait_until(lambda: soc.core()['state'] == 'held', 'held')
        expect_equal(libvirtd_pid(), libvirtd, 'pid of libvirtd')


main()
