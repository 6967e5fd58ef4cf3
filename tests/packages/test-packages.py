#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian packages in a clean Debian of this machine's release: installed, used,
upgraded, removed; a SoC over a reboot of that host.

What is typed is in docs/packages.md; HETCTL_REGENERATE_OUTPUT=1 writes there what
comes back."""

import glob
import json
import os
import re
import shutil
import subprocess
import tempfile

from machine import (BUILD, Machine, expect, expect_equal, needs,
                     own_release)
from documents import snippets
from het import TOP, main, test

DEBS = sorted(glob.glob(os.path.join(BUILD, 'deb', '*.deb')))
PAGE = 'docs/packages.md'
LOCAL = '/etc/apparmor.d/local'
RULES = ('abstractions/libvirt-qemu', 'usr.sbin.libvirtd')
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


def pids(machine):
    return [processor['pid'] for processor in state(machine)['processors']]


def snippet(start):
    return next(s for s in snippets() if s.name == PAGE and
                s.text.startswith(start)).text.splitlines()


HOST, GUEST = snippet('apt-get update'), snippet('echo rpmsg-echo.elf')


def without_cgroups(machine):
    """There are none here that its libvirtd could write."""
    for path, text in (('/etc/libvirt/qemu.conf', 'cgroup_controllers = []'),
                       ('/etc/dpkg/dpkg.cfg.d/hetctl-test', 'force-confold')):
        os.makedirs(os.path.dirname(machine.path(path)), exist_ok=True)
        with open(machine.path(path), 'w', encoding='utf-8') as file:
            file.write(text + '\n')


def host_command(terminal, command):
    """Its output; it must succeed"""
    terminal.type(f'{command}\n')
    output = terminal.until(r'\n# $', 600)
    terminal.type('echo rc=$?\n')
    found = re.search(r'\nrc=(\d+)', terminal.until(r'\nrc=\d+\n# $'))
    expect_equal(found[1], '0', f'{output}\nexit code')
    return output


def shown(text):
    """Its lines, as they are at the end"""
    lines = [re.sub(r'\x1b\[[0-9;]*[A-Za-z]', '', line.rsplit('\r', 1)[-1])
             for line in text.split('\n')]
    return [line for line in lines if line.strip()]


def short(lines, first, last):
    if len(lines) <= first + last + 1:
        return lines
    return lines[:first] + ['[...]'] + lines[-last:]


def first_message(terminal):
    """Linux boots the M4, which answers over rpmsg; what was seen"""
    *_, console = HOST
    terminal.type(f'{console}\n')
    terminal.until(r'HET-READY[\s\S]*het# $')
    lines = [f'# {console}', '[...]', 'HET-READY', '[...]']
    for command in GUEST:
        if command.startswith('rpmsg-test'):
            # Its driver makes the device when the M4 has told its name.
            terminal.type('while [ ! -e /dev/ttyRPMSG0 ]; do sleep 0.1; done\n')
            terminal.until('het# $')
        terminal.type(f'{command}\n')
        output = shown(terminal.until('het# $'))[:-1]
        lines += [f'het# {command}'] + [
            line for line in output if line != command]
    expect(re.match(r'messages=10 .*errors=0', lines[-1]), '\n'.join(lines))
    terminal.type('\x1d')
    terminal.until(r'# $')
    return lines


def way(machine):
    """From nothing to the first message, and what was seen on it"""
    lines = []
    with machine.terminal('/var/tmp/debs') as terminal:
        terminal.until('# $')
        for command in HOST[:-1]:
            output = [line for line in
                      shown(host_command(terminal, command))[1:-1]
                      if '://' not in line]     # of whose mirror it is
            lines += [f'# {command}'] + short(output, 1, 3)
        lines += first_message(terminal)
    return lines


def again(machine):
    with machine.terminal('/') as terminal:
        terminal.until('# $')
        first_message(terminal)


def comparable(line):
    """Without what is another one each time"""
    return re.sub(r'\s+', ' ', re.sub(r'\d[\d.,]*', 'N', line)).strip()


def transcript(lines):
    """Compares with the page, or writes it."""
    path = os.path.join(TOP, PAGE)
    with open(path, encoding='utf-8') as file:
        page = file.read()
    begin = page.index('<!-- transcript -->\n```\n') + 24
    end = page.index('```\n<!-- end -->', begin)
    if os.environ.get('HETCTL_REGENERATE_OUTPUT'):
        with open(path, 'w', encoding='utf-8') as file:
            file.write(page[:begin] + '\n'.join(lines) + '\n' + page[end:])
        return
    # What apt says is a matter of its release and of the mirror.
    own = lines.index(f'# {HOST[2]}')
    old = page[begin:end].splitlines()
    expect_equal([comparable(line) for line in lines[own:]],
                 [comparable(line) for line in old[old.index(lines[own]):]],
                 f"{PAGE} (HETCTL_REGENERATE_OUTPUT=1 writes it)")


def files_of_hetctl(machine):
    os.unlink(machine.path('/etc/dpkg/dpkg.cfg.d/hetctl-test'))
    found = machine.offline('sh', '-c', 'find / -xdev -name "*hetctl*" '
                            '-not -path "/proc/*" -not -path "/var/tmp/*" '
                            '-not -path "/var/cache/*" '
                            '-not -path "/var/log/*"')
    return found.split()


def rules(machine):
    machine.offline('sh', '-c', 'apt-get install -y --no-install-recommends '
                    'apparmor')
    for name in RULES:
        with open(machine.path(f'{LOCAL}/{name}'), encoding='utf-8') as file:
            expect_equal(file.read().count('hetctl'), 1, f'lines in {name}')
    profile = '/etc/apparmor.d/libvirt/libvirt-hetctl-test'
    with open(machine.path(profile), 'w', encoding='utf-8') as file:
        file.write('#include <tunables/global>\n'
                   'profile libvirt-hetctl-test {\n'
                   '  #include <abstractions/libvirt-qemu>\n}\n')
    for path, rule in (('/etc/apparmor.d/usr.sbin.libvirtd',
                        '/usr/libexec/hetctl/qemu-system-* PUx,'),
                       (profile, '/usr/libexec/hetctl/qemu-system-* rmix,'),
                       (profile, '/dev/shm/hetrec.*/hetrec-* rwk,')):
        said = machine.offline('apparmor_parser', '-Q', '-K', '-p', path)
        expect(rule in said, f'{path} has not the rule {rule}')
        machine.offline('apparmor_parser', '-Q', '-K', '-d', path)
    os.unlink(machine.path(profile))


def page(machine):
    """Cockpit finds it, and its manifest is right."""
    machine.offline('sh', '-c', 'apt-get install -y --no-install-recommends '
                    '/var/tmp/debs/cockpit-hetctl*.deb')
    found = machine.offline('cockpit-bridge', '--packages')
    expect(re.search(r'^hetctl\b', found, re.M), found)


def upgrade(machine):
    with tempfile.TemporaryDirectory(prefix='hetctl-deb.') as folder:
        before = pids(machine)
        machine.run('dpkg', '-i', *copy(machine, newer(folder)))
    expect_equal(pids(machine), before, 'processes after the upgrade')
    expect_equal(core(machine), 'running', 'core after the upgrade')
    machine.run('hetctl', 'destroy', SOC)
    machine.run('hetctl', 'start', SOC)
    again(machine)


def remove(machine):
    """While it runs: it is shut down"""
    machine.run('dpkg', '--remove', 'cockpit-hetctl', 'hetctl-examples',
                'hetctl', 'hetctl-qemu')
    expect_equal(machine.run('sh', '-c', 'ls -l /proc/[0-9]*/exe 2>&1 | '
                             'grep hetctl/', code=None), '',
                 'programs that run after the removal')
    expect_equal(machine.run('grep', '-rl', 'hetctl', LOCAL, code=None), '',
                 'local rules that are left')
    expect_equal(machine.run('find', '/dev/shm', '-type', 'f'), '',
                 'files in /dev/shm')
    machine.run('dpkg', '--purge', 'hetctl-examples', 'hetctl', 'hetctl-qemu')


@test('the packages in a clean Debian: install, first message, reboot, '
      'upgrade, remove, purge')
def packages():
    if needs():
        return f'not tried: {needs()}'
    expect(len(DEBS) == 4, f"no packages, './bootstrap deb' makes them: {DEBS}")
    expect(len(HOST + GUEST) <= 10, 'more than 10 commands')
    with Machine(own_release()) as machine:
        copy(machine, DEBS)
        without_cgroups(machine)
        with machine.booted(network=True):
            transcript(way(machine))
            machine.run('hetctl', 'autostart', SOC)
        rules(machine)
        page(machine)
        with machine.booted():
            machine.wait('the SoC is up after the boot',
                         lambda: state(machine)['state'] == 'running')
            again(machine)
            upgrade(machine)
            remove(machine)
        expect_equal(files_of_hetctl(machine), [], 'files left')


main()
