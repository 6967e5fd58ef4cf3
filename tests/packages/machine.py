# SPDX-License-Identifier: GPL-2.0-or-later
"""A clean Debian with a systemd of its own, in namespaces (systemd-nspawn)."""

import contextlib
import os
import platform
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'system'))
from het import BUILD, TOP, Failure, expect, expect_equal, run, wait_until  # noqa: E402,F401 pylint: disable=wrong-import-position,unused-import

# What every machine has, and nothing of what the packages depend on
BASE = 'systemd,systemd-sysv,dbus'


def needs():
    """Why it cannot be tried here, or None"""
    if os.geteuid() != 0:
        return 'not root'
    for program in ('mmdebstrap', 'systemd-nspawn'):
        if not shutil.which(program):
            return f'no {program}'
    return None


class Terminal:
    """What a user types there and sees"""

    def __init__(self, command):
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.execvp(command[0], command)
        self.seen = ''
        self._from = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._fd)
        os.waitpid(self._pid, 0)

    def until(self, pattern, seconds=120):
        """What comes up to and with the pattern"""
        end = time.monotonic() + seconds
        while True:
            match = re.search(pattern, self.seen[self._from:])
            if match:
                text = self.seen[self._from:self._from + match.end()]
                self._from += match.end()
                return text
            left = end - time.monotonic()
            if left < 0 or not select.select([self._fd], [], [], left)[0]:
                raise Failure(f'no {pattern} within {seconds} s:\n'
                              + self.seen[self._from:][-2000:])
            data = os.read(self._fd, 65536).decode(errors='replace')
            self.seen = (self.seen + data).replace('\r\n', '\n')

    def type(self, text):
        os.write(self._fd, text.encode())


def mirror():
    """The archive that this machine's apt uses"""
    done = run('bash', '-c', 'set -e; . scripts/lib.sh; '
               '. scripts/apt-private.sh; machine_mirror', cwd=TOP)
    expect_equal(done.returncode, 0, done.stderr)
    return done.stdout.strip()


def own_release():
    """The release of Debian that this machine has: packages are for the one
    where they are built."""
    return platform.freedesktop_os_release()['VERSION_CODENAME']


class Machine:
    """`with Machine(own_release()) as machine:`, a folder that goes at the
    end"""

    def __init__(self, release):
        self.release = release
        self.root = os.path.join(BUILD, 'machine', release)
        self.pid = self._nspawn = None
        self.log = os.path.join(BUILD, 'logs', f'machine-{release}.log')

    def __enter__(self):
        archive = os.path.join(BUILD, 'dl', f'machine-{self.release}.tar')
        if not os.path.exists(archive):
            done = run('mmdebstrap', '--variant=minbase',
                       f'--include={BASE}', self.release,
                       archive + '.part.tar', mirror(), timeout=900)
            expect_equal(done.returncode, 0, done.stderr[-2000:])
            os.rename(archive + '.part.tar', archive)
        self._remove()
        os.makedirs(self.root)
        subprocess.run(['tar', '-C', self.root, '-xf', archive,
                        '--exclude=./dev/*'], check=True)
        shutil.copy('/etc/resolv.conf', os.path.join(self.root, 'etc'))
        open(self.log, 'w', encoding='utf-8').close()
        return self

    def __exit__(self, *_):
        self._remove()

    def _remove(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def path(self, path):
        return os.path.join(self.root, path.lstrip('/'))

    def offline(self, *command, code=0):
        """While it is off, with the network that this machine has"""
        env = {name: value for name, value in os.environ.items()
               if name.lower().endswith('_proxy')}
        done = subprocess.run(
            ['systemd-nspawn', '--quiet', '--register=no', '--keep-unit',
             '--pipe', '-D', self.root, 'env', 'DEBIAN_FRONTEND=noninteractive',
             *(f'{name}={value}' for name, value in env.items()), *command],
            stdin=subprocess.DEVNULL, text=True, capture_output=True,
            timeout=900, check=False)
        self._note(command, done)
        if code is not None:
            expect_equal(done.returncode, code, f'{" ".join(command)}:\n'
                         f'{(done.stdout + done.stderr)[-3000:]}\nexit code')
        return done.stdout

    @contextlib.contextmanager
    def booted(self, network=False):
        """Up, without a network or with this machine's; shut down in order at
        the end"""
        output = open(self.log, 'a', encoding='utf-8')
        with output:
            self._nspawn = subprocess.Popen(
                ['systemd-nspawn', '--register=no', '--keep-unit',
                 *(() if network else ('--private-network',)),
                 '--link-journal=no', '-D', self.root, '--boot'],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            self.pid = wait_until(self._init, 'its systemd runs', 60)
            wait_until(lambda: self.run('systemctl', 'is-system-running',
                                        code=None).strip() in
                       ('running', 'degraded'), 'it is up', 120)
            yield
            self._shut_down()
        finally:
            if self._nspawn.poll() is None:
                self._nspawn.kill()
            self._nspawn.wait()
            self.pid = None

    def _init(self):
        """The first process inside"""
        pid = self._nspawn.pid
        with contextlib.suppress(OSError, IndexError):
            for path in (f'/proc/{pid}/task/{pid}/children',):
                with open(path, encoding='ascii') as file:
                    child = int(file.read().split()[-1])
            with open(f'/proc/{child}/comm', encoding='ascii') as file:
                if file.read().strip() == 'systemd':
                    return child
        return None

    def _shut_down(self):
        os.kill(self.pid, signal.SIGRTMIN + 4)
        try:
            self._nspawn.wait(180)
        except subprocess.TimeoutExpired as error:
            raise Failure('it does not shut down within 180 s') from error

    def _inside(self, *command):
        return ['nsenter', '-t', str(self.pid), '-m', '-u', '-i', '-n', '-p',
                '--root', '--wd', 'env', '-i', 'HOME=/root', 'LC_ALL=C.UTF-8',
                'PATH=/usr/sbin:/usr/bin:/sbin:/bin', *command]

    def terminal(self, folder):
        """A shell of root's there, on a terminal"""
        env = [f'{name}={value}' for name, value in os.environ.items()
               if name.lower().endswith('_proxy')]
        return Terminal(self._inside(
            *env, 'TERM=dumb', 'DEBIAN_FRONTEND=noninteractive', 'PS1=# ',
            'sh', '-c', f'cd {folder} && exec bash --norc --noediting'))

    def run(self, *command, code=0):
        done = subprocess.run(
            self._inside(*command), stdin=subprocess.DEVNULL, text=True,
            capture_output=True, timeout=300, check=False)
        self._note(command, done)
        if code is not None:
            expect_equal(done.returncode, code, f'{" ".join(command)}:\n'
                         f'{(done.stdout + done.stderr)[-3000:]}\nexit code')
        return done.stdout

    def _note(self, command, done):
        with open(self.log, 'a', encoding='utf-8') as file:
            file.write(f'$ {" ".join(command)}\n{done.stdout}{done.stderr}')

    def wait(self, what, check, seconds=120):
        end = time.monotonic() + seconds
        while not check():
            if time.monotonic() > end:
                raise Failure(f'not within {seconds} s: {what}')
            time.sleep(0.5)
