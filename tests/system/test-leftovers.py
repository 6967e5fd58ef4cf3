#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""start is all or nothing, and destroy leaves nothing."""

import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time

from het import (FAILED, GUEST, HETCTL, NOT_FOUND, QEMU_DIR, RESOURCE, TOP, XML,
                 Pair, Soc, everything, expect, expect_equal, hetctl, main,
                 test, virsh, wait_until)

WRAPPER = '''#!/bin/sh
case " $* " in
*guest={domain}*)
    if [ -e {trap} ]; then . {trap}; fi ;;
esac
exec {emulator} "$@"
'''


class Trapped(Soc):
    """The bare pair with an emulator that fails as a shell snippet says."""

    def __init__(self, processor):
        self.emulators = tempfile.TemporaryDirectory(prefix='hetctl-emu.')
        super().__init__('bare-pair')
        self.trap = os.path.join(self.emulators.name, 'trap')
        wrapper = os.path.join(self.emulators.name, 'qemu-system-arm')
        with open(wrapper, 'w', encoding='ascii') as file:
            file.write(WRAPPER.format(
                domain=self.domain(processor), trap=self.trap,
                emulator=os.path.join(QEMU_DIR, 'qemu-system-arm')))
        os.chmod(wrapper, 0o755)
        os.chmod(self.emulators.name, stat.S_IRWXU | stat.S_IRGRP |
                 stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)

    def __enter__(self):
        hetctl('define', self.xml,
               env={'HETCTL_QEMU_DIR': self.emulators.name})
        return self

    def __exit__(self, *error):
        super().__exit__(*error)
        self.emulators.cleanup()

    def set_trap(self, snippet):
        with open(self.trap, 'w', encoding='ascii') as file:
            file.write(snippet + '\n')


def start_fails(soc, code=FAILED, env=None):
    done = hetctl('start', soc.name, code=code, env=env)
    expect_equal(done.stdout, '', 'stdout')
    expect(done.stderr.count('\n') == 1, f'not one message:\n{done.stderr}')
    soc.expect_nothing_left(defined=True)


def emulator_fails(processor):
    with Trapped(processor) as soc:
        soc.set_trap('exit 1')
        start_fails(soc)
        os.unlink(soc.trap)
        soc.start()


def steps():
    """The steps of start, as its source has them."""
    with open(os.path.join(TOP, 'hetctl', 'run', 'start.c'), encoding='utf-8') as file:
        table = re.search(r'steps\[\w*\] = \{(.*?)\n\};', file.read(),
                          re.DOTALL)[1]
    found = re.findall(r'\{ "([a-z-]+)"', table)
    expect(len(found) >= 4, f'steps: {found}')
    return found


@test('nothing is left when any step of start fails')
def any_step():
    with Soc('bare-pair') as soc:
        for step in steps():
            start_fails(soc, env={'HETCTL_FAULT': f'fail:{step}'})
        soc.start()
    return ', '.join(steps())


@test('a hetctl that is killed at any step of start is cleaned up by the next')
def killed():
    with Soc('bare-pair') as soc:
        for step in steps():
            hetctl('start', soc.name, code=-signal.SIGKILL,
                   env={'HETCTL_FAULT': f'kill:{step}'})
            hetctl('destroy', soc.name)
            soc.expect_nothing_left(defined=True)
            hetctl('start', soc.name, code=-signal.SIGKILL,
                   env={'HETCTL_FAULT': f'kill:{step}'})
            soc.start()
            soc.destroy()
            soc.expect_nothing_left(defined=True)


@test("nothing is left when the master's QEMU does not start")
def master():
    emulator_fails('m33')


@test("nothing is left when the slave's QEMU does not start")
def slave():
    emulator_fails('m4')


@test('nothing is left when a QEMU dies at any moment of start')
def dies():
    count = 0
    with Trapped('m4') as soc:
        for delay in (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4):
            soc.set_trap(f'(sleep {delay}; kill -9 $$) & ')
            done = subprocess.run([HETCTL, 'start', soc.name], text=True,
                                  capture_output=True, check=False)
            if done.returncode == 0:
                hetctl('destroy', soc.name)
            else:
                count += 1
            soc.expect_nothing_left(defined=True)
    expect(count > 0, 'no delay hit the start')
    return f'{count} starts failed'


@test("nothing is left when /dev/shm is too small; the message says so")
def no_space():
    if os.geteuid() != 0:
        return 'not tested: needs root'
    with Soc('bare-pair') as soc:
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'small',
                        '/dev/shm'], check=True)
        try:
            done = hetctl('start', soc.name, code=RESOURCE)
            expect('/dev/shm' in done.stderr, done.stderr)
            soc.expect_nothing_left(defined=True)
        finally:
            subprocess.run(['umount', '/dev/shm'], check=True)
        soc.start()
    return None


@test("nothing is left when the master's kernel file has gone")
def kernel():
    with tempfile.TemporaryDirectory(prefix='hetctl-kernel.') as folder:
        copy = os.path.join(folder, 'pair-master.elf')
        shutil.copy(os.path.join(GUEST, 'pair-master.elf'), folder)
        os.chmod(folder, 0o755)
        with Soc('bare-pair', change=lambda text: text.replace(
                os.path.join(GUEST, 'pair-master.elf'), copy)) as soc:
            os.unlink(copy)
            done = hetctl('start', soc.name, code=XML)
            expect(copy in done.stderr, done.stderr)
            soc.expect_nothing_left(defined=True)


@test('nothing is left when start is interrupted at any moment')
def interrupted():
    count = 0
    with Soc('bare-pair') as soc:
        for delay in (0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4):
            with subprocess.Popen([HETCTL, 'start', soc.name],
                                  stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as process:
                time.sleep(delay)
                process.send_signal(signal.SIGINT)
                code = process.wait(timeout=30)
            if code == 0:
                hetctl('destroy', soc.name)
            else:
                count += 1
            soc.expect_nothing_left(defined=True)
        soc.start()
    expect(count > 0, 'no signal hit the start')
    return f'{count} starts interrupted'


@test('destroy and undefine leave nothing')
def nothing():
    with Pair() as soc:
        soc.destroy()
        soc.expect_nothing_left(defined=True)
        hetctl('undefine', soc.name)
        expect_equal(everything(), ([], [], []), 'left')
        hetctl('status', soc.name, code=NOT_FOUND)
        hetctl('define', soc.xml)


@test('destroy takes a SoC of which a part has died')
def parts():
    for victim in ('m33', 'm4'):
        with Pair() as soc:
            os.kill(soc.pid(victim), signal.SIGKILL)
            wait_until(lambda: soc.domain(victim) not in
                       virsh('list', '--name').split(), 'libvirt noticed')
            soc.destroy()
            soc.expect_nothing_left(defined=True)
            soc.start()


@test('destroy takes a SoC whose domain virsh destroyed')
def by_virsh():
    with Pair() as soc:
        virsh('destroy', soc.domain(soc.master))
        soc.destroy()
        soc.expect_nothing_left(defined=True)


main()
