#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: long
"""labs/lava: the device types and jobs, by LAVA's own dispatcher."""

import os
import shutil
import signal
import subprocess
import time

from het import (BUILD, GUEST, HETCTL, TOP, Shared, Soc, expect, expect_equal,
                 main, measured, run, test, wait_until)
from life import times

LABS = os.path.join(TOP, 'labs', 'lava')
BASE = os.path.join(BUILD, 'lava')
# Debian's, not that of another python3 in PATH
LAVA_RUN = '/usr/bin/lava-run'
EXAMPLE = 'stm32mp157-01'


def missing():
    """What is not there to test with; scripts/get-lava.sh gets it."""
    if not os.access(LAVA_RUN, os.X_OK):
        return 'not tested: no lava-dispatcher'
    if not os.path.exists(os.path.join(BASE, 'base.jinja2')):
        return 'not tested: no templates of lava-server'
    return None


def with_lava(function):
    def call():
        return missing() or function()
    return call


class LavaSoc(Soc):
    """With the <firmware> that jobs deploy"""

    def __init__(self):
        super().__init__('stm32mp157', change=self._add_firmware)
        shutil.copy(os.path.join(GUEST, 'rpmsg-echo.elf'), self.firmware)

    @property
    def firmware(self):
        return os.path.join(self.folder, 'lava.elf')

    def _add_firmware(self, text):
        return text.replace('</dtb>\n', "</dtb>\n      <firmware "
                            f"name='lava.elf'>{self.firmware}</firmware>\n")


def device(soc):
    """The file that LAVA's server makes of the templates"""
    import jinja2
    loader = jinja2.FileSystemLoader([os.path.join(LABS, 'devices'),
                                      os.path.join(LABS, 'device-types'),
                                      BASE])
    template = jinja2.Environment(loader=loader, trim_blocks=True,
                                  autoescape=False)
    with open(os.path.join(LABS, 'devices', EXAMPLE + '.jinja2'),
              encoding='utf-8') as file:
        text = file.read().replace(f"'{EXAMPLE}'", f"'{soc.name}'")
    text += f"{{% set hetctl_command = '{HETCTL}' %}}\n" \
            f"{{% set hetctl_firmware = '{soc.firmware}' %}}\n"
    path = os.path.join(soc.folder, 'device.yaml')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(template.from_string(text).render())
    return path


def job(soc, change=lambda text: text):
    with open(os.path.join(LABS, 'jobs', 'stm32mp157-firmware.yaml'),
              encoding='utf-8') as file:
        text = file.read()
    text = text.replace('FIRMWARE_URL', 'file://' + os.path.join(
        GUEST, 'stm32mp1-openamp.elf'))
    path = os.path.join(soc.folder, 'job.yaml')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(change(text))
    return path


def lava(soc, *args, **more):
    return [LAVA_RUN, '--job-id', '1', '--output-dir',
            os.path.join(soc.folder, 'lava'), '--device', device(soc), *args,
            job(soc, **more)]


def results(text):
    """{"definition.case": result}; a line of the log is YAML"""
    import yaml
    found = {}
    for line in text.splitlines():
        if '"lvl": "results"' in line:
            entry = yaml.safe_load(line)['msg']
            found[f"{entry['definition']}.{entry['case']}"] = entry['result']
    return found


def console_processes(soc):
    done = run('pgrep', '-f', f'hetctl console {soc.name} ')
    return done.stdout.split()


defined = Shared(LavaSoc)


@test('a job deploys a firmware, boots Linux, starts it there, and tests on '
      'the consoles of both processors')
@with_lava
def whole_job():
    rounds = times(1, 20)
    for _ in range(rounds):
        with defined() as soc:
            done = run(*lava(soc), timeout=400)
            text = done.stdout + done.stderr
            found = results(text)
            expect(done.returncode == 0 and found.get('lava.job') == 'pass',
                   '\n'.join(line[:300] for line in
                             text.splitlines()[-40:]))
            got = {name: result for name, result in found.items()
                   if not name.startswith('lava.')}
            expect(got and set(got.values()) == {'pass'}, f'{got}')
            for name in ('start.firmware', 'start.start', 'start.state',
                         'm4.console', 'm4.answers'):
                expect(any(key.endswith('_' + name) for key in got),
                       f'no {name}: {got}')
            soc.expect_nothing_left(defined=True)
            expect_equal(console_processes(soc), [], 'consoles left')
    measured(f'{rounds} times: {sorted(got)}')


@test('a firmware that is missing in the job is a failure of the job')
@with_lava
def fails():
    with defined() as soc:
        done = run(*lava(soc, change=lambda text: text.replace(
            'echo lava.elf', 'echo other.elf')), timeout=400)
        found = results(done.stdout + done.stderr)
        expect('fail' in found.values(), f'{found}')
        soc.expect_nothing_left(defined=True)


@test('a job that is killed in the middle leaves a SoC that off ends, and no '
      'console that is taken')
@with_lava
def killed():
    with defined() as soc, subprocess.Popen(
            lava(soc), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: soc.status()['state'] == 'running', 'it runs', 60)
        time.sleep(2)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        wait_until(lambda: not console_processes(soc), 'consoles end', 20)
        if soc.status()['state'] != 'shut off':
            soc.destroy()
        soc.expect_nothing_left(defined=True)


test('nothing is left of the SoC')(defined.end)
main()
