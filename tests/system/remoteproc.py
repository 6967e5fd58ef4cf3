# SPDX-License-Identifier: GPL-2.0-or-later
"""What Linux does with its remote processor, and whether it answers."""

import re

from het import expect, expect_equal, wait_until
from mainjob import REMOTEPROC


def state(linux):
    return linux.run(f'cat {REMOTEPROC}/state').splitlines()[-1]


def set_state(linux, word, then):
    linux.run(f'echo {word} > {REMOTEPROC}/state')
    expect_equal(state(linux), then, f'state after {word}')


def tty(linux):
    found = re.findall(r'ttyRPMSG\d+', linux.run('ls /dev'))
    return found[0] if found else None


def ask(linux, word='hello'):
    device = wait_until(lambda: tty(linux), 'the tty is there', 20)
    got = linux.run(f'TTY=/dev/{device} rpmsg-test ask {word}')
    expect(word.upper() in got, got)
    return device
