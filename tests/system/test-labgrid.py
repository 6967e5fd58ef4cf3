#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: long
"""labs/labgrid: the drivers of labgrid, with labgrid."""

import contextlib
import os
import re
import subprocess
import sys

from het import (GUEST, HETCTL, Failure, Shared, Soc, expect, expect_equal,
                 main, measured, run, test)
from labnet import EXAMPLE, LABGRID, LABS, PYTHON
from life import times

sys.path.insert(0, LABS)
# The newest that Debian has; the machine's own, an older one, goes before it.
sys.path.append(LABGRID)
try:
    import labgrid
    from labgrid import Environment
    from labgrid.driver import ExecutionError
except ModuleNotFoundError:
    labgrid = None


def environment(soc, change=lambda text: text):
    """The example's, for the SoC and the hetctl of this test"""
    with open(os.path.join(EXAMPLE, 'local.yaml'), encoding='utf-8') as file:
        text = file.read()
    text = text.replace('soc: stm32mp157', f'soc: {soc.name}\n'
                        f'        hetctl: {HETCTL}')
    path = os.path.join(soc.folder, 'local.yaml')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(change(text))
    return path


@contextlib.contextmanager
def target(soc, **more):
    env = Environment(environment(soc, **more))
    found = env.get_target('main')
    try:
        yield found
    finally:
        env.cleanup() if hasattr(env, 'cleanup') else found.cleanup()


def only_with_labgrid(function):
    def call():
        return function() if labgrid else 'not tested: no python3-labgrid'
    return call


defined = Shared(lambda: Soc('stm32mp157'))


def run_example(soc, path):
    done = run(PYTHON, '-m', 'pytest', '-q', '-p', 'no:cacheprovider',
               '--lg-env', environment(soc),
               os.path.join(EXAMPLE, 'test_stm32mp157.py'), timeout=300,
               env={'PYTHONPATH': path, 'PYTHONDONTWRITEBYTECODE': '1'})
    expect(done.returncode == 0 and re.search(r'\b4 passed', done.stdout),
           done.stdout[-3000:] + done.stderr[-1000:])


@test('the example: Linux up, firmware in, both consoles, off, by pytest')
@only_with_labgrid
def example():
    rounds = times(1, 20)
    for _ in range(rounds):
        with defined() as soc:
            run_example(soc, LABS)
    measured(f'{rounds} times')


@test('the example with the newest labgrid of Debian')
def newest():
    if not os.path.isdir(LABGRID):
        return 'not tested: scripts/get-lava.sh got none'
    with defined() as soc:
        run_example(soc, f'{LABGRID}:{LABS}')
    return None


@test('power: on and off may be said again, a cut SoC begins anew')
@only_with_labgrid
def power():
    with defined() as soc, target(soc) as t:
        driver = t.get_driver('HetctlDriver')
        driver.off()
        driver.on()
        pid = soc.pid(soc.master)
        driver.on()
        expect_equal(soc.pid(soc.master), pid, 'pid: on again')
        os.kill(soc.pid(soc.slave), 9)
        driver.on()
        expect(soc.pid(soc.master) != pid, 'the cut SoC goes on')
        expect_equal(driver.status()['state'], 'running', 'state')
        driver.reset()
        driver.off()
        driver.off()
        expect_equal(driver.get(), False, 'power')


def fails(function, *words):
    try:
        function()
    except ExecutionError as error:
        for word in words:
            expect(word in str(error), f'no {word!r} in: {error}')
        return
    raise Failure(f'{words}: no error')


@test('what is wrong is said: no SoC, no processor, console taken, SoC ended')
@only_with_labgrid
def wrong():
    with defined() as soc:
        def nobody(text):
            return text.replace(f'soc: {soc.name}', 'soc: nobody')

        with target(soc, change=nobody) as t:
            driver = t.get_driver('HetctlDriver')
            fails(driver.on, 'nobody', 'exit code 4')
        with target(soc) as t:
            driver = t.get_driver('HetctlDriver')
            fails(lambda: driver.processor('m9'), 'm9', soc.name)
            driver.on()
            console = t.get_driver('HetctlConsoleDriver', name='linux')
            # What it says is here: so it is connected.
            console.expect('Linux', timeout=60)
            taken = subprocess.run(
                [HETCTL, 'console', soc.name, 'a7', '--raw'],
                stdin=subprocess.DEVNULL, capture_output=True, check=False)
            expect(taken.returncode != 0, 'two have one console')
            driver.off()
            fails(lambda: console.expect('never', timeout=10), 'a7', 'ended')
            t.deactivate(console)


@test('a firmware of this host is sent over the shell, and its trace read')
@only_with_labgrid
def install():
    image = os.path.join(GUEST, 'rpmsg-echo.elf')

    def change(text):
        return text.replace('firmware: stm32mp1-openamp.elf',
                            f'firmware: sent.elf\n        image: {image}')

    with defined() as soc, target(soc, change=change) as t:
        strategy = t.get_driver('HetctlStrategy')
        strategy.transition('firmware')
        remoteproc = t.get_driver('RemoteprocDriver')
        expect('rpmsg-echo' in '\n'.join(remoteproc.trace()), 'trace')
        fails(lambda: remoteproc.load('while it runs'), 'busy')
        remoteproc.stop()
        remoteproc.load('nothing-there.elf')
        fails(remoteproc.start)
        strategy.transition('off')


test('nothing is left of the SoC')(defined.end)
main()
