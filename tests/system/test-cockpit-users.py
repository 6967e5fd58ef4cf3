#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: long
# run: users
"""cockpit/ of users who are not root: one of the group libvirt, and one who may
not use qemu:///system."""

import pwd

from cockpit import Page, why_not, with_cockpit
from het import expect_equal, main, run
from network import own_network
from users import MEMBER, ROOT, User, soc_of, users_test

STRANGER = User('mail')


def own_folder(path, options):
    run('mount', '-t', 'tmpfs', '-o', options, 'hetctl-test', path)


if not why_not():
    own_network()
    # The agents and buses of Cockpit's sessions leave their folders there.
    own_folder('/tmp', 'mode=1777')
    # A home for a libvirt of one's own
    own_folder(pwd.getpwnam(STRANGER.name).pw_dir, f'uid={STRANGER.uid}')


@users_test('a member of the group libvirt sees and does all, with a SoC that '
            'is root\'s too')
@with_cockpit
def member():
    with soc_of(ROOT, 'of-root') as name, Page(**MEMBER.who) as page:
        page.wait(f'[data-soc="{name}"]', 'shut off')
        page.click('#socs button', name)
        page.click('#power button', 'Start')
        page.wait('#state', 'running')
        page.wait(page.processor('m4'), 'held')
        page.click('#power button', 'Force off')
        page.wait('#state', 'shut off')
        expect_equal(page.text('#problem'), '', 'what the page complains of')


@users_test('who may not use it is told so, once, and who may; there is a list '
            'of their own')
@with_cockpit
def stranger():
    with soc_of(ROOT, 'of-root') as name, Page(**STRANGER.who) as page:
        page.wait('#problem', "members of the group 'libvirt' may")
        page.evaluate(f'cockpit.location.go(["{name}"])')
        page.wait('#problem', 'Permission denied')
        expect_equal(page.text('#problem').count('Permission denied'), 1,
                     'how often it is told')
        expect_equal([*page.texts('#socs tbody tr'), *page.texts('#soc'),
                      *page.texts('#none')], [],
                     'what is shown')
        ROOT.hetctl('start', name)
        page.evaluate('Object.assign(document.getElementById("connect"), '
                      '{value: "qemu:///session"})'
                      '.dispatchEvent(new Event("change"))')
        page.wait('#none', 'No SoC is defined')
        expect_equal(page.text('#problem'), '', 'what the page complains of')


main()
