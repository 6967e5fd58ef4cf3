#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""hetctl vrings: what Linux and an M4 share, at any moment, in any state."""

import contextlib
import json
import os
import random

from het import (GUEST, NOT_FOUND, STATE, USAGE, Shared, expect, expect_equal,
                 hetctl, main, test, virsh, wait_until)
from life import times
from linux import LinuxSoc
from mainjob import start_firmware, stop_firmware, wait_tty

FIRMWARE = 'rpmsg-echo.elf'
BUFFERS = 16
DRIVER_OK = 4
NAME_SERVICE = 0x35

running = Shared(lambda: LinuxSoc(example='stm32mp157-virt'))


def look(soc, *options):
    return json.loads(hetctl('vrings', soc.name, soc.slave, '--format',
                             'json', *options).stdout)


def vdev(shown):
    return next(e for e in shown['entries'] if e['type'] == 'vdev')


def rings(soc):
    return vdev(look(soc))['vrings']


def in_flight(soc):
    return [ring['in-flight'] for ring in rings(soc)]


@contextlib.contextmanager
def suspended(soc, processor):
    virsh('suspend', soc.domain(processor))
    try:
        yield
    finally:
        virsh('resume', soc.domain(processor))


@contextlib.contextmanager
def firmware(soc):
    start_firmware(soc.linux, FIRMWARE)
    wait_tty(soc.linux)
    yield
    stop_firmware(soc, soc.linux)


def send(linux, count):
    """Each write is a message of 5 bytes."""
    linux.run(f'(exec >/dev/ttyRPMSG0; for i in $(seq {count}); do '
              'printf hello; done) >/dev/null 2>&1 &')


@test('before anything has booted there is no table, and it is said where it '
      'was looked for')
def before():
    with running() as soc:
        error = hetctl('vrings', soc.name, soc.slave, code=NOT_FOUND).stderr
        for part in ('the emulator knows no resource table',
                     'nothing in its memory looks like one', '--table'):
            expect(part in error, error)


@test('with Linux up: addresses, features, status, announced endpoint; all '
      'ways to find the table find the same one')
def after_boot():
    with running() as soc, firmware(soc):
        shown = look(soc)
        device = vdev(shown)
        expect(device['status'] & DRIVER_OK, device)
        expect_equal(device['status-text'],
                     'ACKNOWLEDGE DRIVER DRIVER_OK', 'status')
        expect_equal((device['features-offered'],
                      device['features-accepted']), (1, 1), 'features')
        expect_equal(shown['wrong'], [], 'wrong')
        expect_equal([ring['da'] for ring in device['vrings']],
                     ['0x10040000', '0x10041000'], 'addresses of the rings')
        expect_equal(in_flight(soc), [0, 0], 'in flight')
        expect([name for name in device['announced']
                if name['name'] == 'rpmsg-tty'], device['announced'])
        for option in (('--table', shown['table']),
                       ('--firmware', os.path.join(GUEST, FIRMWARE))):
            expect_equal(look(soc, *option)['entries'], shown['entries'],
                         option)
        text = hetctl('vrings', soc.name, soc.slave).stdout
        expect("announced: 'rpmsg-tty'" in text, text)


@test('messages to a slave that is suspended are in flight, with source, '
      'destination, length; when all buffers are used, that is said')
def to_slave():
    with running() as soc, firmware(soc):
        with suspended(soc, soc.slave):
            send(soc.linux, 3)
            wait_until(lambda: in_flight(soc)[1] == 3, 'three in flight')
            device = vdev(look(soc))
            messages = device['vrings'][1]['messages']
            address = next(name['address'] for name in device['announced'])
            expect_equal([(m['length'], m['destination']) for m in messages],
                         [(5, address)] * 3, 'messages')
            send(soc.linux, BUFFERS)
            wait_until(lambda: in_flight(soc)[1] == BUFFERS, 'all used')
            wrong = look(soc)['wrong']
            expect(f'vring 1: {BUFFERS} buffers used, none given back' in
                   '\n'.join(wrong), wrong)
        wait_until(lambda: in_flight(soc) == [0, 0], 'all taken')


@test('messages to a master that is suspended are in flight the other way')
def to_master():
    with running() as soc, firmware(soc):
        with suspended(soc, soc.slave):
            send(soc.linux, 3)
            wait_until(lambda: in_flight(soc)[1] == 3, 'three in flight')
            virsh('suspend', soc.domain(soc.master))
        try:
            wait_until(lambda: in_flight(soc) == [3, 0], 'three echoes')
            messages = rings(soc)[0]['messages']
            expect_equal([m['length'] for m in messages], [5] * 3, 'lengths')
        finally:
            virsh('resume', soc.domain(soc.master))
        wait_until(lambda: in_flight(soc) == [0, 0], 'all taken')


@test('after stop, and after a boot by the host that Linux does not know of')
def after_stop():
    with running() as soc:
        with firmware(soc):
            pass
        shown = look(soc)
        expect_equal((vdev(shown)['status-text'], shown['core']),
                     ('ACKNOWLEDGE', 'held'), 'status, core')
        expect('or it was stopped' in shown['wrong'][0], shown['wrong'])
        soc.boot(firmware='rpmsg-upper.elf')
        shown = look(soc)
        expect("'hetctl boot'" in shown['found'], shown['found'])
        expect('vring 0 has no address yet' in '\n'.join(shown['wrong']),
               shown['wrong'])
        soc.shutdown()


@test('a table and rings that are made up: all is read, nothing is believed')
def hostile():
    count = times(20, 500)
    seed = int(os.environ.get('HETCTL_SEED', random.randrange(1 << 32)))
    choose = random.Random(seed)
    with running() as soc:
        with firmware(soc):
            pass
        shown = look(soc)
        table = int(shown['table'], 0)
        ring = int(vdev(shown)['vrings'][0]['da'], 0)
        for _ in range(count):
            words = soc.words(soc.slave, choose.choice((table, ring)))
            at = 4 * choose.randrange(32)
            old = words[at]
            words[at] = choose.choice((0, 0xffffffff, 0x7fffffff, 1 << 31,
                                       choose.randrange(1 << 32)))
            look(soc, '--table', hex(table))
            words[at] = old
        expect_equal(look(soc), shown, 'at the end')
    return f'{count} changes, seed {seed}'


@test('what cannot be is refused')
def refused():
    with running() as soc:
        hetctl('vrings', soc.name, 'nobody', code=NOT_FOUND)
        hetctl('vrings', soc.name, soc.master, code=NOT_FOUND)
        hetctl('vrings', soc.name, soc.slave, '--table', 'x', code=USAGE)
        hetctl('vrings', soc.name, soc.slave, '--firmware', '/nowhere',
               code=NOT_FOUND)
        shown = look(soc, '--table', '0xffffffffffffffff')
        expect('sees no memory at 0xffffffffffffffff' in shown['wrong'][0],
               shown['wrong'])
        soc.destroy()
        hetctl('vrings', soc.name, soc.slave, code=STATE)


running.ends()
main()
