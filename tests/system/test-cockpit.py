#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: long
"""cockpit/: the plug-in, in Chromium, by a real cockpit-ws and its bridge.

HETCTL_REGENERATE_OUTPUT=1 writes the screenshot of docs/labs.md."""

import json
import os
import re
import shutil

from browser import Browser
from cockpit import Cockpit, Page, why_not, with_cockpit
from het import (GUEST, TOP, Shared, Soc, expect, expect_equal, hetctl, main,
                 run, test, wait_until)
from network import own_network

SCREENSHOT = os.path.join(TOP, 'docs', 'cockpit.png')


def spawned():
    return run('pgrep', '-f', '--connect qemu:///system (events|console)'
               ).stdout.split()


def boot(soc, firmware):
    hetctl('boot', soc.name, 'm4', '--firmware', os.path.join(GUEST, firmware))


def see_crash(page, soc):
    boot(soc, 'lockup.elf')
    page.wait(page.processor('m4'), 'crashed', 5)
    page.wait(page.processor('m4'), 'lockup', 5)
    page.wait('#events', 'SLAVE_CRASHED', 5)


def is_drawn(page):
    return page.evaluate('(() => { const i = document.getElementById("map");'
                         'return i.complete && i.naturalWidth > 100; })()')


# As the example is called: so it is in the screenshot.
defined = Shared(lambda: Soc('stm32mp157', name='stm32mp157'))
if not why_not():
    own_network()
    # The agents and buses of Cockpit's sessions leave their folders there.
    run('mount', '-t', 'tmpfs', 'hetctl-test', '/tmp')


@test('a SoC is found, started, its map is drawn, its Linux typed to, its M4 '
      'crashes and boots, and all goes off: by the page alone')
@with_cockpit
def whole_way():
    with defined() as soc, Page() as page:
        page.wait(f'[data-soc="{soc.name}"]', 'shut off')
        page.click('#socs button', soc.name)
        page.wait('#state', 'shut off')
        wait_until(lambda: is_drawn(page), 'the map is drawn', 20)
        page.click('#power button', 'Start')
        page.wait('#state', 'running')
        page.wait(page.processor('m4'), 'held')
        page.wait('#links', 'connected')
        page.click(page.processor('a7') + ' button', 'Console')
        page.wait('.console pre', 'het#', 120)
        page.type('echo $((6*7))x\n')
        page.wait('.console pre', 'het# 42x')
        see_crash(page, soc)
        if os.environ.get('HETCTL_REGENERATE_OUTPUT'):
            page.evaluate('window.scrollTo(0, 0)')
            page.screenshot(SCREENSHOT)
        boots = soc.core()['boots']
        page.click(page.processor('m4') + ' button', 'Boot')
        wait_until(lambda: soc.core()['boots'] == boots + 1, 'it boots')
        page.click(page.processor('m4') + ' button', 'Shut down')
        page.wait(page.processor('m4'), 'held')
        page.click('#power button', 'Force off')
        page.wait('#state', 'shut off')
        page.wait('.console', 'ended')
    wait_until(lambda: not spawned(), 'what the page has started ends', 20)


@test('what others do is seen: start, boot, a processor killed, destroy')
@with_cockpit
def others():
    with defined() as soc, Page() as page:
        page.click('#socs button', soc.name)
        page.wait('#state', 'shut off')
        soc.start()
        page.wait('#state', 'running', 5)
        boot(soc, 'stm32mp1-openamp.elf')
        page.wait(page.processor('m4'), 'running', 5)
        os.kill(soc.pid('m4'), 9)
        page.wait(page.processor('m4'), 'shut off', 5)
        page.wait('#state', 'partial', 5)
        page.click(page.processor('m4') + ' button', 'Start')
        page.wait('#state', 'running')
        soc.destroy()
        page.wait('#state', 'shut off', 5)


@test('what a guest says is text: no markup, no script, no endless sequence')
@with_cockpit
def hostile():
    with defined() as soc, Page() as page:
        soc.start()
        page.click('#socs button', soc.name)
        page.click(page.processor('a7') + ' button', 'Console')
        page.wait('.console pre', 'het#', 120)
        page.evaluate('window.bad = 0')
        page.type('echo "<img src=x onerror=bad=1><b>bold"\n')
        page.wait('.console pre', 'het# <img src=x onerror=bad=1><b>bold')
        page.type('printf "\\033[%0999d\\033]%0999d"; '
                  'head -c 3000 /dev/urandom; printf "\\n%s" e; echo nd\n')
        page.wait('.console pre', '\nend')
        expect_equal(page.evaluate('window.bad'), 0, 'scripts of the guest')
        expect_equal(page.evaluate('document.querySelectorAll('
                                   '".console pre b, .console pre img").length'),
                     0, 'elements of the guest')
        soc.destroy()


def with_firmware(text):
    """A change of an XML: a file that can be taken away"""
    return text.replace('</dtb>\n',
                        "</dtb>\n<firmware name='a.elf'>a.elf</firmware>\n")


@test('what goes wrong is said: a start that fails, a console that is taken, '
      'no hetctl')
@with_cockpit
def wrong():
    soc = Soc('stm32mp157', name='broken', change=with_firmware)
    path = os.path.join(soc.folder, 'a.elf')
    shutil.copy(os.path.join(GUEST, 'lockup.elf'), path)
    with soc, Page() as page:
        os.unlink(path)
        page.click('#socs button', 'broken')
        page.click('#power button', 'Start')
        page.wait('#problem', path)
        page.wait('#state', 'shut off')
    with defined() as soc, Page() as page:
        soc.start()
        page.click('#socs button', soc.name)
        page.click(page.processor('a7') + ' button', 'Console')
        page.wait('.console pre', 'het#', 120)
        with Browser() as second:
            second.open(Cockpit.url)
            second.click('#socs button', soc.name)
            boot(soc, 'stm32mp1-openamp.elf')
            second.click(page.processor('m4') + ' button', 'Console usart3')
            second.type('state\n')
            second.wait('.console pre', 'state')
            page.click(page.processor('m4') + ' button', 'Console usart3')
            page.wait('.console', 'another has it')
        soc.destroy()
    with Page(path='/nothing') as page:
        page.wait('#problem', 'no hetctl')


@test('what a file of it names is there')
def files():
    folder = os.path.join(TOP, 'cockpit')
    with open(os.path.join(folder, 'manifest.json'), encoding='utf-8') as file:
        expect('index' in json.load(file)['menu'], 'no menu')
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding='utf-8') as file:
            text = file.read()
        for other in re.findall(r'(?:from|href=|src=) ?"(?:\./)?([^"]+)"', text):
            expect(other.startswith('../base1/') or
                   os.path.exists(os.path.join(folder, other)),
                   f'{name}: {other}')


test('nothing is left of the SoC')(defined.end)
main()
