#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""<cputune>: what libvirt makes of it, for master and slave."""

import os

from het import (FAILED, Pair, Soc, domain_xml, expect, expect_equal, hetctl,
                 main, test)

SLAVE = '''
    <cputune>
      <vcpupin vcpu='0' cpuset='{cpu}'/>
      <emulatorpin cpuset='{cpus}'/>
      <vcpusched vcpus='0' scheduler='fifo' priority='1'/>
      <emulatorsched scheduler='fifo' priority='2'/>
    </cputune>
'''
MASTER = '''
    <cputune>
      <vcpusched vcpus='0' scheduler='batch'/>
    </cputune>
'''
CPUS = sorted(os.sched_getaffinity(0))


def tuned(slave, master=''):
    def change(text):
        for tag, tune in ('slave', slave), ('master', master):
            text = text.replace(f'</{tag}>', f'{tune}</{tag}>', 1)
        return text
    return change


def slave_tune():
    return SLAVE.format(cpu=CPUS[0], cpus=','.join(map(str, CPUS)))


def scheduling(tid):
    return (os.sched_getscheduler(tid),
            os.sched_getparam(tid).sched_priority)


def vcpu(soc, processor):
    return soc.qmp(processor, 'query-cpus-fast')[0]['thread-id']


def expect_tuned(soc):
    thread = vcpu(soc, soc.slave)
    pid = soc.pid(soc.slave)
    expect_equal(scheduling(thread), (os.SCHED_FIFO, 1), "the slave's vCPU")
    expect_equal(os.sched_getaffinity(thread), {CPUS[0]}, 'its CPUs')
    expect_equal(scheduling(pid), (os.SCHED_FIFO, 2), 'its main loop')
    expect_equal(scheduling(vcpu(soc, soc.master)), (os.SCHED_BATCH, 0),
                 "the master's vCPU")
    expect_equal(scheduling(soc.pid(soc.master)), (os.SCHED_OTHER, 0),
                 'its main loop')


@test('threads are scheduled as <cputune> says, after a new start of the slave '
      'as well')
def as_it_says():
    if os.geteuid():
        return 'not tested: needs root'
    with Pair(change=tuned(slave_tune(), MASTER)) as soc:
        expect_tuned(soc)
        expect('<emulatorsched' in domain_xml(soc.domain(soc.slave)),
               'the domain has it')
        hetctl('destroy', soc.name, soc.slave)
        hetctl('start', soc.name, soc.slave)
        soc.run_slave('pair-slave-a.elf')
        expect_tuned(soc)
    return None


@test('a CPU that the host has not: start fails, says so, leaves nothing')
def no_such_cpu():
    tune = "<cputune><vcpupin vcpu='0' cpuset='16000'/></cputune>"
    with Soc('bare-pair', change=tuned(tune)) as soc:
        said = hetctl('start', soc.name, code=FAILED).stderr
        expect('cannot set CPU affinity' in said, said)
        soc.expect_nothing_left(defined=True)


main()
