# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU processes without libvirt: their monitors, their memory, their CPUs."""

import contextlib
import json
import mmap
import os
import re
import socket
import subprocess
import time

from het import BUILD, GUEST, QEMU_DIR, TOP, Words, elf_segments, expect, wait_until

ARM = os.path.join(QEMU_DIR, 'qemu-system-arm')
# The same QEMU without the series
STOCK_ARM = os.path.join(BUILD, 'bench', 'qemu', 'obj', 'qemu-system-arm')
CODE, RAM, ALIGN = 256 << 10, 1 << 20, 2 << 20
RAM_AT, IDM_AT, IRQ, CORE_HZ = 0x20000000, 0x50000000, 40, 200_000_000


def header():
    """Constants of guest/include/bench.h, offsets of struct bench_block."""
    path = os.path.join(TOP, 'guest', 'include', 'bench.h')
    with open(path, encoding='utf-8') as file:
        text = file.read()
    constants = {name: int(value, 0) for name, value in re.findall(
        r'\b(BENCH_\w+)(?: =|) +(0x[0-9a-f]+|\d+)', text)}
    fields, offset = {}, 0
    block = re.search(r'struct bench_block \{(.*?)\n\};', text, re.DOTALL)[1]
    for name, count in re.findall(r'uint32_t (\w+)(?:\[(\w+)\])?;', block):
        fields[name] = offset
        offset += 4 * int(count or 1)
    return constants, fields


BENCH, FIELDS = header()


class Qmp:
    """The monitor at the other end of a socket."""

    def __init__(self, sock):
        self.sock = sock
        self.sock.settimeout(20)
        self.answers = sock.makefile('r', encoding='utf-8')
        self.answers.readline()
        self('qmp_capabilities')

    def __call__(self, command, *fds, **arguments):
        self.send(command, *fds, **arguments)
        return self.receive(command)

    def send(self, command, *fds, **arguments):
        request = {'execute': command, 'arguments':
                   {name.replace('_', '-'): value
                    for name, value in arguments.items()}}
        socket.send_fds(self.sock, [json.dumps(request).encode()], fds)

    def receive(self, command):
        """The answer; events before it are dropped."""
        while True:
            line = self.answers.readline()
            expect(line, f'{command}: the emulator has ended')
            answer = json.loads(line)
            if 'return' in answer:
                return answer['return']
            expect('error' not in answer, f'{command}: '
                   f'{answer.get("error", {}).get("desc")}')

    def give(self, fdname, fd):
        self('getfd', fd, fdname=fdname)

    def close(self):
        self.answers.close()
        self.sock.close()


class Qemu:
    """One process. It keeps its CPU state stopped until run()."""

    def __init__(self, *args, fds=(), emulator=ARM):
        ours, theirs = socket.socketpair()
        with theirs:
            # pylint: disable=consider-using-with
            self.process = subprocess.Popen(
                [emulator, '-nodefaults', '-no-user-config', '-display', 'none',
                 '-S', '-chardev', f'socket,id=qmp,fd={theirs.fileno()}',
                 '-mon', 'chardev=qmp,mode=control', *args],
                pass_fds=[theirs.fileno(), *fds], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            self.qmp = Qmp(ours)
        except Exception as error:
            ours.close()
            raise type(error)(f'{error}; {self.end()}') from error

    @property
    def pid(self):
        return self.process.pid

    def run(self):
        self.qmp('cont')

    def stop(self):
        self.qmp('stop')

    def threads(self):
        return [int(tid) for tid in os.listdir(f'/proc/{self.pid}/task')]

    def pin(self, cpus):
        for tid in self.threads():
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(tid, cpus)

    def pin_vcpus(self, cpus):
        """A vCPU to each of the CPUs, the other threads to the first."""
        self.pin({cpus[0]})
        for vcpu in self.qmp('query-cpus-fast'):
            os.sched_setaffinity(vcpu['thread-id'],
                                 {cpus[vcpu['cpu-index'] % len(cpus)]})

    def run_time(self):
        """Nanoseconds of CPU time so far, of each thread."""
        return {tid: cpu_time(self.pid, tid) for tid in self.threads()}

    def vcpu_time(self):
        """Nanoseconds of CPU time of the vCPUs so far"""
        return sum(cpu_time(self.pid, vcpu['thread-id'])
                   for vcpu in self.qmp('query-cpus-fast'))

    def end(self):
        """What it has said."""
        self.process.kill()
        said = self.process.stderr.read().decode(errors='replace').strip()
        code = self.process.wait()
        self.process.stderr.close()
        return f'exit code {code}: {said}' if said else f'exit code {code}'

    def close(self):
        if self.process.poll() is None:
            self.qmp.close()
        return self.end()


def cpu_time(pid, tid):
    """Nanoseconds of a thread so far"""
    with open(f'/proc/{pid}/task/{tid}/schedstat', encoding='ascii') as file:
        return int(file.read().split()[0])


def memory_of(pid):
    """Kilobytes of a process: Rss, Pss, and what it shares with nobody."""
    found = {}
    with open(f'/proc/{pid}/smaps_rollup', encoding='ascii') as file:
        for line in file:
            fields = line.split()
            if fields[-1] == 'kB':
                found[fields[0].rstrip(':')] = int(fields[1])
    return {'rss': found['Rss'], 'pss': found['Pss'],
            'private': found['Private_Clean'] + found['Private_Dirty']}


def idm_properties():
    """Names of the properties that device idm has."""
    done = subprocess.run([ARM, '-M', 'none', '-device', 'idm,help'],
                          text=True, capture_output=True, check=True)
    return re.findall(r'^ *([\w-]+)=<', done.stdout, re.MULTILINE)


class Segment:
    """Shared memory without a name."""

    def __init__(self, size):
        self.fd = os.memfd_create('bench')
        os.ftruncate(self.fd, size)
        self.map = mmap.mmap(self.fd, size)
        self.path = f'/proc/self/fd/{self.fd}'

    def load(self, firmware, at):
        for address, content, size in elf_segments(os.path.join(GUEST,
                                                                firmware)):
            start = at + address
            self.map[start:start + size] = \
                content + bytes(size - len(content))

    def block(self, at):
        return Block(memoryview(self.map), at)

    def close(self):
        with contextlib.suppress(BufferError):
            self.map.close()
        os.close(self.fd)


class Block:
    """struct bench_block, and the samples behind it."""

    def __init__(self, view, at):
        self.words = Words(view, at)

    def get(self, field):
        return self.words[FIELDS[field]]

    def set(self, **values):
        for field, value in values.items():
            self.words[FIELDS[field]] = value

    def samples(self, count):
        first = (self.words.base + BENCH['BENCH_SAMPLES']) // 4
        return list(self.words.words[first:first + count])

    def wait_ready(self):
        wait_until(lambda: self.get('magic') == BENCH['BENCH_MAGIC'],
                   'bench-ping serves')

    def start(self, command, count, **more):
        self.set(command=BENCH[f'BENCH_{command.upper()}'], count=count,
                 **more)
        self.set(sequence=self.get('sequence') + 1)

    def finished(self):
        return self.get('done') == self.get('sequence')

    def wait(self, what, timeout=60.0):
        """Polls rarely: the guests need the CPUs."""
        end = time.monotonic() + timeout
        while not self.finished():
            expect(time.monotonic() < end, f'{what}: no end in {timeout} s')
            time.sleep(0.01)


def het_m(cpu, *backends):
    args = ['-M', 'het-m', '-cpu', cpu]
    for name, backend, address in zip(('code', 'ram'), backends, (0, RAM_AT)):
        args += ['-object', backend,
                 '-device', f'memory-map,memdev={name},addr={address:#x}']
    return args


def het_m_master(segment, code, ram, cpu='cortex-m33'):
    return het_m(cpu, *(
        f'memory-backend-file,id={name},size={size},share=on,'
        f'mem-path={segment.path},offset={offset}'
        for name, size, offset in (('code', CODE, code), ('ram', RAM, ram))))


def het_m_slave():
    return het_m('cortex-m4', f'memory-backend-slave,id=code,size={CODE}',
                 f'memory-backend-slave,id=ram,size={RAM}')


def idm_device(properties=(), boot_peer=None):
    args = [f'idm,id=idm,addr={IDM_AT:#x},irq={IRQ}', *properties]
    if boot_peer:
        args.append(f'boot-peer={boot_peer}')
    return ['-device', ','.join(args)]


def attach(slave, segment, code, ram):
    for name, offset, size in (('code', code, CODE), ('ram', ram, RAM)):
        slave.qmp.give('window', segment.fd)
        slave.qmp('slave-attach-memory', id=name, fdname='window',
                  offset=offset, size=size)


def connect(master, slave, name='slave'):
    ends = socket.socketpair()
    for qemu, end, peer, role in ((master, ends[0], name, 'a'),
                                  (slave, ends[1], 'master', 'b')):
        qemu.qmp.give('link', end.fileno())
        qemu.qmp('idm-connect', id='idm', peer=peer, fdname='link', role=role)
        end.close()


def linked(qemu):
    links = qemu.qmp('query-idm')[0]['links']
    return all(link['state'] == 'connected' for link in links)


class Cluster:
    """A master and its slaves on machine het-m, linked by IDMs."""

    def __init__(self, slaves=1, master='bench-ping.elf',
                 slave='bench-pong.elf', properties=(), tick=0,
                 master_cpu='cortex-m33', apart=False):
        """apart: each has a RAM of its own."""
        self.segment = Segment((slaves + 2) * ALIGN)
        self.ram = (slaves + 1) * ALIGN
        self.block = self.segment.block(self.ram)
        self.block.set(transport=BENCH['BENCH_IDM'], peers=slaves,
                       tick_cycles=tick)
        self.slave_firmware, self.properties = slave, properties
        self.apart = apart
        self.pongs = slaves + (master == 'bench-pong.elf')
        self.qemus = []
        try:
            self._start(master, master_cpu, slaves)
        except BaseException:
            self.close()
            raise

    def _start(self, firmware, cpu, slaves):
        self.master = Qemu(
            *het_m_master(self.segment, 0, self.ram, cpu),
            *idm_device(self.properties),
            '-kernel', os.path.join(GUEST, firmware),
            fds=[self.segment.fd])
        self.qemus.append(self.master)
        self.slaves = []
        for i in range(slaves):
            self._add_slave((i + 1) * ALIGN, f's{i}')
        wait_until(lambda: all(map(linked, self.qemus)), 'links')
        for slave in self.slaves:
            slave.run()
        self.master.run()

    def _add_slave(self, code, name):
        slave = Qemu(*het_m_slave(), *idm_device(self.properties, 'master'))
        self.qemus.append(slave)
        self.slaves.append(slave)
        self.segment.load(self.slave_firmware, code)
        attach(slave, self.segment, code, self.ram_of(code))
        connect(self.master, slave, name)

    def ram_of(self, code):
        return code + RAM if self.apart else self.ram

    def boot(self):
        for slave in self.slaves:
            slave.qmp('slave-boot')
        wait_until(lambda: self.block.get('ready') == self.pongs,
                   'the firmwares are ready')

    def close(self):
        for qemu in self.qemus:
            qemu.close()
        self.block = None
        self.segment.close()
