#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""labs/twister: what Zephyr's twister calls, called as it does.

Twister itself is a part of Zephyr's tree. What is said here of it: it opens a
pseudo terminal, starts `serial_pty` (cut at blanks and commas) with the leader
as its three streams, reads the follower, then runs the runner with 60 s for it:
any exit code but 0 is "Device issue (Flash error?)", with what it said on
standard error; a harness waits for lines, and at the end serial_pty gets
SIGTERM. west's runner misc-flasher calls the first of runner_params with the
build folder before the others."""

import os
import re
import select
import subprocess
import tempfile
import time
import tty

from het import (GUEST, HETCTL, TOP, Shared, Soc, expect, expect_equal, hetctl,
                 main, run, test)

LABS = os.path.join(TOP, 'labs', 'twister')
FLASH_S = 60
LOG = r'stm32mp1-openamp: device 500 '

# Of Zephyr's hwmap-schema.yaml, as it is published
REQUIRED = {'connected': bool, 'id': str, 'product': str, 'runner': str,
            'platform': (str, list)}
OPTIONAL = {'available': bool, 'notes': str, 'probe_id': str,
            'runner_params': list, 'serial_pty': str, 'serial': str,
            'baud': int, 'pre_script': str, 'post_flash_script': str,
            'post_script': str, 'fixtures': list, 'flash_timeout': int,
            'flash_with_test': bool, 'flash_before': bool}


def hardware_map():
    try:
        import yaml
    except ModuleNotFoundError:
        return None
    with open(os.path.join(LABS, 'hardware-map.yml'), encoding='utf-8') as file:
        return yaml.safe_load(file)


MAP = hardware_map()


def with_yaml(function):
    def call():
        return function() if MAP else 'not tested: no python3-yaml'
    return call


def entry_for(soc):
    """The example's entry, of this tree and for this SoC"""
    def change(text):
        return text.replace('/usr/share/hetctl/labs/twister', LABS).replace(
            'stm32mp157', soc)

    entry = dict(MAP[0])
    entry['serial_pty'] = change(entry['serial_pty'])
    entry['runner_params'] = [change(text) for text in entry['runner_params']]
    return entry


def build(folder, firmware):
    """A build folder as far as a runner looks at it"""
    path = os.path.join(folder, 'zephyr')
    os.makedirs(path, exist_ok=True)
    link = os.path.join(path, 'zephyr.elf')
    if os.path.lexists(link):
        os.unlink(link)
    if firmware:
        os.symlink(os.path.join(GUEST, firmware), link)
    return folder


class Instance:
    """One run of a test on a device; status and reason as twister has them"""

    def __init__(self, entry, folder):
        self.entry, self.folder = entry, folder
        self.log = ''
        self.status = self.reason = None
        self.seconds = 0

    def handle(self, pattern, timeout=20, env=None):
        leader, follower = os.openpty()
        env = {**os.environ, 'HETCTL': HETCTL, **(env or {})}
        with subprocess.Popen(re.split('[, ]', self.entry['serial_pty']),
                              stdin=leader, stdout=leader, stderr=leader,
                              env=env) as console:
            try:
                serial = os.open(os.ttyname(follower), os.O_RDWR | os.O_NOCTTY)
                tty.setraw(serial)
                if self.flash(env):
                    self.monitor(serial, pattern, timeout)
                os.close(serial)
            finally:
                console.terminate()
                code = console.wait(10)
        os.close(leader)
        os.close(follower)
        expect(code == 0 or self.status == 'error', f'serial_pty: {code}')
        return self

    def flash(self, env):
        command, *more = self.entry['runner_params']
        start = time.monotonic()
        done = run(command, self.folder, *more, timeout=FLASH_S, env=env)
        self.seconds = time.monotonic() - start
        if done.returncode:
            self.status, self.reason = 'error', 'Device issue (Flash error?)'
            self.log = done.stderr
        return not done.returncode

    def monitor(self, serial, pattern, timeout):
        end = time.monotonic() + timeout
        self.status, self.reason = 'failed', 'Timeout'
        while self.status == 'failed' and time.monotonic() < end:
            if select.select([serial], [], [], 0.1)[0]:
                self.log += os.read(serial, 4096).decode(errors='replace')
                if any(re.search(pattern, line)
                       for line in self.log.splitlines()):
                    self.status, self.reason = 'passed', None

    def expect(self, status):
        expect_equal(self.status, status,
                     f'{self.reason}, {self.seconds:.1f} s:\n{self.log}\nstatus')


def consoles_of(soc):
    return run('pgrep', '-f', f'console {soc.name} ').stdout.split()


def without_remoteproc():
    """Its driver resets an M4 that Linux did not boot, in the middle of a test
    when that begins while Linux boots."""
    soc = Soc('stm32mp157')
    path = os.path.join(soc.folder, 'chips', 'stm32mp157-linux.xml')
    with open(path, encoding='utf-8') as file:
        xml = file.read()
    with open(path, 'w', encoding='utf-8') as file:
        file.write(xml.replace('</cmdline>',
                               ' module_blacklist=stm32_rproc</cmdline>'))
    return soc


defined = Shared(without_remoteproc)


@test("the example's map is as Zephyr's schema wants it, and its programs are "
      'there')
@with_yaml
def schema():
    for entry in MAP:
        for key, kind in REQUIRED.items():
            expect(isinstance(entry.get(key), kind), f'{key}: {entry}')
        for key, value in entry.items():
            kind = REQUIRED.get(key) or OPTIONAL.get(key)
            expect(kind and isinstance(value, kind), f'{key}: {value!r}')
        for text in entry['runner_params']:
            expect(isinstance(text, str), f'{text!r}')
        for path in (entry['runner_params'][0],
                     re.split('[, ]', entry['serial_pty'])[0]):
            own = path.replace('/usr/share/hetctl/labs/twister', LABS)
            expect(own != path and os.access(own, os.X_OK), path)


@test('a SoC that is off is started, its M4 boots the firmware of the build, '
      'and all that it says from the first byte comes; again and again')
@with_yaml
def passes():
    with defined() as soc, tempfile.TemporaryDirectory() as folder:
        build(folder, 'stm32mp1-openamp.elf')
        for i in range(3):
            instance = Instance(entry_for(soc.name), folder).handle(LOG)
            instance.expect('passed')
            expect_equal(soc.core()['boots'], i + 1, 'boots')
            expect_equal(consoles_of(soc), [], 'consoles left')


@test('a firmware that does not say it fails; one that crashes too, and the '
      'next one passes')
@with_yaml
def fails():
    with defined() as soc, tempfile.TemporaryDirectory() as folder:
        build(folder, 'stm32mp1-openamp.elf')
        Instance(entry_for(soc.name), folder).handle(
            'PROJECT EXECUTION SUCCESSFUL', timeout=2).expect('failed')
        build(folder, 'lockup.elf')
        Instance(entry_for(soc.name), folder).handle(
            LOG, timeout=2).expect('failed')
        expect_equal(soc.core()['state'], 'crashed', 'core')
        build(folder, 'stm32mp1-openamp.elf')
        Instance(entry_for(soc.name), folder).handle(LOG).expect('passed')


@test('what cannot be flashed is an error of the device at once, with its '
      'reason: no firmware, one of another machine, no SoC, no hetctl')
@with_yaml
def device_issues():
    with defined() as soc, tempfile.TemporaryDirectory() as folder:
        def flash(word, name=soc.name, **more):
            instance = Instance(entry_for(name), folder).handle(LOG, **more)
            instance.expect('error')
            expect(word in instance.log and instance.seconds < 30,
                   f'no {word!r} in {instance.log}, {instance.seconds} s')

        build(folder, None)
        flash('no firmware')
        build(folder, 'quad-rv64.elf')
        flash('it is for 64-bit RISC-V')
        build(folder, 'stm32mp1-openamp.elf')
        flash("'nobody'", name='nobody')
        flash('/nothing/hetctl', env={'HETCTL': '/nothing/hetctl'})


@test("as a flash command, of a build by sysbuild, without a console")
@with_yaml
def flash_command():
    with defined() as soc, tempfile.TemporaryDirectory() as folder:
        hetctl('start', soc.name) if soc.status()['state'] == 'shut off' \
            else None
        app = build(os.path.join(folder, 'app'), 'stm32mp1-openamp.elf')
        with open(os.path.join(folder, 'domains.yaml'), 'w',
                  encoding='utf-8') as file:
            file.write(f'default: app\nbuild_dir: {folder}\ndomains:\n'
                       f'- name: app\n  build_dir: {app}\n')
        boots = soc.core()['boots']
        done = run(os.path.join(LABS, 'hetctl-flash'), '--build-dir', folder,
                   '--board-id', 'any', soc.name, 'm4',
                   env={'HETCTL': HETCTL})
        expect_equal((done.returncode, done.stderr), (0, ''), 'flash')
        expect_equal(soc.core()['boots'], boots + 1, 'boots')
        for bad in ((), (soc.name,), (folder, soc.name), ('-x',)):
            done = run(os.path.join(LABS, 'hetctl-flash'), *bad)
            expect(done.returncode not in (0, None) and done.stderr, f'{bad}')


defined.ends()
main()
