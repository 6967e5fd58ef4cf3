#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""Firmware for the real board on the M4 of the STM32MP157 (guest/stm32mp1)."""

import os
import re
import select
import subprocess
import time
import xml.etree.ElementTree as ElementTree

from het import (HETCTL, Shared, expect, expect_equal, hmp, main, test,
                 virsh, wait_until)
from life import times
from linux import LinuxSoc
from mainjob import (REMOTEPROC, TRACE, Console, start_firmware,
                     stop_firmware, wait_tty)

FIRMWARE = 'stm32mp1-openamp.elf'
CONNECTED = r'rpmsg: rpmsg-client-sample at 1025\n'

# st,stm32mp157c-dk2: HSE 24 MHz, PLL3 = < 1 33 1 16 36 > frac 0x1a04, P
CORE_HZ = 24e6 / 2 * (34 + 0x1a04 / 8192) / 2

# The A7 sees the hardware semaphores here; by reading it takes one.
SEMAPHORE = 'devmem {:#x}'
HSEM_R, HSEM_RLR, LOCK = 0x0b002000, 0x0b002080, 1 << 31


class Board(LinuxSoc):
    """With a reader at each of the M4's two UARTs."""

    def __enter__(self):
        super().__enter__()
        try:
            live = ElementTree.fromstring(
                virsh('dumpxml', self.domain(self.slave)))
            self.uart7, self.usart3 = (
                Console(serial.find('source').get('path'))
                for serial in live.iter('serial'))
        except BaseException as error:
            super().__exit__(type(error), error, None)
            raise
        return self

    def __exit__(self, *error):
        self.uart7.close()
        self.usart3.close()
        super().__exit__(*error)

    def start_firmware(self):
        """The log of its start, from UART7"""
        start_firmware(self.linux, FIRMWARE)
        log, end = self.uart7.read_until(CONNECTED, 20)
        return log + end[0]

    def state(self):
        """What the shell on USART3 says"""
        os.write(self.usart3.fd, b'state\r')
        _, match = self.usart3.read_until(r'state: (ms=.*)\n', 10)
        return {name: int(value) for name, value in
                re.findall(r'(\w+)=(\d+)', match[1])}

    def accesses(self):
        """id of the stub: the registers that were accessed"""
        return {stub['id']: stub['accesses'] for stub in
                self.qmp(self.slave, 'query-stubs')}

    def pin_modes(self, port):
        """MODER of a GPIO of the M4; all ones after a reset"""
        at = 0x50002000 + 0x1000 * (ord(port) - ord('a'))
        text = hmp(self.domain(self.slave), f'xp /1wx {at:#x}')
        return int(text.split()[1], 16)

    def devmem(self, address):
        return int(self.linux.run(SEMAPHORE.format(address)), 0)


board = Shared(Board)


def registers(accesses, offset_of):
    return {access['address'] - offset_of for access in accesses}


def find(pattern, log):
    match = re.search(pattern, log)
    expect(match, f'no {pattern} in\n{log}')
    return match


@test('firmware for the board finds the clocks, runs its timers, MPU and UARTs')
def start_up():
    with board() as soc:
        log = soc.start_firmware()
        find('device 500 revision 2001, boot mode 5 .production', log)
        clocks = find(r'core (\d+) Hz, APB1 (\d+) Hz, TIM2 (\d+) Hz', log)
        for got, want in zip(clocks.groups(), (1, 0.5, 1)):
            expect(abs(int(got) - want * CORE_HZ) < 100,
                   f'{clocks[0]}, core must be {CORE_HZ:.0f} Hz')
        find('mpu: 8 regions, .* are refused', log)
        for uart in ('UART7', 'USART3'):
            find(f'{uart}: 64000000 Hz, BRR 556', log)
        ticks = int(find(r'TIM2: (\d+) ticks in 100 ms', log)[1])
        expect(80 <= ticks <= 120, f'{ticks} ticks of TIM2 in 100 ms')
        expect('ERROR' not in log, log)
        trace = soc.linux.run(f'cat {TRACE}')
        expect(trace.strip().endswith(log.strip()[-300:]),
               f'trace file:\n{trace}\nUART7:\n{log}')

        soc.usart3.read_until('stm32mp1-openamp: ready\n', 10)
        before = soc.state()
        expect(before['hsem'] >= 7, f'semaphores: {before}')
        wait_until(lambda: soc.state()['tim2'] - before['tim2'] > 1000,
                   'a thousand ticks of TIM2')
        after = soc.state()
        rate = (after['tim2'] - before['tim2']) / (after['ms'] - before['ms'])
        expect(0.8 < rate < 1.2, f'TIM2 ticks {rate} times a millisecond')
        stop_firmware(soc, soc.linux)
        return f"{clocks[0]}; {rate:.3f} ticks a millisecond"


@test('it touches what start-up code touches, and nothing that is not there')
def stubs():
    with board() as soc:
        soc.start_firmware()
        seen = soc.accesses()
        expect_equal(seen['unassigned'], [], 'accesses to nothing')
        rcc = registers(seen['rcc'], 0x50000000)
        expected = {0x048, 0x820, 0x884, 0x888, 0x88c, 0x830, 0x834, 0x8ec,
                    0x8f0, 0xa80, 0xaa0, 0xaa8}
        expect(expected <= rcc, 'RCC: not ' +
               ' '.join(f'{r:#x}' for r in sorted(expected - rcc)))
        expect({0xc0, 0xd0, 0xe0} <= registers(seen['exti'], 0x5000d000),
               f'EXTI: {seen["exti"]}')
        for name in ('syscfg', 'dbgmcu'):
            expect(seen[name], f'{name} was not touched')
        for port in 'abeh':
            expect(soc.pin_modes(port) != 0xffffffff,
                   f'gpio{port}: no pin has a mode')
        expect(all(0x10000000 <= access['pc'] < 0x10020000
                   for access in seen['rcc']), f'PCs: {seen["rcc"]}')
        stop_firmware(soc, soc.linux)
        return f'{sum(len(a) for a in seen.values())} registers'


def bind_sample_client(linux):
    """Linux' driver for raw channels instead of the sample's."""
    linux.run('cd /sys/bus/rpmsg; d=$(ls devices | grep client-sample); '
              'echo rpmsg_chrdev >devices/$d/driver_override && '
              'echo $d >drivers/rpmsg_chrdev/bind')
    wait_until(lambda: 'rpmsg0' in linux.run('ls /dev').split(),
               '/dev/rpmsg0')


@test('rpmsg-tty and the sample client of Linux get their answers')
def endpoints():
    count = times(1000, 10000)
    with board() as soc:
        soc.start_firmware()
        wait_tty(soc.linux)
        for burst in (1, 12):
            result = soc.linux.run(f'rpmsg-test echo {count} {burst}',
                                   timeout=300)
            expect(f'messages={count} ' in result and 'errors=0' in result,
                   result)
        bind_sample_client(soc.linux)
        result = soc.linux.run('rpmsg-test sample')
        expect('messages=100 expected=100' in result, result)
        soc.uart7.read_until('rpmsg-client-sample: 100 messages', 10)
        state = soc.state()
        expect_equal((state['tty'], state['sample']), (2 * count, 100),
                     'messages that the firmware has seen')
        stop_firmware(soc, soc.linux)
        soc.uart7.read_until(
            f'shutdown after {2 * count} and 100 messages', 10)
        expect('without ack' not in soc.linux.run('dmesg'),
               'the firmware has not acknowledged the shutdown')
        return f'{2 * count} messages over the tty, 100 over the channel'


@test('Linux stops and starts it ten times, and its semaphores are free')
def again():
    count = times(10, 200)
    with board() as soc:
        pid, before = soc.pid(soc.slave), soc.core()
        soc.linux.run('dmesg -c >/dev/null')
        start = time.monotonic()
        for i in range(count):
            soc.start_firmware()
            wait_tty(soc.linux)
            answer = soc.linux.run(f'rpmsg-test ask number-{i}')
            expect(f'number-{i}' in answer, answer)
            expect(soc.state()['hsem'] > 0, 'no semaphore was taken')
            expect_equal([soc.devmem(HSEM_R + 4 * n) for n in (0, 1)],
                         [0, 0], 'semaphores')
            soc.linux.run(f'echo stop > {REMOTEPROC}/state')
            expect_equal(soc.core()['state'], 'held', 'core')
        seconds = time.monotonic() - start
        core = soc.core()
        expect_equal((core['boots'] - before['boots'], core['crashes'],
                      soc.pid(soc.slave)), (count, 0, pid),
                     'boots, crashes, process')
        bad = [line for line in soc.linux.run('dmesg -r').splitlines()
               if re.match(r'<[0-3]>', line) or 'without ack' in line]
        expect(not bad, '\n'.join(bad[:20]))
        return f'{1000 * seconds / count:.0f} ms each'


@test('a semaphore that Linux holds: it waits, and says when it gives up')
def semaphore():
    with board() as soc:
        expect_equal(soc.devmem(HSEM_RLR), LOCK | 1 << 8,
                     'semaphore 0, taken by the A7')
        start_firmware(soc.linux, FIRMWARE)
        wait_until(lambda: 'ERROR' in soc.linux.run(f'cat {TRACE}'),
                   'error in the trace', 10)
        trace = soc.linux.run(f'cat {TRACE}')
        find('ERROR: semaphore 0 is taken: 80000100\n'
             'ERROR: semaphore .00000000.', trace)
        soc.linux.run(f'echo stop > {REMOTEPROC}/state')
        soc.linux.run(f'devmem {HSEM_R:#x} 32 0x100')
        soc.start_firmware()
        expect_equal(soc.state()['hsem'], 7, 'semaphores taken')
        stop_firmware(soc, soc.linux)


def ask_until_answered(fd, seconds):
    """The state, asked for each half second until it comes."""
    text = b''
    end = time.monotonic() + seconds
    while not re.search(rb'state: ms=\d+ .*\n', text):
        expect(time.monotonic() < end, f'console: {text!r}')
        os.write(fd, b'state\r')
        while select.select([fd], [], [], 0.5)[0]:
            text += os.read(fd, 4096)


@test('hetctl console of the M4 is UART7')
def console():
    with board() as soc:
        soc.uart7.close()
        start_firmware(soc.linux, FIRMWARE)
        leader, follower = os.openpty()
        with subprocess.Popen([HETCTL, 'console', soc.name, soc.slave],
                              stdin=follower, stdout=follower,
                              stderr=follower) as process:
            try:
                ask_until_answered(leader, 20)
            finally:
                process.kill()
                os.close(leader)
                os.close(follower)


board.ends()
main()
