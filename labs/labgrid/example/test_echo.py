# SPDX-License-Identifier: GPL-2.0-or-later
"""LG_PLACE=stm32mp157-01 pytest --lg-env remote.yaml test_echo.py"""

import pytest


@pytest.fixture(name='soc')
def fixture_soc(strategy, target):
    strategy.transition('firmware')
    yield target
    strategy.transition('off')


def test_echo(soc):
    shell = soc.get_driver('ShellDriver')
    shell.poll_until_success('test -e /dev/ttyRPMSG0', timeout=60.0)
    last = shell.run_check('rpmsg-test echo 100', timeout=120.0)[-1]
    assert last.startswith('messages=100 ') and ' errors=0 ' in last
    core = soc.get_driver('HetctlDriver').processor('m4')
    assert core['core'] == 'running'
    assert core['crashes'] == 0
