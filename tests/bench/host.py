# SPDX-License-Identifier: GPL-2.0-or-later
"""What kind of host it is, as far as it decides the figures: how long a core
that sleeps takes to wake up, whether the two cores are one, who else uses
them."""

import contextlib
import os
import statistics
import subprocess

import rigs
from het import expect

# An eventfd there and back between two cores, above which waking is slow
SLOW_US = 25
# Computing on both at once against one alone, above which they share a core
SHARED = 1.25
# Of the CPU time, above which the neighbours are busy
BUSY_PERCENT = 0.1
SLOW, FAST = 'wakes slowly', 'wakes fast'
QUIET, BUSY = 'quiet', 'busy neighbours'
TRIPS, READS, MILLION = 1000, 200, 20


def spin(*cpus):
    """CPU time of each in nanoseconds, for the same work"""
    done = subprocess.run(
        [os.path.join(rigs.TOOLS, 'spin'), str(MILLION), *map(str, cpus)],
        text=True, capture_output=True, check=False)
    expect(done.returncode == 0, f'spin: {done.stderr}')
    return [int(ns) for ns in done.stdout.split()]


def together(cpus):
    """How many times as long work takes on both at once"""
    ratios = []
    for _ in range(3):
        alone = [spin(cpu)[0] for cpu in cpus]
        ratios.append(sum(spin(*cpus)) / sum(alone))
    return statistics.median(ratios)


def wake_up(cpus):
    """Microseconds of an eventfd there and back: two wake-ups"""
    return statistics.median(rigs.Raw('read').measure(
        rigs.OWN, cpus, TRIPS)) / 1e3


def timer_read(cpus):
    """Microseconds of a read of the guest's timer"""
    with contextlib.closing(rigs.Idm()) as rig:
        return statistics.median(rig.timer_reads(cpus, READS)) / 1e3


def measure(cpus):
    """{name: value}, None where it could not be measured"""
    found = {}
    for name, how in (('wake', wake_up), ('together', together),
                      ('timer', timer_read)):
        try:
            found[name] = round(how(cpus), 3)
        except Exception as error:  # that is then what is known of the host
            print(f'  {name}: {error}', flush=True)
            found[name] = None
    return found


def kind(facts):
    """The class of a host with such facts, of measure() and `stolen`"""
    if facts.get('wake') is None:
        return 'not known'
    return (f'{SLOW if facts["wake"] > SLOW_US else FAST}, '
            f'{BUSY if facts["stolen"] > BUSY_PERCENT else QUIET}')


def text(value, unit):
    return 'not measured' if value is None else f'{value:g} {unit}'


def describe(facts):
    both = facts.get('together')
    cores = 'not measured' if both is None else \
        f'{both:.2f} times as long' + (', as two threads of one core'
                                       if both > SHARED else '')
    return (f'Class of host: {kind(facts)}. An eventfd between two cores and '
            f'back: {text(facts.get("wake"), "us")}; a read of the guest\'s '
            f'timer: {text(facts.get("timer"), "us")}; work on both cores at '
            f'once, against one alone: {cores}; stolen by the hypervisor: '
            f'{facts["stolen"]:g} %.')
