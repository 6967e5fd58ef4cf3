#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""One debugger over Linux and the firmware that Linux boots."""

import os
import time

from debugger import Gdb, Server, expect_halted, expect_released, stubs_open
from het import (GUEST, Shared, expect, expect_equal, main, test,
                 wait_until)
from linux import LinuxSoc
from mainjob import (MESSAGES, REMOTEPROC, start_firmware, stop_firmware,
                     wait_tty)

FIRMWARE = 'rpmsg-echo.elf'
SYMBOLS = os.path.join(GUEST, FIRMWARE)
HALTED_S = 4

shared = Shared(LinuxSoc)


def uptime(linux):
    return float(linux.run('cat /proc/uptime').split()[0])


def echo(linux):
    result = linux.run(f'rpmsg-test echo {MESSAGES}', timeout=120)
    expect(f'messages={MESSAGES} ' in result and 'errors=0' in result,
           result)


def echo_once(linux):
    start_firmware(linux, FIRMWARE)
    wait_tty(linux)
    echo(linux)


@test('a message from Linux hits a breakpoint that was set before the '
      'firmware was there; Linux is halted too, for no time; 1,000 messages '
      'afterwards')
def message_hits():
    with shared() as soc:
        linux = soc.linux
        with Server(soc) as server, Gdb() as gdb:
            gdb.connect(server, None, SYMBOLS)
            gdb.do('inferior 2')
            gdb.do('break tty_answer')
            gdb.go()
            before, since = uptime(linux), time.monotonic()
            start_firmware(linux, FIRMWARE)
            wait_tty(linux)
            linux.type("het-run 'rpmsg-test echo 10'\n")
            stop = gdb.wait_stop()
            expect('func="tty_answer"' in stop, stop)
            expect_halted(soc)
            expect('serve' in gdb.do('backtrace'), 'no stack')
            gdb.do('stepi')
            gdb.wait_stop()
            gdb.do('inferior 1')
            expect(gdb.value('$pc') != 0, "Linux' pc")
            time.sleep(HALTED_S)
            expect_halted(soc)
            gdb.do('delete')
            gdb.go()
            output, _ = linux.read_until(r'\nHET-RC=0\n', 30)
            expect('errors=0' in output, output)
            guest = uptime(linux) - before
            host = time.monotonic() - since
            expect(guest < host - HALTED_S / 2,
                   f'{guest:.1f} s passed for Linux, {host:.1f} s here')
            echo(linux)
            log = linux.run('dmesg')
            for sign in ('stall', 'lockup', 'jumped', 'unstable', 'timeout'):
                expect(sign not in log, log)
            gdb.interrupt()
            skew = gdb.do('monitor skew').strip()
        wait_until(lambda: not stubs_open(soc), 'stubs closed')
        expect_released(soc)
        echo(linux)
        stop_firmware(soc, linux)
    return skew


@test('it hits again at the next boot of the firmware, and at the one after')
def over_boots():
    with shared() as soc:
        before = soc.core()['boots']
        with Server(soc) as server, Gdb() as gdb:
            gdb.connect(server, None, SYMBOLS)
            gdb.do('inferior 2')
            gdb.do('break main')
            gdb.go()
            soc.linux.run(f'echo {FIRMWARE} > {REMOTEPROC}/firmware')
            for _ in range(3):
                soc.linux.type(
                    f'het-run "echo start > {REMOTEPROC}/state"\n')
                stop = gdb.wait_stop()
                expect('func="main"' in stop, stop)
                gdb.go()
                soc.linux.read_until(r'\nHET-RC=0\n', 30)
                stop_firmware(soc, soc.linux)
        expect_equal(soc.core()['boots'] - before, 3, 'boots')


def expect_first(gdb, number):
    """Halted at its first instruction"""
    stop = gdb.wait_stop(60)
    expect(f'thread-id="{number}"' in stop and 'SIGTRAP' in stop, stop)
    gdb.do(f'inferior {number}')


@test('--stop-at-boot: at the first instruction of each firmware that Linux '
      'boots, and of Linux itself')
def stops_at_boot():
    with open(SYMBOLS, 'rb') as file:
        entry = int.from_bytes(file.read(28)[24:], 'little') & ~1
    with shared() as soc:
        with Server(soc, '--stop-at-boot') as server, Gdb() as gdb:
            gdb.connect(server, None, SYMBOLS)
            gdb.go()
            soc.linux.run(f'echo {FIRMWARE} > {REMOTEPROC}/firmware')
            for _ in range(2):
                soc.linux.type(
                    f'het-run "echo start > {REMOTEPROC}/state"\n')
                expect_first(gdb, 2)
                expect_halted(soc)
                expect_equal(gdb.value('$pc'), entry, 'pc')
                said = gdb.do('compare-sections -r')
                expect('matched' in said and 'MIS' not in said, said)
                gdb.go()
                soc.linux.read_until(r'\nHET-RC=0\n', 30)
                stop_firmware(soc, soc.linux)
            soc.linux.type('reboot -f\n')
            expect_first(gdb, 1)
            # What QEMU puts in front of the kernel: mov r0, #0
            expect_equal(gdb.value('*(unsigned *)$pc') & 0xffffffff, 0xe3a00000,
                         'code')
            expect_equal(gdb.value('$cpsr & 0x1f'), 0x13, 'mode')
            gdb.go()
            soc.wait_up()
        echo_once(soc.linux)


shared.ends()
main()
