#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian packages in a clean Debian 12: installed, used, upgraded, removed;
a SoC over a reboot of that host."""

import glob
import json
import os
import re
import shutil
import subprocess
import tempfile

from machine import BUILD, Machine, expect, expect_equal, needs
from documents import snippets
from het import main, test

DEBS = sorted(glob.glob(os.path.join(BUILD, 'deb', '*.deb')))
LOCAL = '/etc/apparmor.d/local'
SOC = 'stm32mp157'


def newer(folder):
    """The same packages with a later version"""
    made = []
    for deb in DEBS:
        tree = os.path.join(folder, 'tree')
        subprocess.run(['dpkg-deb', '-R', deb, tree], check=True)
        control = os.path.join(tree, 'DEBIAN', 'control')
        with open(control, encoding='utf-8') as file:
            text = file.read()
        version = re.search(r'^Version: (.*)$', text, re.M)[1]
        with open(control, 'w', encoding='utf-8') as file:
            file.write(text.replace(f'Version: {version}',
                                    f'Version: {version}+1')
                       .replace(f'(= {version})', f'(= {version}+1)'))
        made.append(os.path.join(folder, os.path.basename(deb)
                                 .replace(f'_{version}_', f'_{version}+1_')))
        subprocess.run(['dpkg-deb', '-Znone', '-b', tree, made[-1]],
                       check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(tree)
    return made


def copy(machine, debs):
    folder = machine.path('/var/tmp/debs')
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    for deb in debs:
        shutil.copy(deb, folder)
    return [f'/var/tmp/debs/{os.path.basename(deb)}' for deb in debs]


def state(machine):
    done = machine.run('hetctl', 'status', SOC, '--format', 'json')
    return json.loads(done)


def core(machine):
    return state(machine)['processors'][1].get('core')


def snippet(start):
    return next(s for s in snippets() if s.name == 'docs/packages.md' and
                s.text.startswith(start)).text.splitlines()


def count(machine, pattern):
    return len(re.findall(pattern, machine.run('hetctl', 'logs', SOC, 'a7',
                                               code=None)))


def first_message(machine, boots):
    """The M4, booted by Linux, answers over rpmsg. The log has all boots."""
    # What is typed before its shell is there is lost.
    machine.wait('Linux is up', lambda: count(
        machine, '(?s)HET-READY.*?het# ') == boots)
    commands = snippet('echo rpmsg-echo.elf')
    commands.insert(-1, 'while [ ! -e /dev/ttyRPMSG0 ]; do sleep 0.1; done')
    machine.run('hetctl', 'console', SOC, 'a7', '--raw',
                text=''.join(f'{line}\n' for line in commands))
    machine.wait('the messages came back', lambda: count(
        machine, 'messages=10 .*errors=0') == boots)


def files_of_hetctl(machine):
    found = machine.offline('sh', '-c', 'find / -xdev -name "*hetctl*" '
                            '-not -path "/proc/*" -not -path "/var/tmp/*" '
                            '-not -path "/var/cache/*" '
                            '-not -path "/var/log/*"')
    return found.split()


def rules(machine):
    machine.offline('sh', '-c', 'apt-get install -y --no-install-recommends '
                    'apparmor')
    for name in ('abstractions/libvirt-qemu', 'usr.sbin.libvirtd'):
        with open(machine.path(f'{LOCAL}/{name}'), encoding='utf-8') as file:
            expect_equal(file.read().count('hetctl'), 1, f'lines in {name}')
    profile = '/etc/apparmor.d/libvirt/libvirt-hetctl-test'
    with open(machine.path(profile), 'w', encoding='utf-8') as file:
        file.write('#include <tunables/global>\n'
                   'profile libvirt-hetctl-test {\n'
                   '  #include <abstractions/libvirt-qemu>\n}\n')
    for path in ('/etc/apparmor.d/usr.sbin.libvirtd', profile):
        said = machine.offline('apparmor_parser', '-Q', '-K', '-p', path)
        expect('/usr/libexec/hetctl/qemu-system-*' in said,
               f'{path} has not the rules')
        machine.offline('apparmor_parser', '-Q', '-K', '-d', path)
    os.unlink(machine.path(profile))


@test('the packages in a clean Debian 12: install, first message, reboot, '
      'upgrade, remove')
def packages():
    if needs():
        return f'not tried: {needs()}'
    expect(len(DEBS) == 3, f"no packages, './bootstrap deb' makes them: {DEBS}")
    with Machine('bookworm') as machine, \
            tempfile.TemporaryDirectory(prefix='hetctl-deb.') as folder:
        update, install, define, start, _ = snippet('apt-get update')
        copy(machine, DEBS)
        machine.offline(*update.split())
        machine.offline('sh', '-c', f'cd /var/tmp/debs && {install} -y '
                        '--no-install-recommends')
        rules(machine)
        # There are no cgroups that its libvirtd could write.
        with open(machine.path('/etc/libvirt/qemu.conf'), 'a',
                  encoding='utf-8') as file:
            file.write('cgroup_controllers = []\n')
        with machine.booted():
            machine.run(*define.split())
            machine.run(*start.split())
            first_message(machine, 1)
            machine.run('hetctl', 'autostart', SOC)
        with machine.booted():
            machine.wait('the SoC is up after the boot',
                         lambda: state(machine)['state'] == 'running')
            first_message(machine, 2)
            pids = [p['pid'] for p in state(machine)['processors']]
            machine.run('dpkg', '-i', *copy(machine, newer(folder)))
            expect_equal([p['pid'] for p in state(machine)['processors']],
                         pids, 'processes after the upgrade')
            expect_equal(core(machine), 'running', 'core after the upgrade')
            machine.run('hetctl', 'destroy', SOC)
            machine.run('hetctl', 'start', SOC)
            first_message(machine, 3)
            machine.run('hetctl', 'destroy', SOC)
            machine.run('hetctl', 'undefine', SOC)
            machine.run('dpkg', '--purge', 'hetctl-examples', 'hetctl',
                        'hetctl-qemu')
        expect_equal(files_of_hetctl(machine), [], 'files left')


main()
