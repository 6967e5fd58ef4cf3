#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes over a board's own device tree, and trees that do not fit."""

import os
import subprocess
import tempfile

from het import (GUEST, XML, Soc, domains, expect, expect_equal, hetctl, main,
                 test)
from linux import LinuxSoc
from modules import drivers, pack

EXAMPLE = 'stm32mp157'
CHIP_OPTIONS = ('<option name="virtio-base" value="0x90000000"/>'
                '<option name="virtio-count" value="2"/>'
                '<option name="virtio-irq" value="220"/>')
DEVICES = '''<devices change='edit'>
  <disk type='file' device='disk'>
    <driver name='qemu' type='raw'/>
    <source file='{disk}'/>
    <target dev='vda' bus='virtio'/>
    <address type='virtio-mmio'/>
  </disk>
  <interface type='udp'>
    <mac address='52:54:00:12:34:56'/>
    <source address='127.0.0.1' port='21157'>
      <local address='127.0.0.1' port='21158'/>
    </source>
    <model type='virtio'/>
    <address type='virtio-mmio'/>
  </interface>
</devices>
'''
OVERLAY = '''/dts-v1/;
/plugin/;
&{/soc/hash@54002000} { status = "disabled"; };
'''
NET = '/sys/class/net/eth0/address'


def dtc(source, path):
    with subprocess.Popen(['dtc', '-q', '-@', '-I', 'dts', '-O', 'dtb', '-o',
                           path], stdin=subprocess.PIPE,
                          text=True) as process:
        process.communicate(source)
    expect_equal(process.returncode, 0, 'dtc')
    return path


def in_os(text, what):
    """In the <os> of the master, before its <dtb>"""
    expect_equal(text.count('<dtb>'), 1, 'dtb')
    return text.replace('<dtb>', what + '<dtb>')


def in_master(text, what):
    return text.replace('</master>', what + '</master>')


@test('a disk and a network on virtio transports, and an overlay that disables '
      'a block')
def virtio():
    with tempfile.TemporaryDirectory(prefix='hetctl-board.') as folder:
        disk = os.path.join(folder, 'disk.img')
        with open(disk, 'wb') as file:
            file.write(b'written by the host\n'.ljust(1 << 20, b'\0'))
        overlay = dtc(OVERLAY, os.path.join(folder, 'overlay.dtbo'))
        initrd = pack(drivers('virtio_mmio', 'virtio_blk', 'virtio_net'),
                      folder)

        def change(text):
            text = in_os(text, CHIP_OPTIONS +
                         f'<overlay>{overlay}</overlay>')
            text = text.replace(
                '</os>', f"<initrd change='replace'>{initrd}</initrd></os>")
            return in_master(text, DEVICES.format(disk=disk))

        with LinuxSoc(example=EXAMPLE, change=change) as soc:
            linux = soc.linux
            linux.run('for m in /lib/all/*; do insmod $m; done')
            expect_equal(linux.run('head -c 19 /dev/vda'),
                         'written by the host', '/dev/vda')
            linux.run("echo 'written by the guest' >/dev/vda; sync")
            expect_equal(linux.run(f'cat {NET}'), '52:54:00:12:34:56', NET)
            expect_equal(linux.run(
                'cat /sys/firmware/devicetree/base/soc/hash@54002000/status '
                "| tr -d '\\0'"), 'disabled', 'status of the node')
        with open(disk, 'rb') as file:
            expect_equal(file.read(20), b'written by the guest', 'disk')


def refused(change, says, folder):
    """By validate and by define, at the same place; nothing is left."""
    soc = Soc(EXAMPLE, change=change)
    for command in 'validate', 'define':
        done = hetctl(command, soc.xml, code=XML)
        for text in (says, '(/', 'soc.xml:'):
            expect(text in done.stderr, f'{command}: {done.stderr}')
        expect_equal(done.stderr.count('\n'), 1, done.stderr)
    expect_equal(domains(), [], 'domains')


@test('a tree that is none, of another chip, larger than the RAM, or that an '
      'overlay does not fit is refused')
def bad_trees():
    with tempfile.TemporaryDirectory(prefix='hetctl-board.') as folder:
        def put(name, data):
            path = os.path.join(folder, name)
            with open(path, 'wb') as file:
                file.write(data)
            return path

        text = put('text.dtb', b'/dts-v1/; / { };\n')
        other = dtc('/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; '
                    'cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { '
                    'device_type = "cpu"; compatible = "arm,cortex-a9"; '
                    'reg = <0>; }; }; memory@10000000 { device_type = '
                    '"memory"; reg = <0x10000000 0x1000>; }; };',
                    os.path.join(folder, 'other.dtb'))
        nowhere = dtc('/dts-v1/; /plugin/; &usart99 { status = "okay"; };',
                      os.path.join(folder, 'nowhere.dtbo'))
        tree = os.path.join(GUEST, 'dtb', 'stm32mp157c-dk2.dtb')
        with open(tree, 'rb') as file:
            cut = put('cut.dtb', file.read()[:2000])

        def instead(path):
            return lambda xml: xml.replace(
                '../build/guest/dtb/stm32mp157c-dk2.dtb', path).replace(
                    tree, path)

        for change, says in (
                (instead(text), "'dtc -@ -I dts -O dtb' makes one"),
                (instead(cut), 'not a sound device tree'),
                (instead(other), "it has 'arm,cortex-a9'"),
                (instead(folder + '/none.dtb'), 'does not exist'),
                (instead(tree.replace('c-dk2', 'c-ev1')),
                 'has 0x40000000 bytes of memory at 0xc0000000'),
                (lambda xml: in_os(xml, f'<overlay>{nowhere}</overlay>'),
                 "has no label 'usart99'"),
                (lambda xml: in_master(
                    xml, "<stub name='over' address='0x40010000' "
                    "size='0x1000'/>"), "overlaps device 'uart4'")):
            refused(change, says, folder)


main()
