# SPDX-License-Identifier: GPL-2.0-or-later
"""pytest --lg-env local.yaml test_stm32mp157.py"""

import pytest


@pytest.fixture(name='soc')
def fixture_soc(strategy, target):
    strategy.transition('firmware')
    return target


def test_linux_has_booted_the_firmware(soc):
    assert soc.get_driver('RemoteprocDriver').get_state() == 'running'
    core = soc.get_driver('HetctlDriver').processor('m4')
    assert core['core'] == 'running'
    assert core['crashes'] == 0


def test_both_consoles_speak(soc):
    m4 = soc.get_driver('HetctlConsoleDriver', name='m4')
    m4.expect('rpmsg: rpmsg-client-sample at 1025', timeout=30)
    shell = soc.get_driver('ShellDriver')
    assert shell.run_check('uname -m') == ['armv7l']
    assert shell.run('grep -c rpmsg /proc/bus/nothing')[2] != 0


def test_firmware_stops_and_starts_again(soc):
    remoteproc = soc.get_driver('RemoteprocDriver')
    driver = soc.get_driver('HetctlDriver')
    boots = driver.processor('m4')['boots']
    remoteproc.stop()
    assert remoteproc.get_state() == 'offline'
    assert driver.processor('m4')['core'] == 'held'
    remoteproc.start()
    remoteproc.wait_state('running')
    assert driver.processor('m4')['boots'] == boots + 1


def test_off(soc, strategy):
    strategy.transition('off')
    driver = soc.get_driver('HetctlDriver')
    assert not driver.get()
    driver.off()
