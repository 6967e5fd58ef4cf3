#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""Two Linux on one SoC: the master's boots the slave's with remoteproc."""

import os

from het import (GUEST, Soc, expect, expect_equal, hetctl, main, test, virsh)
from life import LONG
from mainjob import Console

BOOT_S = 240
FIRMWARE = 'slave-linux.elf'

# `memory`: MiB of its RAM, `least`: of them for the kernel to give away
ARM = {
    'os': """
      <type arch='armv7l' machine='virt'/>
      <kernel>{guest}/vmlinuz-armhf</kernel>
      <initrd>{guest}/initramfs.cpio.gz</initrd>
      <cmdline>console=ttyAMA0 loglevel=6 cryptomgr.notests second</cmdline>""",
    'cpu': '<cpu><model>cortex-a15</model></cpu>',
    'memory': 64, 'least': 32,
    'ram': 0x40000000, 'entry': 0x42000000, 'dtb': 0x43000000,
    'ipcc': 0x0b000000, 'irqs': '100 101',
    'on_reboot': '',            # the master's Linux recovers
}
RISCV = {
    'os': """
      <type arch='riscv64' machine='virt'/>
      <loader>{guest}/opensbi-riscv64.bin</loader>
      <kernel>{guest}/Image-riscv64</kernel>
      <initrd>{guest}/initramfs-riscv64.cpio.gz</initrd>
      <cmdline>console=ttyS0 loglevel=6 cryptomgr.notests second</cmdline>""",
    'cpu': '',
    'memory': 96, 'least': 24,  # it keeps 32 for bounce buffers
    'ram': 0x80000000, 'entry': 0x80200000, 'dtb': 0x83000000,
    'ipcc': 0x11000000, 'irqs': '50 51',
    'on_reboot': '<on_reboot>hold</on_reboot>',
}

FILE = f"<firmware name='{FIRMWARE}'>{FIRMWARE}</firmware>"
MEMORY = "<memory name='ddr1' unit='MiB'>{memory}</memory>"
MAP = "<map memory='ddr1' address='0x60000000'/>"
SLAVE = """
  <slave name='second'>
    <os>{os}
    </os>
    {cpu}
    <boot control='guest' entry='{entry:#x}' dtb='{dtb:#x}'/>
    {on_reboot}
    <map memory='ddr1' address='{ram:#x}'/>
    <devices><console type='pty'/></devices>
  </slave>
  <idm name='ipcc1' model='stm32-ipcc'>
    <endpoint processor='a7' address='0x0b003000' irqs='104 105'/>
    <endpoint processor='second' address='{ipcc:#x}' irqs='{irqs}'/>
  </idm>
  <remoteproc slave='second' model='stm32mp1' mailbox='ipcc1'
              address='0x0b004000' irq='106'>
    <region name='ddr1' memory='ddr1' size='{bytes:#x}'/>
  </remoteproc>
"""


def with_second(text, kind):
    """The example; the slave's Linux is firmware for the master's."""
    values = {**kind, 'os': kind['os'].format(guest=GUEST),
              'bytes': kind['memory'] << 20}
    for old, new in (('<master', MEMORY + '<master'),
                     ('</initrd>', '</initrd>' + FILE),
                     ('</master>', '</master>' + SLAVE),
                     ("<map memory='retram' address='0x38000000'/>",
                      "<map memory='retram' address='0x38000000'/>" + MAP)):
        expect(old in text, f'no {old} in the example')
        text = text.replace(old, new.format(**values), 1)
    return text


class TwoLinux(Soc):
    def __init__(self, kind):
        super().__init__('stm32mp157-virt',
                         change=lambda text: with_second(text, kind))
        self.consoles = {}
        hetctl('pack', self.xml, 'second', '--output',
               os.path.join(self.folder, FIRMWARE))

    def __enter__(self):
        super().__enter__()
        try:
            self.start()
            for name in self.master, 'second':
                tty = virsh('ttyconsole', self.domain(name)).strip()
                self.consoles[name] = Console(tty)
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(self, *error):
        for console in self.consoles.values():
            console.close()
        super().__exit__(*error)


def remoteproc(linux):
    """The folder of the slave, by its name"""
    return linux.run('dirname $(grep -lx second '
                     '/sys/class/remoteproc/*/name)')


def uptime(linux):
    return float(linux.run('cat /proc/uptime').split()[0])


def two(kind):
    with TwoLinux(kind) as soc:
        first, second = soc.consoles[soc.master], soc.consoles['second']
        first.read_until('HET-READY', BOOT_S)
        expect_equal(soc.core('second')['boots'], 0, 'boots before')
        folder = remoteproc(first)
        first.run(f'echo {FIRMWARE} > {folder}/firmware')
        identity = first.run('cat /proc/sys/kernel/random/boot_id')
        before = uptime(first)
        seen = set()
        for boots in 1, 2:
            if boots == 1 or kind['on_reboot']:
                first.run(f'echo start > {folder}/state', timeout=60)
            second.read_until('HET-READY', BOOT_S)
            expect_equal(soc.core('second')['boots'], boots, 'boots')
            expect('second' in second.run('cat /proc/cmdline').split(),
                   'the command line is not the own one')
            seen.add(second.run('cat /proc/sys/kernel/random/boot_id'))
            second.run('test ! -e /tmp/life && touch /tmp/life')
            memory = int(second.run('cat /proc/meminfo').split()[1])
            expect(kind['least'] << 10 < memory < kind['memory'] << 10,
                   f'MemTotal: {memory} KiB')
            expect_equal(first.run(f'cat {folder}/state'), 'running',
                         'state of the slave in Linux')
            if boots == 1:
                second.type('het-run "reboot -f"\n')
                if kind['on_reboot']:
                    soc.wait_core('held', 'second', timeout=60)
            if boots == 2 or kind['on_reboot']:
                first.run(f'echo stop > {folder}/state', timeout=60)
                soc.wait_core('held', 'second')
            now = uptime(first)
            expect(now > before, f'uptime of the master: {before}, {now}')
            before = now
        expect_equal(len(seen), 2, 'different boots of the slave')
        expect(identity not in seen, "the master's identity")
        expect_equal(first.run('cat /proc/sys/kernel/random/boot_id'),
                     identity, "the master's boot")


@test("the master's Linux boots the slave's, which reboots, alone, and boots "
      'it again by itself')
def arm():
    two(ARM)


if LONG:
    @test("the master's Linux, of Arm, boots a RISC-V slave's, which stays "
          'held when it has rebooted')
    def riscv():
        two(RISCV)


main()
