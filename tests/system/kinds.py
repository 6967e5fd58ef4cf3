# SPDX-License-Identifier: GPL-2.0-or-later
"""The kinds of processor, and SoCs that are made of them."""

import collections

# What guest/arch/*/board.h and memory.ld say; cpu None: the machine's default
Kind = collections.namedtuple(
    'Kind', 'name title arch machine cpu code ram idm irq')


def cortex_m(number, irq=40):
    return Kind(f'm{number}', f'Cortex-M{number}', 'armv7l', 'het-m',
                f'cortex-m{number}', 0x0, 0x20000000, 0x50000000, irq)


def arm_virt(name, title, arch, cpu):
    return Kind(name, title, arch, 'virt', cpu, 0x40000000, 0x20000000,
                0x30000000, 100)


def riscv_virt(bits):
    return Kind(f'rv{bits}', f'RISC-V {bits}', f'riscv{bits}', 'virt', None,
                0x80000000, 0x18000000, 0x11000000, 50)


R52 = Kind('r52', 'Cortex-R52', 'armv7l', 'mps3-an536', 'cortex-r52',
           0x20000000, 0x10000000, 0x08000000, 90)
M0 = cortex_m(0, irq=20)
M4 = cortex_m(4)
M33 = cortex_m(33)
A32 = arm_virt('a32', 'Cortex-A, 32 bits', 'armv7l', 'cortex-a7')
A64 = arm_virt('a64', 'Cortex-A, 64 bits', 'aarch64', 'cortex-a53')
RV32, RV64 = riscv_virt(32), riscv_virt(64)
KINDS = (M0, cortex_m(3), M4, cortex_m(7), M33, cortex_m(55), A32, A64, R52,
         RV32, RV64)


def slave_firmware(kind, variant):
    return f"pair-{'slave' if kind is M4 else kind.name}-{variant}.elf"


def master_firmware(kind):
    return f"pair-{'' if kind is M33 else kind.name + '-'}master.elf"


def processor(role, name, kind, kernel=None, more='', maps=()):
    """XML of a processor whose code memory is `NAME-code`."""
    os_more = f'<kernel>../build/guest/{kernel}</kernel>' if kernel else ''
    cpu = f'<cpu><model>{kind.cpu}</model></cpu>' if kind.cpu else ''
    entries = ((f'{name}-code', kind.code, ''), *maps)
    return f'''
  <{role} name='{name}'>
    <os><type arch='{kind.arch}' machine='{kind.machine}'/>{os_more}</os>
    {cpu}{more}
    ''' + '\n    '.join(
        f"<map memory='{memory}' address='{address:#x}'{rest}/>"
        for memory, address, rest in entries) + f'''
  </{role}>'''


def memory(name, kib):
    return f"\n  <memory name='{name}' unit='KiB'>{kib}</memory>"


def code_kib(kind, role):
    """A RISC-V master's device tree lies in the last 2 MiB of its RAM."""
    return 4096 if role == 'master' and kind.arch.startswith('riscv') else 256


def idm(ends):
    """XML of one native IDM between (name, kind) all."""
    return "\n  <idm name='idm' model='idm' channels='32'>" + ''.join(
        f"\n    <endpoint processor='{name}' address='{kind.idm:#x}' "
        f"irqs='{kind.irq}'/>" for name, kind in ends) + '\n  </idm>'


def three_text():
    """A master and two slaves, links between all"""
    return ('<soc>\n  <name>three</name>' + memory('m33-code', 256) +
            memory('m4-code', 256) + memory('m5-code', 256) +
            memory('ram', 1024) +
            processor('master', 'm33', M33, master_firmware(M33),
                      maps=[('ram', M33.ram, '')]) +
            ''.join(processor('slave', name, M4,
                              more="<boot control='guest'/>",
                              maps=[('ram', M4.ram, '')])
                    for name in ('m4', 'm5')) +
            idm([('m33', M33), ('m4', M4), ('m5', M4)]) + '\n</soc>\n')


def pair(master, slave):
    """A SoC of a master and a slave that share 1 MiB."""
    return ('<soc>\n  <name>pair</name>' +
            memory('master-code', code_kib(master, 'master')) +
            memory('slave-code', code_kib(slave, 'slave')) +
            memory('ram', 1024) +
            processor('master', 'master', master, master_firmware(master),
                      maps=[('ram', master.ram, '')]) +
            processor('slave', 'slave', slave, more="<boot control='guest'/>",
                      maps=[('ram', slave.ram, '')]) +
            idm([('master', master), ('slave', slave)]) + '\n</soc>\n')
