#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The service hetctl-watch@.service under a real systemd, which is the first
process of namespaces of its own and knows no other service."""

import contextlib
import os
import re
import signal
import subprocess
import tempfile

from het import (HETCTL, TOP, Failure, Pair, expect, main, run, test,
                 wait_until)

SYSTEMD = '/lib/systemd/systemd'
ALONE = """[Unit]
DefaultDependencies=no
"""
# The machine's units are none of systemd's business here: some of them clean up
# folders that are not the test's.
INSIDE = """
export container=hetctl-test
export SYSTEMD_UNIT_PATH={folder}/units SYSTEMD_GENERATOR_PATH={folder}/none
exec {systemd} --system --unit=hetctl-test.target --log-target=console
"""


def can_run_systemd():
    return (os.geteuid() == 0 and os.access(SYSTEMD, os.X_OK) and
            os.path.isdir('/run/libvirt') and
            run('unshare', '--mount', '--pid', '--fork', '--mount-proc',
                'true').returncode == 0)


def install_unit(folder, service):
    """The unit as make install writes it, and the target that wants it."""
    with open(os.path.join(TOP, 'hetctl', 'hetctl-watch@.service.in'),
              encoding='utf-8') as file:
        text = file.read()
    text = text.replace('@bindir@', os.path.dirname(HETCTL))
    units = os.path.join(folder, 'units')
    os.makedirs(os.path.join(units, 'hetctl-watch@.service.d'))
    for name, content in (('hetctl-watch@.service', text),
                          ('hetctl-watch@.service.d/alone.conf', ALONE),
                          ('hetctl-test.target',
                           f'{ALONE}Wants={service}\n')):
        with open(os.path.join(units, name), 'w', encoding='utf-8') as file:
            file.write(content)


@contextlib.contextmanager
def systemd(service):
    """Its log, a file"""
    with tempfile.TemporaryDirectory(prefix='hetctl-systemd.') as folder:
        install_unit(folder, service)
        script = INSIDE.format(folder=folder, systemd=SYSTEMD)
        log = os.path.join(folder, 'log')
        with open(log, 'w', encoding='utf-8') as output:
            process = subprocess.Popen(
                ['unshare', '--mount', '--pid', '--fork', '--kill-child=KILL',
                 '--mount-proc', 'sh', '-c', script],
                stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT)
        try:
            yield log
        except Failure as error:
            with open(log, encoding='utf-8') as file:
                raise Failure(f'{error}\n{file.read()}') from error
        finally:
            process.kill()
            process.wait()


def watchers(soc):
    found = run('pgrep', '-f', f'^{re.escape(HETCTL)} .* watch {soc.name}$')
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


@test('under systemd the service restarts a slave that was killed, and is '
      'itself restarted')
def service():
    if not can_run_systemd():
        return 'not tried: no systemd, or no namespaces'
    with Pair() as soc:
        with systemd(f'hetctl-watch@{soc.name}.service'):
            first = wait_watcher(soc)
            slave_comes_back(soc)
            os.kill(first, signal.SIGKILL)
            wait_watcher(soc, other_than=first)
            slave_comes_back(soc)
        wait_until(lambda: not watchers(soc), 'the service has ended')
    return 'kill -9 of the slave, of hetctl watch, of the slave'


@test('systemd finds nothing wrong with the unit')
def verify():
    with tempfile.TemporaryDirectory() as folder:
        install_unit(folder, 'hetctl-watch@soc.service')
        unit = os.path.join(folder, 'units', 'hetctl-watch@.service')
        done = run('systemd-analyze', '--man=no', 'verify', unit)
        expect(done.returncode == 0 and not done.stderr, done.stderr)


main()
