# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks that know nothing of the machine's."""

import ctypes

from het import expect, run

CLONE_NEWNET = 0x40000000


def own_network():
    """Of this process and its children: a loopback and nothing else"""
    libc = ctypes.CDLL(None, use_errno=True)
    expect(libc.unshare(CLONE_NEWNET) == 0, 'no network namespace')
    expect(run('ip', 'link', 'set', 'lo', 'up').returncode == 0, 'no lo')
