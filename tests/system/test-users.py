#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: users
"""Several users of one qemu:///system: root, and one of the group libvirt."""

import grp
import os
import re
import stat
import subprocess
import tempfile
import time

from het import (FAILED, HETCTL, LIBVIRT, STATE, domains, expect, expect_equal,
                 main, run, segments)
from users import (FIRMWARE, MEMBER, OTHER_MEMBER, ROOT, STRANGER, soc_file,
                   soc_of, users_test)

SOCKET = '/run/libvirt/libvirt-sock'


def works(user, name):
    """All that is done to a SoC"""
    user.hetctl('start', name)
    user.hetctl('boot', name, 'm4', *FIRMWARE, '--wait')
    user.hetctl('shutdown', name, 'm4')
    user.hetctl('cycle', name, 'm4', *FIRMWARE, '--count', '3')
    user.hetctl('suspend', name)
    user.hetctl('resume', name)
    user.hetctl('status', name)
    user.hetctl('destroy', name)


def expect_state(user, name, state):
    text = user.hetctl('list', '--all').stdout
    expect(re.search(rf'^\s*{name}\s+{state}', text, re.MULTILINE), text)


@users_test('a member of the group is the first: the folders are made')
def first():
    expect(not os.path.exists('/run/hetctl'), 'they are there already')
    with soc_of(MEMBER, 'first') as name:
        MEMBER.hetctl('start', name)
        for path in ('/run/hetctl', os.readlink('/run/hetctl/shm')):
            info = os.stat(path)
            expect_equal((info.st_uid, grp.getgrgid(info.st_gid).gr_name),
                         (0, 'libvirt'), f'owner of {path}')
            expect(not info.st_mode & stat.S_IWOTH, f'{path}: all may write')
        expect(not STRANGER.may('/run/hetctl', '-r'), 'all may read it')
        path = min(segments(), key=len)
        expect(not STRANGER.may(path, '-r'), 'all may read the memory')
        MEMBER.hetctl('boot', name, 'm4', *FIRMWARE, '--wait')
    pools = run('virsh', '-q', 'pool-list', '--all', '--name').stdout.split()
    expect_equal(pools, [], 'storage pools')


@users_test('each does everything with the SoCs of the others')
def shared():
    users = (ROOT, MEMBER, OTHER_MEMBER)
    for owner, user in ((ROOT, MEMBER), (MEMBER, ROOT),
                        (MEMBER, OTHER_MEMBER)):
        with soc_of(owner, f'of-{owner.name}') as name:
            works(user, name)
            expect_state(user, name, 'shut off')
    with soc_of(ROOT, 'handed-on') as name:
        for i in range(len(users)):
            users[i].hetctl('start', name)
            users[i - 1].hetctl('boot', name, 'm4', *FIRMWARE, '--wait')
            users[i - 2].hetctl('destroy', name)
        MEMBER.hetctl('undefine', name)
        expect_equal([d for d in domains() if d.startswith(name)], [],
                     'domains')


@users_test('a member saves and restores: the emulators are another user\'s')
def saved():
    with soc_of(MEMBER, 'saved') as name, \
            tempfile.TemporaryDirectory() as folder:
        os.chown(folder, MEMBER.uid, -1)
        path = os.path.join(folder, 'saved')
        MEMBER.hetctl('start', name)
        MEMBER.hetctl('boot', name, 'm4', *FIRMWARE, '--wait')
        for _ in range(3):
            start = time.monotonic()
            MEMBER.hetctl('save', name, path)
            took = time.monotonic() - start
            expect_state(MEMBER, name, 'shut off')
            expect_equal([s for s in segments() if f'-{name}-' in s], [],
                         'segments')
            MEMBER.hetctl('restore', path)
            expect_state(MEMBER, name, 'running')
    return f'{took * 1000:.0f} ms'


@users_test('SoCs of the same XML run side by side')
def same_xml():
    with soc_of(ROOT, 'same-a') as a, soc_of(MEMBER, 'same-b') as b:
        with soc_file(a, 'bare-pair') as path:
            done = MEMBER.hetctl('define', path, code=STATE)
            expect('already defined' in done.stderr, done.stderr)
        for user, name in ((ROOT, a), (MEMBER, b)):
            user.hetctl('start', name)
            user.hetctl('boot', name, 'm4', *FIRMWARE, '--wait')
        ROOT.hetctl('destroy', b)
        expect_state(MEMBER, a, 'running')


@users_test("a group's recorders: each reads and removes them, others do not")
def recorders():
    for owner, user in ((MEMBER, OTHER_MEMBER), (ROOT, MEMBER),
                        (MEMBER, ROOT)):
        with soc_of(owner, f'traced-{owner.name}') as name:
            owner.hetctl('start', name)
            text = user.hetctl('trace', name, '--last').stdout
            expect('starts to record' in text, text)
            paths = [s for s in segments() if '/hetrec-' in s]
            expect_equal(len(paths), 2, f'recorders: {paths}')
            for path in paths:
                expect(user.may(path, '-r') and user.may(path, '-w'), path)
                expect(not STRANGER.may(path, '-r'), 'all may read it')
                expect(not STRANGER.may(os.path.dirname(path), '-x'), 'folder')
            user.hetctl('destroy', name)
            expect(not any(map(os.path.exists, paths)), 'they are left')


@users_test('a folder that somebody makes beside that of an older hetctl is '
            'not used')
def older():
    with soc_of(MEMBER, 'older') as name:
        old = os.readlink('/run/hetctl/shm')
        trap = old.replace('hetctl.', 'hetrec.')
        for how in 'absent', 'trap':
            ROOT.hetctl('list')
            old = os.readlink('/run/hetctl/shm')
            trap = old.replace('hetctl.', 'hetrec.')
            os.rmdir(trap)
            if how == 'trap':
                run('mkdir', trap, **STRANGER.who)
            MEMBER.hetctl('start', name)
            MEMBER.hetctl('boot', name, 'm4', *FIRMWARE, '--wait')
            expect(os.readlink('/run/hetctl/shm') != old, how)
            expect(not os.path.exists(trap) or not os.listdir(trap), how)
            MEMBER.hetctl('destroy', name)


@users_test('they exclude each other')
def lock():
    with soc_of(ROOT, 'locked') as name:
        jobs = [subprocess.Popen([HETCTL, 'start', name], text=True,
                                 env={**os.environ, 'HOME': '/nonexistent'},
                                 stderr=subprocess.PIPE, **user.who)
                for user in (ROOT, MEMBER)]
        errors = [job.communicate()[1] for job in jobs]
        codes = sorted(job.returncode for job in jobs)
        expect_equal(codes, [0, STATE], f'exit codes {errors}')
        expect(any('already running' in error for error in errors), errors)
        ROOT.hetctl('destroy', name)


@users_test('who may not use libvirt changes nothing')
def stranger():
    with soc_of(ROOT, 'refused') as name:
        ROOT.hetctl('start', name)
        done = STRANGER.hetctl('destroy', name, code=LIBVIRT)
        for part in 'Permission denied', "members of the group 'libvirt' may":
            expect(part in done.stderr, done.stderr)
        expect_state(ROOT, name, 'running')


@users_test('whom libvirt lets in, but the group does not: refused at once')
def no_member():
    with soc_of(ROOT, 'half') as name, soc_file('half-b', 'bare-pair') as path:
        mode = stat.S_IMODE(os.stat(SOCKET).st_mode)
        os.chmod(SOCKET, 0o777)
        try:
            for command in (['define', path], ['start', name],
                            ['destroy', name], ['undefine', name]):
                done = STRANGER.hetctl(*command, code=FAILED)
                expect("you may not write '/run/hetctl'" in done.stderr,
                       done.stderr)
            expect_state(STRANGER, name, 'shut off')
            ROOT.hetctl('start', name)
            STRANGER.hetctl('destroy', name, code=FAILED)
            STRANGER.hetctl('boot', name, 'm4', *FIRMWARE, code=FAILED)
            expect_state(STRANGER, name, 'running')
        finally:
            os.chmod(SOCKET, mode)


@users_test('logs that libvirt keeps for itself: who cannot read them is told '
            'what to do')
def logs():
    with soc_of(MEMBER, 'logged', 'hetero-quad') as name:
        MEMBER.hetctl('start', name)
        done = MEMBER.hetctl('logs', name, code=FAILED)
        expect('sudo hetctl logs' in done.stderr and
               'console --read-only' in done.stderr, done.stderr)
        ROOT.hetctl('logs', name)


main()
