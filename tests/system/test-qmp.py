#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Wrong QMP arguments: an error that names the argument, and no change."""

import json
import os
import re
import socket

from het import Pair, QmpError, expect, expect_equal, main, test


def links(soc, processor):
    return [(idm['id'], link['peer'], link['state'])
            for idm in soc.qmp(processor, 'query-idm')
            for link in idm['links']]


def refused(soc, processor, command, says, **arguments):
    before = soc.core(), links(soc, soc.master), links(soc, soc.slave)
    try:
        soc.qmp(processor, command, **arguments)
    except QmpError as error:
        expect(re.search(says, str(error)),
               f'{command} {arguments}: "{error}" does not say {says}')
    else:
        expect(False, f'{command} {arguments} was not refused')
    after = soc.core(), links(soc, soc.master), links(soc, soc.slave)
    expect_equal(after, before, f'{command} {arguments} changed')


def attach_refused(soc, says, file, **arguments):
    soc.getfd(soc.slave, 'wrong', file)
    refused(soc, soc.slave, 'slave-attach-memory', says,
            **{'fdname': 'wrong', **arguments})


@test('slave-attach-memory refuses each wrong argument')
def attach():
    with Pair(firmware=None) as soc, \
            open(soc.segment_path, 'r+b') as segment:
        window = soc.core()['windows'][0]
        name, size = window['id'], window['size']
        refused(soc, soc.slave, 'slave-attach-memory', 'already attached',
                id=name, fdname='any', offset=0)
        soc.qmp(soc.slave, 'slave-detach-memory', id=name)
        attach_refused(soc, 'nowhere', segment, id='nowhere', offset=0)
        attach_refused(soc, 'offset', segment, id=name, offset=1)
        attach_refused(soc, 'offset', segment, id=name,
                       offset=2**64 - 4096)
        attach_refused(soc, 'size', segment, id=name, offset=0,
                       size=size + 4096)
        attach_refused(soc, '(past the end|ends at)', segment, id=name,
                       offset=len(soc.memory))
        refused(soc, soc.slave, 'slave-attach-memory', 'never-given',
                id=name, offset=0, fdname='never-given')
        reader, writer = os.pipe()
        with open(reader, 'rb') as pipe, open(writer, 'wb'):
            attach_refused(soc, 'fdname', pipe, id=name, offset=0)
        with open(os.memfd_create('short'), 'r+b') as short:
            short.truncate(4096)
            attach_refused(soc, '(past the end|ends at)', short, id=name,
                           offset=0)
        soc.getfd(soc.slave, 'right', segment)
        soc.qmp(soc.slave, 'slave-attach-memory', id=name, fdname='right',
                offset=window['offset'])


@test('slave-detach-memory and slave-boot refuse what cannot be')
def others():
    with Pair() as soc:
        refused(soc, soc.slave, 'slave-detach-memory', 'nowhere',
                id='nowhere')
        refused(soc, soc.slave, 'slave-boot', 'run')
        refused(soc, soc.slave, 'slave-boot', 'entry', entry='far')
        refused(soc, soc.slave, 'slave-attach-memory', 'fdname', id='x',
                offset=0)


@test('a master is no slave')
def master():
    with Pair(firmware=None) as soc:
        for command in ('query-slave', 'slave-boot', 'slave-reset',
                        'slave-detach-memory'):
            refused(soc, soc.master, command, 'not a slave')


@test('idm-connect and idm-disconnect refuse each wrong argument')
def idm():
    with Pair(firmware=None) as soc:
        device, peer, state = links(soc, soc.slave)[0]
        expect_equal(state, 'connected', 'link')
        ours, theirs = socket.socketpair()
        with ours, theirs:
            for says, more in (('nowhere', {'id': 'nowhere'}),
                               (peer, {}),
                               ('role', {'role': 'c', 'peer': 'other'})):
                soc.getfd(soc.slave, 'link', ours)
                refused(soc, soc.slave, 'idm-connect', says,
                        **{'id': device, 'peer': peer, 'fdname': 'link',
                           **more})
        refused(soc, soc.slave, 'idm-connect', 'never-given', id=device,
                peer='other', fdname='never-given')
        refused(soc, soc.slave, 'idm-disconnect', 'nobody', id=device,
                peer='nobody')
        refused(soc, soc.slave, 'idm-disconnect', 'nowhere', id='nowhere',
                peer=peer)


@test('a peer that speaks nonsense is refused, and the link can be made again')
def nonsense():
    with Pair() as soc:
        device, peer, _ = links(soc, soc.slave)[0]
        soc.qmp(soc.slave, 'idm-disconnect', id=device, peer=peer)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            soc.getfd(soc.slave, 'link', ours)
            soc.qmp(soc.slave, 'idm-connect', id=device, peer=peer,
                    fdname='link', role='b')
            theirs.sendall(b'GET / HTTP/1.1\r\n\r\n' * 16)
            link = soc.qmp(soc.slave, 'query-idm')[0]['links'][0]
            for _ in range(200):
                if link['state'] != 'connecting':
                    break
                link = soc.qmp(soc.slave, 'query-idm')[0]['links'][0]
        expect_equal(link['state'], 'refused', 'state')
        expect(link.get('error'), f'no reason in {json.dumps(link)}')
        expect(soc.slave_side.do('ping', 1).ok, 'the slave is not well')


main()
