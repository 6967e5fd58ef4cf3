# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine that was measured on."""

import os
import platform
import re
import subprocess

import host
from qemu import ARM


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def cpu_times():
    """Ticks of all CPUs: all, stolen by the hypervisor."""
    ticks = [int(t) for t in read('/proc/stat').split('\n', 1)[0].split()[1:]]
    return sum(ticks[:8]), ticks[7]


def cores_to_use():
    """Two CPUs on cores of their own, where there are two."""
    chosen, cores = [], set()
    for cpu in sorted(os.sched_getaffinity(0)):
        path = f'/sys/devices/system/cpu/cpu{cpu}/topology/'
        try:
            core = read(path + 'physical_package_id'), read(path + 'core_id')
        except OSError:
            core = cpu
        if core not in cores:
            cores.add(core)
            chosen.append(cpu)
    return (chosen * 2)[:2]


class Machine:
    """`kind` is host.measure()'s answer."""

    def __init__(self, kind):
        self.kind = kind
        self.load = os.getloadavg()[0]
        self.before = cpu_times()
        info = read('/proc/cpuinfo')
        model = re.search(r'^(?:model name|Model)\s*: (.*)', info,
                          re.MULTILINE)
        memory = int(re.search(r'MemTotal: *(\d+)', read('/proc/meminfo'))[1])
        version = subprocess.run([ARM, '--version'], text=True, check=True,
                                 capture_output=True).stdout
        self.facts = {
            'cpu': model[1] if model else platform.machine(),
            'cores': len(os.sched_getaffinity(0)),
            'virtual': ' hypervisor' in info,
            'memory': f'{memory / (1 << 20):.1f} GiB',
            'kernel': platform.release(),
            'emulator': version.split('\n', 1)[0],
            'load before': f'{self.load:.2f}',
        }

    def json(self):
        total, stolen = (now - then for now, then
                         in zip(cpu_times(), self.before))
        facts = {**self.facts, **self.kind,
                 'stolen': round(100 * stolen / max(total, 1), 2)}
        return {**facts, 'class': host.kind(facts)}

    def describe(self):
        facts = self.json()
        shared = 'a virtual machine that shares its host with others' \
            if facts['virtual'] else 'no virtual machine'
        return (f'{facts["cpu"]}, {facts["cores"]} cores, '
                f'{facts["memory"]}, {shared}; Linux {facts["kernel"]}; '
                f'{facts["emulator"]}. Load average before the run '
                f'{facts["load before"]}. {host.describe(facts)}')
