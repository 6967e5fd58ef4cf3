# SPDX-License-Identifier: GPL-2.0-or-later
"""The main job: Debian Linux on a Cortex-A boots a Cortex-M4 that runs in
another QEMU, and talks rpmsg to it.

facts() does it, step by step, and yields each thing that it has observed. The
demo prints them for people, the test as TAP.
"""

import os
import re
import select
import shlex
import time
import tty

from het import (Failure, Soc, expect, expect_equal, hetctl, virsh,
                 wait_until)

REMOTEPROC = '/sys/class/remoteproc/remoteproc0'
TRACE = '/sys/kernel/debug/remoteproc/remoteproc0/trace0'
MESSAGES = 1000
ADDITIONS = 10_000_000


class Example:
    """What is of a chip's own in the main job"""

    def __init__(self, name, prefix, rproc):
        self.name, self.rproc = name, rproc
        self.echo, self.upper = (f'{prefix}-{kind}.elf'
                                 for kind in ('echo', 'upper'))


EXAMPLES = {example.name: example for example in (
    Example('stm32mp157', 'rpmsg', 'm4'),
    Example('imx8mm', 'imx8mm', 'imx-rproc'))}


class Fact:
    """One observed thing; `text` is what was seen of it."""

    def __init__(self, name, text=''):
        self.name, self.text = name, text.strip('\n')


class Console:
    """The Linux console: guest/initramfs/init serves a shell there."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)
        self.seen = ''

    def close(self):
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1

    def read_until(self, pattern, timeout):
        """What came up to the pattern, and the match; both are consumed."""
        end = time.monotonic() + timeout
        while True:
            match = re.search(pattern, self.seen)
            if match:
                before = self.seen[:match.start()]
                self.seen = self.seen[match.end():]
                return before, match
            left = end - time.monotonic()
            if left < 0 or not select.select([self.fd], [], [], left)[0]:
                raise Failure(f'console: no {pattern} within {timeout} s:\n'
                              + self.seen[-2000:])
            self.seen += os.read(self.fd, 65536).decode(
                errors='replace').replace('\r', '')

    def type(self, text):
        os.write(self.fd, text.encode())

    def run(self, command, timeout=30, code=0):
        """The output of a shell command, which must end with that code."""
        self.read_until('het# ', 10)
        self.type(f'het-run {shlex.quote(command)}\n')
        output, match = self.read_until(r'\nHET-RC=(\d+)\n', timeout)
        expect_equal(int(match[1]), code, f'{command}:\n{output}\nexit code')
        return output.strip('\n')


class ConsoleSoc(Soc):
    """Started, with the console of its master, or of its slave"""

    speaker = 'master'
    console = None

    def __enter__(self):
        super().__enter__()
        try:
            self.start()
            name = self.domain(getattr(self, self.speaker))
            self.console = Console(virsh('ttyconsole', name).strip())
            self.opened()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def opened(self):
        """What has to be there before anything is tested"""

    def __exit__(self, *error):
        if self.console:
            self.console.close()
        super().__exit__(*error)


def indent(text):
    return '\n'.join('    ' + line for line in text.splitlines())


def start_firmware(linux, firmware):
    linux.run(f'echo {firmware} > {REMOTEPROC}/firmware')
    linux.run(f'echo start > {REMOTEPROC}/state')
    # The kernel may say something on the console meanwhile.
    expect_equal(linux.run(f'cat {REMOTEPROC}/state').splitlines()[-1:],
                 ['running'], 'state')


def stop_firmware(soc, linux):
    linux.run(f'echo stop > {REMOTEPROC}/state')
    expect_equal(linux.run(f'cat {REMOTEPROC}/state'), 'offline', 'state')
    expect_equal(soc.core()['state'], 'held', "the M4's core")


def wait_tty(linux):
    wait_until(lambda: 'ttyRPMSG0' in linux.run('ls /dev'),
               '/dev/ttyRPMSG0', 20)


def find_tty(linux):
    """While a program has the old device open, the new one has the next
    number."""
    found = linux.run(f'cat {REMOTEPROC}/state; ls /dev | grep ttyRPMSG '
                      '|| true').split()
    return found[1] if len(found) == 2 and found[0] == 'running' else None


def waits(soc, when):
    core = soc.core()
    expect(core['state'] in ('wait-memory', 'held') and core['boots'] == 0,
           f'{when}: {core}')
    return f"query-slave: state {core['state']}, boots {core['boots']}"


def status(soc):
    return hetctl('status', soc.name).stdout


def facts(example='stm32mp157', name=None, atomics=False):
    """`atomics`: the counter that both processors add to, as well."""
    soc = Soc(example, name=name)
    with soc:
        yield Fact('the SoC is defined', hetctl('list', '--all').stdout)
        before = time.monotonic()
        soc.start()
        seconds = time.monotonic() - before
        yield Fact(f'the SoC is started ({seconds:.2f} s)', status(soc))
        linux = Console(virsh('ttyconsole', soc.domain(soc.master)).strip())
        try:
            yield from with_linux(soc, linux, EXAMPLES[example])
            if atomics:
                yield count_together(soc, linux)
            yield Fact('hetctl status afterwards', status(soc))
        finally:
            linux.close()
        soc.destroy()
        hetctl('undefine', soc.name)
        soc.expect_nothing_left()
        yield Fact('after destroy and undefine nothing is left: no process, '
                   'nothing in /dev/shm, no domain')


def with_linux(soc, linux, example):
    pid = soc.pid(soc.slave)
    before = time.monotonic()
    boot_log, _ = linux.read_until('HET-READY', 120)
    expect('HET-FAIL' not in boot_log, boot_log[-2000:])
    seconds = time.monotonic() - before
    yield Fact(f'Linux is up after {seconds:.1f} s', linux.run('uname -a'))
    yield Fact("the M4's core waits until Linux says start",
               waits(soc, 'Linux is up'))

    start_firmware(linux, example.echo)
    wait_tty(linux)
    log = linux.run("dmesg | grep -E 'remoteproc|rpmsg'")
    for line in (f'remote processor {example.rproc} is now up',
                 'rpmsg host is online'):
        expect(line in log, f'no "{line}" in\n{log}')
    yield Fact('Linux has booted the M4 with its remoteproc driver', log)
    expect_equal(soc.core()['state'], 'running', "the M4's core")
    yield Fact('hetctl sees it running', status(soc))

    result = linux.run(f'rpmsg-test echo {MESSAGES}', timeout=120)
    expect(re.search(rf'messages={MESSAGES} .*errors=0', result), result)
    yield Fact(f'{MESSAGES} messages of 1 to 496 random bytes came back '
               'identical over /dev/ttyRPMSG0', result)
    trace = linux.run(f'cat {TRACE}')
    expect('rpmsg-echo' in trace, trace)
    yield Fact("the M4's trace buffer is readable in Linux", trace)

    stop_firmware(soc, linux)
    yield Fact('Linux has stopped the M4: its core is in reset',
               status(soc))
    start_firmware(linux, example.upper)
    wait_tty(linux)
    answer = linux.run('rpmsg-test ask second-firmware')
    expect('SECOND-FIRMWARE' in answer, answer)
    expect_equal((soc.pid(soc.slave), soc.core()['boots']), (pid, 2),
                 'process and boots of the M4')
    yield Fact('the second firmware at the same addresses, in the same QEMU '
               'process, gives the second answer', answer)
    stop_firmware(soc, linux)


def count_together(soc, linux):
    start_firmware(linux, 'atomics.elf')
    result = linux.run(f'rpmsg-test atomics {ADDITIONS}', timeout=200)
    expect(f'sum={2 * ADDITIONS} expected={2 * ADDITIONS}' in result, result)
    stop_firmware(soc, linux)
    return Fact(f'A7 and M4 have added {ADDITIONS} times each to one counter '
                'with exclusives, and the sum is exact', result)
