# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of a slave's life share: hetctl events and watch as a child,
libvirtd killed and started again, what a process has open."""

import contextlib
import json
import os
import random
import re
import signal
import statistics
import subprocess
import threading
import time

from het import HETCTL, Failure, expect, expect_equal, run, wait_until

SLAVE_STEPS = ('slave-domain', 'slave-windows', 'slave-resume', 'slave-links')
LONG = os.environ.get('HETCTL_LONG') == '1'
SEED = int(os.environ.get('HETCTL_SEED', random.randrange(1 << 32)))


def times(short, long):
    """How often: the numbers of the long form are what has to be shown."""
    return long if LONG else short


class Listener:
    """hetctl events or watch; its events, in the order in which they came."""

    def __init__(self, command, soc, *args, env=None):
        self.what = f'hetctl {command} {soc.name}'
        self.events = []
        self._seen = set()
        self._condition = threading.Condition()
        self.process = subprocess.Popen(
            [HETCTL, command, soc.name, '--format', 'json', *args],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
            env={**os.environ, **(env or {})})
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _read(self):
        for line in self.process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                event = {'event': 'NO_JSON', 'line': line, 'data': {},
                         'processor': None}
            with self._condition:
                self.events.append(event)
                self._condition.notify_all()
        with self._condition:
            self._condition.notify_all()

    def _find(self, name, processor, data):
        """Processors tell of themselves in order, but each by itself: what
        two of them did has no order, and only earlier events of the same
        one are forgotten."""
        for i, event in enumerate(self.events):
            if i not in self._seen and event['event'] == name and \
                    processor in (None, event['processor']) and \
                    data.items() <= event['data'].items():
                self._seen |= {j for j in range(i + 1)
                               if self.events[j]['processor']
                               == event['processor']}
                return event
        return None

    def wait(self, name, processor=None, timeout=10.0, **data):
        """The next such event of the processor; its earlier ones are
        forgotten."""
        end = time.monotonic() + timeout
        with self._condition:
            while True:
                event = self._find(name, processor, data)
                if event:
                    return event
                left = end - time.monotonic()
                if left < 0 or not self._thread.is_alive():
                    raise Failure(
                        f'{self.what}: no {name} {data} of {processor} within '
                        f'{timeout:g} s, but\n' + '\n'.join(
                            json.dumps(e) for i, e in enumerate(self.events)
                            if i not in self._seen))
                self._condition.wait(min(left, 0.2))

    def names(self):
        with self._condition:
            return [event['event'] for event in self.events]

    def stop(self, number=signal.SIGTERM):
        """The exit code"""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self._thread.join(5)
        return code


class Watch(Listener):
    """hetctl watch, listening"""

    def __init__(self, soc, **more):
        super().__init__('watch', soc, **more)
        self.wait('WATCH_BEGINS')


class Events(Listener):
    """hetctl events, listening: it shows a suspend of the master."""

    def __init__(self, soc, **more):
        super().__init__('events', soc, **more)
        domain = soc.domain(soc.master)
        wait_until(lambda: self._trigger(domain), 'events listens')
        self.wait('DOMAIN_RESUMED', soc.master)

    def _trigger(self, domain):
        run('virsh', '-q', 'suspend', domain)
        run('virsh', '-q', 'resume', domain)
        time.sleep(0.05)
        return 'DOMAIN_RESUMED' in self.names()


def _heed_hangup():
    """Also when the tests run under nohup"""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextlib.contextmanager
def background(*args, env=None):
    """hetctl, running; killed when the test ends before it does."""
    process = subprocess.Popen([HETCTL, *args], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, env={**os.environ, **(env or {})},
                               preexec_fn=_heed_hangup)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def is_stopped(pid):
    """Whether a signal has stopped the process"""
    with open(f'/proc/{pid}/stat', encoding='utf-8') as file:
        return file.read().rsplit(')', 1)[1].split()[0] == 'T'


# ---- libvirtd ----

def _libvirtd_pidfile():
    for folder in ('/run/libvirt', os.environ.get('XDG_RUNTIME_DIR', '')):
        path = os.path.join(folder, 'libvirtd.pid')
        if folder and os.path.exists(path):
            return path
    return None


def libvirtd_pid():
    with open(_libvirtd_pidfile(), encoding='ascii') as file:
        pid = int(file.read())
    expect(os.path.exists(f'/proc/{pid}/exe'), f'libvirtd {pid} is gone')
    return pid


def can_restart_libvirtd():
    """Is libvirtd ours?"""
    return _libvirtd_pidfile() is not None and \
        (os.environ.get('HETCTL_PRIVATE') == 'inside' or os.geteuid() != 0)


def kill_libvirtd():
    path = _libvirtd_pidfile()
    with open(path, encoding='ascii') as file:
        pid = int(file.read())
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not os.path.exists(f'/proc/{pid}/exe'),
               'libvirtd is dead')
    return path


def start_libvirtd(pidfile):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(pidfile)
    subprocess.run(['libvirtd', '-d', '-p', pidfile], check=True)
    wait_until(lambda: run('virsh', '-q', 'list').returncode == 0,
               'libvirtd answers')


def status_file(domain):
    """What libvirtd knows of a domain that runs"""
    for folder in ('/run/libvirt/qemu', os.path.join(
            os.environ.get('XDG_RUNTIME_DIR', ''), 'libvirt/qemu/run')):
        path = os.path.join(folder, domain + '.xml')
        if os.path.exists(path):
            return path
    raise Failure(f'{domain} does not run')


def forget_lost(done):
    """A libvirtd that is killed while it starts a domain waits for that start
    for ever when it comes back. Does what a failed `hetctl destroy` says then;
    None if that is not why it failed."""
    found = re.search(r"libvirtd was killed while it started the domain, and "
                      r"takes no orders for it since; remove '(.*)' and "
                      r"restart libvirtd", done.stderr)
    if found:
        pidfile = kill_libvirtd()
        os.unlink(found[1])
        start_libvirtd(pidfile)
    return found and found[1]


# ---- processes ----

class Footprint:
    """What a process has open and mapped, and how much memory it needs."""

    def __init__(self, pid):
        self.fds = len(os.listdir(f'/proc/{pid}/fd'))
        with open(f'/proc/{pid}/maps', encoding='ascii') as file:
            self.segments = sorted(
                ' '.join(line.split()[1:3] + line.split()[5:6])
                for line in file if '/dev/shm' in line)
        with open(f'/proc/{pid}/status', encoding='ascii') as file:
            self.rss = next(int(line.split()[1]) for line in file
                            if line.startswith('VmRSS:'))


def footprints(soc):
    return {name: Footprint(soc.pid(name))
            for name in (soc.master, soc.slave)}


def expect_no_growth(before, after, share=0.02):
    """Returns what to say about it."""
    texts = []
    for name, old in before.items():
        new = after[name]
        expect_equal(new.fds, old.fds, f'open fds of {name}')
        expect_equal(new.segments, old.segments,
                     f'mappings of the segment in {name}')
        growth = (new.rss - old.rss) / old.rss
        expect(growth < share, f'RSS of {name}: {old.rss} KiB before, '
               f'{new.rss} KiB after ({growth:.1%})')
        texts.append(f'{name}: {new.fds} fds, RSS {growth:+.1%}')
    return '; '.join(texts)


def summary(seconds):
    """Of durations"""
    ms = sorted(1000 * s for s in seconds)
    return f'min {ms[0]:.0f} ms, median {statistics.median(ms):.0f} ms, ' \
           f'max {ms[-1]:.0f} ms'
