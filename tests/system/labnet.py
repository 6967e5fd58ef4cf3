# SPDX-License-Identifier: GPL-2.0-or-later
"""A host with SoCs, a coordinator of labgrid and its exporter, and a client that
is somewhere else: in another network, without the host's libvirt and /dev/shm."""

import os
import subprocess
import tempfile

from het import BUILD, HETCTL, TOP, expect, run, wait_until
from network import own_network
from sshd import PORT, Server

LABS = os.path.join(TOP, 'labs', 'labgrid')
EXAMPLE = os.path.join(LABS, 'example')
# Debian's modules: another python3 may stand before it in PATH
PYTHON = '/usr/bin/python3'
# The one with a coordinator of its own; scripts/get-lava.sh gets it.
LABGRID = os.path.join(BUILD, 'labgrid', 'usr', 'lib', 'python3',
                       'dist-packages')
HOST, CLIENT = '192.0.2.1', '192.0.2.2'       # for documentation, says RFC 5737
COORDINATOR = f'{HOST}:20408'
EXPORTER = 'lab-host'
ELSEWHERE = ('mount -t tmpfs none /run/libvirt && mount -t tmpfs none /dev/shm '
             '&& exec "$@"')


def why_not():
    done = run(PYTHON, '-m', 'labgrid.remote.coordinator', '--help',
               env={'PYTHONPATH': LABGRID})
    return None if done.returncode == 0 else 'no labgrid with a coordinator'


def lab_network():
    """This process is the host; `client` is another network beside it."""
    own_network()
    for line in ('netns add client',
                 'link add lab0 type veth peer name lab0 netns client',
                 f'address add {HOST}/24 dev lab0', 'link set lab0 up',
                 f'-n client address add {CLIENT}/24 dev lab0',
                 '-n client link set lab0 up', '-n client link set lo up'):
        done = run('ip', *line.split())
        expect(done.returncode == 0, f'ip {line}: {done.stderr}')


class Lab:
    """`with Lab() as lab:`; the SoCs are defined by others, by the names that
    the example's exporter.yaml has."""

    def __enter__(self):
        self._temporary = tempfile.TemporaryDirectory(prefix='hetctl-lab.')
        self.folder = self._temporary.name
        self._processes = []
        self.server = Server(HOST, lab_network)
        # It keeps its places in the folder where it is started.
        self._start('coordinator', '--listen', COORDINATOR)
        wait_until(lambda: self.client('places').returncode == 0,
                   'the coordinator answers', 30)
        self._write('exporter.yaml', lambda text: text.replace(
            '    soc:', f'    port: {PORT}\n    hetctl: {HETCTL}\n    soc:'))
        self._write('remote.yaml', lambda text: text +
                    f'tools:\n  hetctl: {HETCTL}\noptions:\n  hetctl_ssh: '
                    f'keyfile={self.server.key}&known_hosts='
                    f'{self.server.known_hosts.replace(" ", "%20")}\n')
        self.export(os.path.join(self.folder, 'exporter.yaml'), EXPORTER)
        return self

    def __exit__(self, *_):
        for process in reversed(self._processes):
            process.terminate()
            process.wait(20)
        self.server.stop()
        run('ip', 'netns', 'delete', 'client')
        self._temporary.cleanup()

    def _write(self, name, change):
        with open(os.path.join(EXAMPLE, name), encoding='utf-8') as file:
            text = change(file.read())
        with open(os.path.join(self.folder, name), 'w',
                  encoding='utf-8') as file:
            file.write(text)

    def _env(self, place=''):
        return {**os.environ, 'PYTHONPATH': f'{LABGRID}:{LABS}',
                'LG_COORDINATOR': COORDINATOR, 'LG_PLACE': place,
                'HETCTL_HOST': HOST, 'HETCTL_USER': 'root',
                'PYTHONDONTWRITEBYTECODE': '1'}

    def _start(self, what, *args):
        log = os.path.join(self.folder, f'{what}-{len(self._processes)}.log')
        with open(log, 'w', encoding='utf-8') as file:
            self._processes.append(subprocess.Popen(
                [PYTHON, '-m', f'labgrid.remote.{what}', *args],
                stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                cwd=self.folder, env=self._env()))

    def export(self, path, name):
        self._start('exporter', '--coordinator', COORDINATOR, '--name', name,
                    path)
        wait_until(lambda: f'{name}/' in self.client('resources').stdout,
                   f'{name} exports', 30)

    def elsewhere(self, *command, place='', user='user', **more):
        """subprocess.run in the client's network"""
        return subprocess.run(
            ['ip', 'netns', 'exec', 'client', 'unshare', '--mount', 'sh', '-c',
             ELSEWHERE, 'sh', *command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, env={**self._env(place), 'LG_USERNAME': user,
                              'LG_HOSTNAME': 'elsewhere'}, **more)

    def client(self, *args, place='', **more):
        """labgrid-client"""
        return self.elsewhere(PYTHON, '-m', 'labgrid.remote.client', *args,
                              place=place, timeout=120, cwd=self.folder,
                              **more)

    def place(self, name, resource=None):
        """Made, and acquired"""
        for args in (('create',), ('add-match', resource or
                                   f'{EXPORTER}/{name}/NetworkHetctlSoc'),
                     ('acquire',)):
            done = self.client('-p', name, *args)
            expect(done.returncode == 0,
                   f'{name}: {args}: {done.stdout}{done.stderr}')

    def release(self, name):
        for args in (('release',), ('delete',)):
            done = self.client('-p', name, *args)
            expect(done.returncode == 0,
                   f'{name}: {args}: {done.stdout}{done.stderr}')

    def pytest(self, place, *args, **more):
        return self.elsewhere(
            PYTHON, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--lg-env',
            os.path.join(self.folder, 'remote.yaml'), *args,
            os.path.join(EXAMPLE, 'test_echo.py'), place=place, cwd=EXAMPLE,
            **more)
