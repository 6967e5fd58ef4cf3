#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The systemd units under a real systemd: hetctl-watch@, and hetctl@ with what
boots and shuts down the host."""

import contextlib
import json
import os
import re
import signal

from bootable import Host, can_run_systemd, unit_files
from het import (HETCTL, NOT_FOUND, Failure, Pair, Soc, expect, expect_equal,
                 hetctl, main, run, test, virsh, wait_until)
from life import can_restart_libvirtd, kill_libvirtd, start_libvirtd

NOT_TRIED = 'not tried: no systemd, or no namespaces'
PUT_LINKS_OFF = '[Service]\nEnvironment=HETCTL_FAULT=fail:links\n'
WANTS = 'multi-user.target.wants'


def watchers(soc):
    found = run('pgrep', '-f',
                f'^{re.escape(HETCTL)} .* watch --journal {soc.name}$')
    return [int(pid) for pid in found.stdout.split()]


def wait_watcher(soc, other_than=0):
    return wait_until(
        lambda: next((pid for pid in watchers(soc) if pid != other_than),
                     None), 'systemd has started hetctl watch', 30)


def slave_comes_back(soc):
    old = soc.pid(soc.slave)
    os.kill(old, signal.SIGKILL)

    def is_back():
        with contextlib.suppress(Failure):
            return soc.pid(soc.slave) != old and \
                soc.core()['state'] == 'held'
        return False

    wait_until(is_back, 'the slave is back', 30)


def hetctl_inside(host, *args, code=0):
    done = host.run(HETCTL, *args)
    expect_equal(done.returncode, code, f'{args}: {done.stderr}\nexit code')
    return done


def listed(host, soc):
    done = hetctl_inside(host, 'list', '--all', '--format', 'json')
    return next(s for s in json.loads(done.stdout) if s['name'] == soc.name)


def soc_log(soc, processor):
    folder = '/var/log/libvirt/qemu' if os.geteuid() == 0 else \
        os.path.join(os.environ['XDG_CACHE_HOME'], 'libvirt/qemu/log')
    path = os.path.join(folder, f'{soc.domain(processor)}.log')
    with open(path, encoding='utf-8', errors='replace') as file:
        return file.read()


def wait_unit(host, soc, state):
    unit = f'hetctl@{soc.name}.service'
    wait_until(lambda: host.state(unit) == state, f'{unit} is {state}', 60)


@test('under systemd the service restarts a slave that was killed, and is '
      'itself restarted')
def service():
    if not can_run_systemd():
        return NOT_TRIED
    with Pair() as soc, Host() as host:
        unit = f'hetctl-watch@{soc.name}.service'
        with host.booted():
            host.run('systemctl', 'enable', '--now', '--', unit)
            first = wait_watcher(soc)
            slave_comes_back(soc)
            os.kill(first, signal.SIGKILL)
            wait_watcher(soc, other_than=first)
            slave_comes_back(soc)
        wait_until(lambda: not watchers(soc), 'the service has ended')
    return 'kill -9 of the slave, of hetctl watch, of the slave'


@test('a SoC of hetctl autostart is up after a boot, and off after a shutdown')
def autostart():
    if not can_run_systemd():
        return NOT_TRIED
    with Soc('bare-pair') as soc, Host() as host:
        watch = f'hetctl-watch@{soc.name}.service'
        with host.booted():
            hetctl_inside(host, 'autostart', soc.name)
            hetctl_inside(host, 'autostart', soc.name)
            host.run('systemctl', 'enable', '--', watch)
            expect(listed(host, soc)['autostart'], 'list does not show it')
            expect_equal(soc.status()['state'], 'shut off', 'state')
        for _ in range(2):
            with host.booted():
                wait_unit(host, soc, 'active')
                expect_equal(soc.status()['state'], 'running', 'state')
                wait_watcher(soc)
                host.shut_down()
                expect_equal(soc.status()['state'], 'shut off', 'state')
                soc.expect_nothing_left(defined=True)
                expect(not watchers(soc), 'the watch goes on')
        with host.booted():
            wait_unit(host, soc, 'active')
            host.run('systemctl', 'stop', f'hetctl@{soc.name}.service')
            hetctl_inside(host, 'autostart', soc.name, '--disable')
            expect(not listed(host, soc)['autostart'], 'list shows it')
        with host.booted():
            expect_equal(host.state(f'hetctl@{soc.name}.service'), 'inactive',
                         'unit')
            expect_equal(soc.status()['state'], 'shut off', 'state')


@test('a start at boot that fails leaves nothing, and the SoC is off')
def whole_or_not_at_all():
    if not can_run_systemd():
        return NOT_TRIED
    with Soc('bare-pair') as soc, Host() as host:
        unit = f'hetctl@{soc.name}.service'
        host.write('hetctl@.service.d/fault.conf',
                   f'{PUT_LINKS_OFF}Restart=no\n')
        with host.booted():
            hetctl_inside(host, 'autostart', soc.name)
        with host.booted():
            wait_unit(host, soc, 'failed')
            expect_equal(soc.status()['state'], 'shut off', 'state')
            soc.expect_nothing_left(defined=True)
            # By hand, and not the unit's to end
            soc.start()
            host.run('systemctl', 'start', '--', unit)
            host.run('systemctl', 'stop', '--', unit)
            expect_equal(soc.status()['state'], 'running', 'state')


@test('what was started by hand is shut down before libvirt-guests')
def by_hand():
    if not can_run_systemd():
        return NOT_TRIED
    with Soc('bare-pair') as soc, Host() as host:
        with host.booted():
            host.run('systemctl', 'enable', '--now', 'hetctl-guests.service')
            soc.start()
            host.shut_down()
            expect_equal(soc.status()['state'], 'shut off', 'state')


@test('undefine ends the autostart; an unknown SoC and a session have none')
def undefined():
    if not can_run_systemd():
        return NOT_TRIED
    with Soc('bare-pair') as soc, Host() as host:
        link = os.path.join(host.units, WANTS, f'hetctl@{soc.name}.service')
        with host.booted():
            hetctl_inside(host, 'autostart', 'nobody', code=NOT_FOUND)
            hetctl_inside(host, 'autostart', 'nobody', '--disable',
                          code=NOT_FOUND)
            hetctl_inside(host, 'autostart', soc.name)
            expect(os.path.islink(link), 'there is no link')
            hetctl_inside(host, 'undefine', soc.name)
            expect(not os.path.islink(link), 'the link stays')
            # Of one that virsh has undefined
            hetctl('define', soc.xml)
            hetctl_inside(host, 'autostart', soc.name)
            for processor in (soc.master, soc.slave):
                virsh('undefine', soc.domain(processor))
            hetctl_inside(host, 'autostart', soc.name, '--disable')
            expect(not os.path.islink(link), 'the link stays')
            hetctl('define', soc.xml)
        os.unlink(os.path.join(host.units, 'hetctl@.service'))
        with host.booted():
            done = hetctl_inside(host, 'autostart', soc.name, code=1)
            expect('hetctl@' in done.stderr, done.stderr)
            done = host.run('env', 'PATH=/nowhere', HETCTL, 'autostart',
                            soc.name)
            expect('systemd' in done.stderr and done.returncode == 1,
                   done.stderr)


@test('virsh autostart of a processor starts none of them, and is named')
def virsh_autostart():
    if not can_restart_libvirtd():
        return 'not tried: libvirtd is not ours'
    with Soc('bare-pair') as soc:
        for processor in (soc.master, soc.slave):
            virsh('autostart', soc.domain(processor))
        for part in soc.status()['processors']:
            expect(part['virsh-autostart'], f'{part["name"]} has it')
        expect('hetctl autostart' in hetctl('status', soc.name).stdout,
               'status does not say it')
        # So libvirtd takes its next start for the first since a boot.
        with contextlib.suppress(FileNotFoundError):
            os.unlink('/run/libvirt/qemu/autostarted')
        start_libvirtd(kill_libvirtd())
        for processor in (soc.master, soc.slave):
            expect(f"run 'hetctl start {soc.name}'" in soc_log(soc, processor),
                   f'libvirtd has not tried to start {processor}')
        expect_equal(soc.status()['state'], 'shut off', 'state')
        soc.expect_nothing_left(defined=True)
        soc.start()
        expect_equal(soc.status()['state'], 'running', 'state')


@test('systemd finds nothing wrong with the units')
def verify():
    with Host() as host:
        for path in unit_files():
            name = os.path.basename(path)[:-len('.in')]
            done = run('systemd-analyze', '--man=no', 'verify',
                       os.path.join(host.units, name))
            expect(done.returncode == 0 and not done.stderr, done.stderr)


main()
