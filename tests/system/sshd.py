# SPDX-License-Identifier: GPL-2.0-or-later
"""An ssh server on the loopback of a network namespace of our own, which lets
root in with a key of ours and knows nothing of the machine's."""

import glob
import os
import shutil
import subprocess
import tempfile
import time

from het import BUILD, HETCTL, QEMU_DIR, expect, run
from network import own_network

PORT = 2222
UNPACKED = os.path.join(BUILD, 'sshd')
PLACES = [os.path.join(UNPACKED, 'usr', 'sbin', 'sshd'), '/usr/sbin/sshd']


def why_not():
    """What is not there to test with; scripts/get-sshd.sh gets a server."""
    if not any(os.path.exists(path) for path in PLACES):
        return 'there is no sshd'
    if not shutil.which('ssh'):
        return 'there is no ssh'
    if os.environ.get('HETCTL_PRIVATE') != 'inside':
        return 'no namespaces'
    return None


def parts(server):
    """Since OpenSSH 9.8 sshd is several programs, which know one another's
    installed places; none where it is one."""
    if not server.startswith(UNPACKED):
        return ''
    programs = (('SshdSessionPath', 'sshd-session'),
                ('SshdAuthPath', 'sshd-auth'))
    found = ((option, os.path.join(UNPACKED, 'usr', 'lib', 'openssh', name))
             for option, name in programs)
    return ''.join(f'{option} {path}\n' for option, path in found
                   if os.path.exists(path))


class Server:
    """Of this process and its children: those see no other network."""

    def __init__(self, address='127.0.0.1', network=own_network):
        self.address = address
        self.path = next(path for path in PLACES if os.path.exists(path))
        self.folder = tempfile.mkdtemp(prefix='ssh-')
        self.home = os.path.join(self.folder, 'home')
        self.config = os.path.join(self.folder, 'sshd_config')
        self.known_hosts = os.path.join(self.folder, 'known hosts')
        self.key = os.path.join(self.folder, 'key')
        self.process = None
        os.mkdir(self.home)
        network()
        self.make_user()
        self.make_files()
        self.start()

    def make_user(self):
        """sshd's own, in a copy of the machine's users"""
        copy = os.path.join(self.folder, 'passwd')
        with open('/etc/passwd', encoding='utf-8') as file:
            text = file.read()
        if '\nsshd:' not in text:
            text += 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n'
        with open(copy, 'w', encoding='utf-8') as file:
            file.write(text)
        os.chmod(copy, 0o644)
        expect(run('mount', '--bind', copy, '/etc/passwd').returncode == 0,
               'no passwd')
        os.makedirs('/run/sshd', exist_ok=True)
        # Else the hetctl of other tests would sweep what ours have sent.
        os.makedirs('/var/lib/hetctl', exist_ok=True)
        expect(run('mount', '-t', 'tmpfs', 'hetctl-test',
                   '/var/lib/hetctl').returncode == 0, 'no tmpfs')

    def make_files(self):
        for key in (self.key, self.key + '-host'):
            run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key)
        with open(self.key + '-host.pub', encoding='utf-8') as file:
            host = ' '.join(file.read().split()[:2])
        with open(self.known_hosts, 'w', encoding='utf-8') as file:
            file.write(f'[{self.address}]:{PORT} {host}\n')
        with open(self.config, 'w', encoding='utf-8') as file:
            file.write(f'''
ListenAddress {self.address}
Port {PORT}
HostKey {self.key}-host
AuthorizedKeysFile {self.key}.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
MaxStartups 100
SetEnv HETCTL_QEMU_DIR={QEMU_DIR} LC_ALL=C.UTF-8 HOME={self.home} TMPDIR={self.home}
{parts(self.path)}''')

    def start(self):
        libraries = {os.path.dirname(path) for path in glob.glob(
            f'{UNPACKED}/**/lib*.so.*', recursive=True)}
        with open(os.path.join(self.folder, 'log'), 'w',
                  encoding='utf-8') as log:
            self.process = subprocess.Popen(
                [self.path, '-D', '-e', '-f', self.config], stderr=log,
                stdin=subprocess.DEVNULL,
                env={**os.environ, 'LD_LIBRARY_PATH': ':'.join(libraries)})
        time.sleep(0.5)
        expect(self.process.poll() is None, self.log())

    def log(self):
        with open(os.path.join(self.folder, 'log'), encoding='utf-8') as log:
            return log.read()

    def uri(self, known_hosts=None, key=None, hetctl=HETCTL, more='',
            host=None, port=PORT):
        known_hosts = (known_hosts or self.known_hosts).replace(' ', '%20')
        return (f'qemu+ssh://root@{host or self.address}:{port}/system?no_tty=1'
                f'&keyfile={key or self.key}&known_hosts={known_hosts}'
                f'&hetctl={hetctl}{more}')

    def stop(self):
        self.process.kill()
        self.process.wait()
        run('umount', '/etc/passwd')
        run('umount', '/var/lib/hetctl')
        shutil.rmtree(self.folder)
