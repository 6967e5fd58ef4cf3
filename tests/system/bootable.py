# SPDX-License-Identifier: GPL-2.0-or-later
"""A systemd that is the first process of namespaces of its own, knows the units
of hetctl and no other service, and can be booted again; and a journald."""

import contextlib
import glob
import os
import subprocess
import tempfile

from het import HETCTL, TOP, Failure, expect_equal, run, wait_until

SYSTEMD = '/lib/systemd/systemd'
JOURNALD = '/lib/systemd/systemd-journald'
SOCKET = '/run/systemd/journal/socket'        # of journald
ALONE = """[Unit]
DefaultDependencies=no
"""
# The machine's units are none of systemd's business here: some of them clean up
# folders that are not the test's. Libvirt is there before any systemd is.
INSIDE = """
mount --bind {folder}/units /etc/systemd/system
export container=hetctl-test
export SYSTEMD_UNIT_PATH=/etc/systemd/system
export SYSTEMD_GENERATOR_PATH={folder}/none
exec {systemd} --system --unit=multi-user.target --log-target=console
"""


def can_run_systemd():
    return (can_run_journald() and os.access(SYSTEMD, os.X_OK) and
            os.path.isdir('/run/libvirt') and
            run('unshare', '--mount', '--pid', '--fork', '--mount-proc',
                'true').returncode == 0)


def can_run_journald():
    """In a /run that is ours: private-libvirt has made it."""
    return os.access(JOURNALD, os.X_OK) and os.geteuid() == 0 and \
        os.environ.get('HETCTL_PRIVATE') == 'inside'


@contextlib.contextmanager
def journald():
    os.makedirs('/run/systemd/journal', exist_ok=True)
    os.makedirs('/run/log/journal', exist_ok=True)
    process = subprocess.Popen([JOURNALD], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: os.path.exists(SOCKET), 'journald listens')
        yield process
    finally:
        process.kill()
        process.wait()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(SOCKET)


def unit_files():
    return sorted(glob.glob(os.path.join(TOP, 'hetctl', '*.service.in')))


class Host:
    """`with Host() as host: with host.booted(): ...`, several times"""

    def __init__(self):
        self._temporary = tempfile.TemporaryDirectory(prefix='hetctl-host.')
        self.folder = self._temporary.name
        self.units = os.path.join(self.folder, 'units')
        self.log = os.path.join(self.folder, 'log')
        self.pid = None
        self._journald = journald()
        os.mkdir(self.units)
        self.write('multi-user.target', ALONE)
        self.write('off.target', f'{ALONE}AllowIsolate=yes\n')
        for path in unit_files():
            self._install(path)

    def __enter__(self):
        self._journald.__enter__()
        return self

    def __exit__(self, *error):
        self._journald.__exit__(*error)
        self._temporary.cleanup()

    def write(self, name, text):
        path = os.path.join(self.units, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)

    def _install(self, path):
        """As make install writes it"""
        name = os.path.basename(path)[:-len('.in')]
        with open(path, encoding='utf-8') as file:
            text = file.read()
        self.write(name, text.replace('@bindir@', os.path.dirname(HETCTL)))
        self.write(f'{name}.d/alone.conf', ALONE)

    @contextlib.contextmanager
    def booted(self):
        script = INSIDE.format(folder=self.folder, systemd=SYSTEMD)
        with open(self.log, 'a', encoding='utf-8') as output:
            process = subprocess.Popen(
                ['unshare', '--mount', '--pid', '--fork', '--kill-child=KILL',
                 '--mount-proc', 'sh', '-c', script],
                stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT)
        try:
            self.pid = wait_until(lambda: self._systemd_of(process.pid),
                                  'systemd runs', 30)
            wait_until(lambda: self.run('systemctl', 'list-units')
                       .returncode == 0, 'systemd answers', 30)
            yield
        except Failure as error:
            with open(self.log, encoding='utf-8') as file:
                raise Failure(f'{error}\n{file.read()}') from error
        finally:
            self.pid = None
            process.kill()
            process.wait()

    @staticmethod
    def _systemd_of(pid):
        path = f'/proc/{pid}/task/{pid}/children'
        with contextlib.suppress(OSError, IndexError):
            with open(path, encoding='ascii') as file:
                child = int(file.read().split()[0])
            if os.path.realpath(f'/proc/{child}/exe') == \
                    os.path.realpath(SYSTEMD):
                return child
        return None

    def run(self, *command):
        """In the namespaces of systemd"""
        return run('nsenter', '-t', str(self.pid), '-m', '-p', *command)

    def shut_down(self):
        """Ends all units in their order, as a shutdown does."""
        done = self.run('systemctl', 'isolate', 'off.target')
        expect_equal(done.returncode, 0, done.stderr)
        wait_until(lambda: not self.run('systemctl', '--no-legend',
                                        'list-jobs').stdout.strip(),
                   'all units have ended', 60)

    def state(self, unit):
        done = self.run('systemctl', 'show', '-P', 'ActiveState', '--', unit)
        return done.stdout.strip()
