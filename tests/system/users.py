# SPDX-License-Identifier: GPL-2.0-or-later
"""Users of one qemu:///system: root, two of the group libvirt, and one who is not."""

import contextlib
import grp
import os
import pwd
import re
import tempfile

from het import (EXAMPLES, GUEST, HETCTL, QEMU_DIR, domains, expect_equal,
                 hetctl, run, segments, test)

FIRMWARE = ['--firmware', os.path.join(GUEST, 'pair-slave-a.elf')]


class User:
    def __init__(self, name, *groups):
        entry = pwd.getpwnam(name)
        self.name, self.uid = name, entry.pw_uid
        self.who = {'user': entry.pw_uid, 'group': entry.pw_gid,
                    'extra_groups': [grp.getgrnam(g).gr_gid for g in groups],
                    'cwd': '/'}

    def hetctl(self, *args, code=0):
        return hetctl('-c', 'qemu:///system', *args, code=code,
                      env={'HOME': '/nonexistent'}, **self.who)

    def may(self, path, mode):
        done = run('test', mode, path, **self.who)
        return done.returncode == 0


ROOT = User('root')
MEMBER = User('games', 'libvirt')
OTHER_MEMBER = User('backup', 'libvirt')
STRANGER = User('nobody')


def can_try():
    """Namespaces of our own, and a tree that other users may read."""
    emulators = User('libvirt-qemu')
    return os.environ.get('HETCTL_PRIVATE') == 'inside' and \
        all(emulators.may(os.path.join(QEMU_DIR, 'qemu-system-arm'), '-x')
            and MEMBER.may(path, '-r')
            for path in (HETCTL, FIRMWARE[1], EXAMPLES))


@contextlib.contextmanager
def soc_file(name, example):
    with open(os.path.join(EXAMPLES, example + '.xml'),
              encoding='utf-8') as file:
        text = re.sub('<name>[^<]*<', f'<name>{name}<', file.read(), count=1)
    text = text.replace('../build/guest/', GUEST + '/')
    with tempfile.NamedTemporaryFile('w', suffix='.xml') as file:
        file.write(text)
        file.flush()
        os.chmod(file.name, 0o644)
        yield file.name


@contextlib.contextmanager
def soc_of(user, name, example='bare-pair'):
    with soc_file(name, example) as path:
        user.hetctl('define', path)
    try:
        yield name
    finally:
        run(HETCTL, 'destroy', name)
        run(HETCTL, 'undefine', name)
        left = [d for d in domains() if d.startswith(name + '.')]
        expect_equal(left, [], 'domains')
        expect_equal([s for s in segments() if f'-{name}-' in s], [],
                     'segments')


def users_test(title):
    def add(function):
        @test(title)
        def run_it():
            if not can_try():
                return 'not tested: needs namespaces, and a readable tree'
            return function()
        return run_it
    return add
