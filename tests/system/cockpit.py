# SPDX-License-Identifier: GPL-2.0-or-later
"""cockpit-ws with a session of a user's, on a loopback of its own, with the
plug-in of this tree."""

import os
import shutil
import subprocess
import tempfile
import urllib.request

from browser import Browser, program
from het import BUILD, HETCTL, TOP, Failure, expect_equal, wait_until

PORT = 9090
UNPACKED = os.path.join(BUILD, 'cockpit')


def _program(name):
    """Unpacked by scripts/get-lava.sh, or installed"""
    for top in (UNPACKED, '/'):
        for folder in ('usr/lib/cockpit', 'usr/libexec', 'usr/bin'):
            path = os.path.join(top, folder, name)
            if os.access(path, os.X_OK):
                return path
    return None


def why_not():
    """What is not there to test with"""
    if os.environ.get('HETCTL_PRIVATE') != 'inside':
        return 'not tested: no namespaces'
    if not program():
        return 'not tested: no chromium'
    for name in ('cockpit-ws', 'cockpit-bridge'):
        if not _program(name):
            return f'not tested: no {name}'
    return None


def with_cockpit(function):
    def call():
        return why_not() or function()
    return call


class Cockpit:
    """`with Cockpit() as cockpit: browser.open(cockpit.url)`"""

    url = f'http://127.0.0.1:{PORT}/cockpit/@localhost/hetctl/index.html'

    def __init__(self, path=os.path.dirname(HETCTL), **who):
        """`who`: the user, as subprocess has it"""
        self._path = path
        self._who = who

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix='hetctl-cockpit.')
        data = os.path.join(self._folder.name, 'share')
        os.makedirs(os.path.join(data, 'cockpit'))
        os.symlink(os.path.join(TOP, 'cockpit'),
                   os.path.join(data, 'cockpit', 'hetctl'))
        if 'user' in self._who:
            shutil.chown(self._folder.name, self._who['user'])
        share = os.path.join(UNPACKED, 'usr/share')
        self._log = open(os.path.join(self._folder.name, 'log'), 'w+b')
        self._process = subprocess.Popen(
            [_program('cockpit-ws'), '--no-tls', '--address', '127.0.0.1',
             '--port', str(PORT),
             f'--local-session={_program("cockpit-bridge")}'],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
            env={**os.environ, 'HOME': self._folder.name,
                 'XDG_DATA_HOME': data, 'XDG_CONFIG_DIRS': data,
                 'XDG_DATA_DIRS': f'{share}:/usr/share',
                 'PATH': f'{self._path}:{os.environ["PATH"]}'}, **self._who)
        try:
            wait_until(self._answers, 'cockpit-ws answers', 20)
        except Failure as error:
            text = self.log()
            self.__exit__()
            raise Failure(f'{error}\n{text}') from error
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(10)
        self._log.close()
        shutil.rmtree(self._folder.name, ignore_errors=True)

    def _answers(self):
        if self._process.poll() is not None:
            raise Failure(f'cockpit-ws: exit code {self._process.returncode}')
        try:
            with urllib.request.urlopen(f'http://127.0.0.1:{PORT}/ping',
                                        timeout=2) as reply:
                return reply.status == 200
        except OSError:
            return False

    def log(self):
        self._log.seek(0)
        return self._log.read().decode(errors='replace')


class Page(Browser):
    """On the plug-in, of its own session"""

    def __init__(self, **more):
        super().__init__()
        self._cockpit = Cockpit(**more)

    def __enter__(self):
        self._cockpit.__enter__()
        super().__enter__()
        self.open(self._cockpit.url)
        return self

    def __exit__(self, kind=None, *error):
        super().__exit__(kind, *error)
        self._cockpit.__exit__()
        if kind is None:
            expect_equal(self.exceptions, [], 'exceptions of the page')

    def processor(self, name):
        return f'[data-processor="{name}"]'
