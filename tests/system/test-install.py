#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make install: what is installed works without the source tree."""

import os
import re
import subprocess
import tempfile

from het import BUILD, TOP, domains, expect, expect_equal, main, run, test


def install(folder):
    done = run('make', '-C', os.path.join(BUILD, 'hetctl'), 'install',
               f'DESTDIR={folder}')
    expect(done.returncode == 0, done.stdout + done.stderr)
    return {name: os.path.join(where, name)
            for where, _, files in os.walk(folder) for name in files
            if not where.endswith('/completions')}


@test('an installed example runs on what is installed beside it')
def installed():
    with tempfile.TemporaryDirectory(prefix='hetctl-install.') as folder:
        os.chmod(folder, 0o755)
        files = install(folder)
        for name in ('hetctl', 'soc.rng', 'qemu-system-arm', 'bare-pair.xml',
                     'stm32mp157.xml', 'stm32mp157-m4.xml',
                     'vmlinuz-armhf'):
            expect(name in files, f'{name} is not installed')
        for where, _, names in os.walk(os.path.join(TOP, 'labs')):
            for name in names:
                expect('__pycache__' in where or name in files,
                       f'{name} of labs is not installed')
        with open(files['bare-pair.xml'], encoding='utf-8') as file:
            name = re.search(r'<name>(.*?)</name>', file.read())[1]
        env = {**os.environ,
               'HETCTL_QEMU_DIR': os.path.dirname(files['qemu-system-arm'])}
        for command in (('validate', files['stm32mp157.xml']),
                        ('define', files['bare-pair.xml']), ('start', name),
                        ('status', name), ('destroy', name),
                        ('undefine', name)):
            done = subprocess.run([files['hetctl'], *command], env=env,
                                  text=True, capture_output=True, cwd='/',
                                  check=False)
            expect_equal(done.returncode, 0,
                         f'{command}: {done.stderr}\nexit code')
        expect_equal(domains(), [], 'domains')


@test('a SoC of any folder includes the installed chips')
def included():
    with tempfile.TemporaryDirectory(prefix='hetctl-install.') as folder:
        files = install(os.path.join(folder, 'root'))
        example = files['stm32mp157-virt.xml']
        own = os.path.join(folder, 'own.xml')
        with open(example, encoding='utf-8') as file:
            text = file.read().replace(
                '>../', f'>{os.path.dirname(example)}/../')
        with open(own, 'w', encoding='utf-8') as file:
            file.write(text)
        env = {'HETCTL_QEMU_DIR': os.path.dirname(files['qemu-system-arm'])}
        done = run(files['hetctl'], 'validate', own, env=env)
        expect('chips/stm32mp157-m4.xml' in done.stderr, done.stderr)
        done = run(files['hetctl'], 'validate', own, env={
            **env, 'HETCTL_EXAMPLES_DIR': os.path.dirname(example)})
        expect_equal((done.returncode, done.stderr), (0, ''), 'validate')


main()
