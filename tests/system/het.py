# SPDX-License-Identifier: GPL-2.0-or-later
"""What the system tests share: a SoC under test, and a runner that prints TAP.

A test file holds functions marked @test('what it shows'), and ends with
main(). Each runs in a libvirt of its own (private-libvirt), so what a SoC
must leave behind is: nothing at all.
"""

import contextlib
import glob
import json
import mmap
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import xml.etree.ElementTree as ElementTree

import libvirt
import libvirt_qemu

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.abspath(os.environ.get('HETCTL_BUILD',
                                       os.path.join(TOP, 'build')))
GUEST = os.path.join(BUILD, 'guest')
EXAMPLES = os.path.join(TOP, 'xml-examples')
HETCTL = os.path.join(BUILD, 'hetctl', 'hetctl', 'hetctl')
QEMU_DIR = os.path.join(BUILD, 'qemu', 'obj')
SEGMENT_ALIGN = 2 << 20

os.environ['HETCTL_QEMU_DIR'] = QEMU_DIR
os.environ['LC_ALL'] = 'C.UTF-8'

# hetctl's exit codes
OK, FAILED, USAGE, XML, NOT_FOUND, STATE, LIBVIRT, EMULATOR, RESOURCE, \
    TIMEOUT = range(10)

UNITS = {'b': 1, 'bytes': 1, 'KB': 1000, 'k': 1 << 10, 'KiB': 1 << 10,
         'MB': 10**6, 'M': 1 << 20, 'MiB': 1 << 20,
         'GB': 10**9, 'G': 1 << 30, 'GiB': 1 << 30}


class Failure(Exception):
    """What was observed is not what must be."""


def expect(condition, message):
    if not condition:
        raise Failure(message)


def expect_equal(got, want, what):
    expect(got == want, f'{what}: {got!r}, not {want!r}')


def wait_until(condition, what, timeout=10.0):
    """Polls; returns the first true value of the condition."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f'not within {timeout:g} s: {what}')
        time.sleep(0.005)


# ---- the runner ----

_tests = []


def test(name):
    def add(function):
        _tests.append((name, function))
        return function
    return add


def measured(text):
    """A figure for the reader of the test's output."""
    print(f'# {text}', flush=True)


def main():
    failed = 0
    for name, function in _tests:
        start = time.monotonic()
        try:
            extra = function()
            print(f'ok - {name}' + (f' ({extra})' if extra else ''),
                  flush=True)
        except Exception as error:  # the runner reports all of them
            failed += 1
            where = [f'{os.path.basename(frame.filename)}:{frame.lineno}'
                     for frame in traceback.extract_tb(error.__traceback__)
                     if frame.filename.startswith(HERE)]
            text = str(error) if isinstance(error, Failure) else repr(error)
            text = text.strip().replace('\n', '\n#   ')
            print(f'# {text}\n# at {" < ".join(reversed(where))}\n'
                  f'not ok - {name}', flush=True)
        print(f'# took {time.monotonic() - start:.1f} s', flush=True)
    sys.exit(1 if failed else 0)


# ---- commands ----

def run(*args, timeout=60, env=None, **more):
    return subprocess.run(args, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=timeout,
                          env={**os.environ, **(env or {})}, check=False,
                          **more)


def hetctl(*args, code=OK, timeout=60, env=None, **more):
    """Runs hetctl; any other exit code than the expected one is a failure."""
    done = run(HETCTL, *args, timeout=timeout, env=env, **more)
    if done.returncode != code:
        raise Failure(f'hetctl {" ".join(args)}: exit code '
                      f'{done.returncode}, not {code}\n'
                      f'{done.stdout}{done.stderr}')
    return done


def virsh(*args):
    done = run('virsh', '-q', *args)
    if done.returncode:
        raise Failure(f'virsh {" ".join(args)}: {done.stderr}')
    return done.stdout


_own = threading.local()
libvirt.registerErrorHandler(lambda *_: None, None)


def ask_libvirt(function):
    """function(connection); the connection is the thread's own, and another
    one after a restart of libvirtd."""
    for last in (False, True):
        if getattr(_own, 'connection', None) is None:
            _own.connection = libvirt.open(None)
        try:
            return function(_own.connection)
        except libvirt.libvirtError:
            if last or _own.connection.isAlive():
                raise
            _own.connection = None


def domains():
    return [domain.name() for domain in
            ask_libvirt(lambda connection: connection.listAllDomains())]


def domain_xml(name):
    """Of its definition"""
    return ask_libvirt(lambda connection: connection.lookupByName(
        name).XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))


def segments():
    """Also the files beside them, and the flight recorders; not the folders
    that a group shares."""
    return [path for name in ('hetctl', 'hetrec')
            for path in glob.glob(f'/dev/shm/{name}-*') +
            glob.glob(f'/dev/shm/{name}.*/*')]


def initrds():
    """Files that are there while a SoC with <firmware> starts"""
    return [path for path in segments() if path.endswith('.initrd')]


def lock_path(name):
    """Where a hetctl that works on a SoC has its lock"""
    return f'/run/hetctl/hetctl-{name}.lock' if os.geteuid() == 0 else \
        f'/run/user/{os.geteuid()}/hetctl-{name}.lock'


def anonymous(pids):
    """MiB that processes have besides the memory that they share"""
    total = 0
    for pid in pids:
        with open(f'/proc/{pid}/smaps_rollup', encoding='ascii') as file:
            total += sum(int(line.split()[1]) for line in file
                         if line.startswith(('Pss_Anon:', 'Swap:')))
    return total / 1024


def qemu_processes():
    """pid: name of the domain, of every QEMU that runs."""
    found = {}
    for path in glob.glob('/proc/[0-9]*/cmdline'):
        with contextlib.suppress(OSError):
            with open(path, 'rb') as file:
                args = file.read().decode().split('\0')
            if '/qemu-system-' in args[0] and '-name' in args:
                name = args[args.index('-name') + 1]
                found[int(path.split('/')[2])] = \
                    re.sub('^guest=([^,]*).*', r'\1', name)
    return found


def children_left(soc):
    return [name for name in qemu_processes().values()
            if name.startswith(soc + '.')]


def everything():
    """What there is of this test's SoCs: domains, segments, processes. A
    user's tests see each other's processes and segments."""
    mark = f'-{os.getpid()}'
    return (sorted(domains()),
            sorted(s for s in segments() if f'{mark}-' in s),
            sorted(p for p in qemu_processes().items() if f'{mark}.' in p[1]))


class QmpError(Exception):
    def __init__(self, error):
        super().__init__(error['desc'])
        self.kind = error['class']


def qmp_raw(domain, text, fds=()):
    def call(connection):
        found = connection.lookupByName(domain)
        if fds:
            return libvirt_qemu.qemuMonitorCommandWithFiles(
                found, text, list(fds), 0)[0]
        return libvirt_qemu.qemuMonitorCommand(found, text, 0)

    try:
        answer = json.loads(ask_libvirt(call))
    except libvirt.libvirtError as error:
        raise Failure(f'{domain}: {text}: {error}') from error
    if 'error' in answer:
        raise QmpError(answer['error'])
    return answer['return']


def hmp(domain, command):
    try:
        return ask_libvirt(lambda connection: libvirt_qemu.qemuMonitorCommand(
            connection.lookupByName(domain), command,
            libvirt_qemu.VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP))
    except libvirt.libvirtError as error:
        raise Failure(f'{domain}: {command}: {error}') from error


# ---- memory ----

class Words:
    """Memory as 32-bit words that are read and written whole."""

    def __init__(self, view, base=0):
        self.words = view.cast('I')
        self.base = base

    def __getitem__(self, offset):
        return self.words[(self.base + offset) // 4]

    def __setitem__(self, offset, value):
        self.words[(self.base + offset) // 4] = value & 0xffffffff


def elf_segments(path):
    """(physical address, bytes, size in memory) of each loadable segment."""
    with open(path, 'rb') as file:
        data = file.read()
    expect(data[:4] == b'\x7fELF' and data[5] == 1,
           f'{path}: no little-endian ELF file')
    if data[4] == 1:
        table, entry_size, count = struct.unpack_from('<28xI10xHH', data)
        entry = '<IIIIII'       # type, offset, virtual, physical, sizes
    else:
        table, entry_size, count = struct.unpack_from('<32xQ14xHH', data)
        entry = '<I4xQQQQQ'
    for i in range(count):
        kind, offset, _, physical, file_size, size = struct.unpack_from(
            entry, data, table + i * entry_size)
        if kind == 1 and size:
            yield physical, data[offset:offset + file_size], size


class Window:
    """A map of a processor: addresses there, offset into the segment."""

    def __init__(self, memory, address, offset, size):
        self.memory, self.address = memory, address
        self.offset, self.size = offset, size

    @property
    def end(self):
        return self.address + self.size

    def __repr__(self):
        return f'{self.memory} at {self.address:#x}'


# ---- the SoC under test ----

INCLUDE = '{http://www.w3.org/2001/XInclude}include'


def key_of(element):
    """What `change` tells elements from others of their kind by."""
    return next((element.get(name) for name in
                 {'map': ['address'], 'register': ['offset'],
                  'follows': ['bits'], 'endpoint': ['processor'],
                  'remoteproc': ['slave']}.get(element.tag, ['name'])), None)


def apply_changes(element):
    for child in element:
        if not child.get('change'):
            apply_changes(child)
    for new in [child for child in element if child.get('change')]:
        how = new.attrib.pop('change')
        old = next(child for child in element if child is not new and
                   (child.tag, key_of(child)) == (new.tag, key_of(new)))
        element.remove(new)
        at = list(element).index(old)
        if how == 'edit':
            old.attrib.update(new.attrib)
            old.extend(new)
            apply_changes(old)
        else:
            element[at:at + 1] = [new] if how == 'replace' else []


def take_includes(element, folder):
    for i, child in reversed(list(enumerate(element))):
        if child.tag == INCLUDE:
            path = os.path.join(folder, child.get('href'))
            found = ElementTree.parse(path).getroot()
            expand_includes(found, os.path.dirname(path))
            element[i:i + 1] = \
                list(found) if found.tag == 'fragment' else [found]
        else:
            take_includes(child, folder)


def expand_includes(element, folder):
    """As hetctl does, with the changes of what is included"""
    take_includes(element, folder)
    apply_changes(element)


class Soc:
    """An example of xml-examples, or a text, under a name of its own.

    `with Soc('bare-pair') as soc:` defines it; at the end it is destroyed and
    undefined, and nothing may be left of it.
    """

    def __init__(self, example, name=None, change=None, text=None):
        self.name = name or f'{example[:12]}-{os.getpid()}'
        self._temporary = tempfile.TemporaryDirectory(prefix='hetctl-soc.')
        self.folder = self._temporary.name
        self.xml = os.path.join(self.folder, 'soc.xml')
        if text is None:
            with open(os.path.join(EXAMPLES, example + '.xml'),
                      encoding='utf-8') as file:
                text = file.read()
        text = re.sub(r'<name>[^<]*</name>', f'<name>{self.name}</name>',
                      text, count=1)
        text = text.replace('../build/guest/', GUEST + '/')
        self.text = change(text) if change else text
        with open(self.xml, 'w', encoding='utf-8') as file:
            file.write(self.text)
        self._copy_chips()
        self.root = ElementTree.fromstring(self.text)
        expand_includes(self.root, self.folder)
        self.memories = self._layout()
        self._mapping = None

    def _copy_chips(self):
        chips = os.path.join(self.folder, 'chips')
        os.mkdir(chips)
        for path in glob.glob(os.path.join(EXAMPLES, 'chips', '*.xml')):
            with open(path, encoding='utf-8') as file:
                text = file.read()
            with open(os.path.join(chips, os.path.basename(path)), 'w',
                      encoding='utf-8') as file:
                file.write(text.replace('../../build/guest/', GUEST + '/'))

    def _layout(self):
        """name: (offset into the segment, size)"""
        memories, offset = {}, 0
        for memory in self.root.iter('memory'):
            size = int(memory.text, 0) * UNITS[memory.get('unit', 'KiB')]
            memories[memory.get('name')] = (offset, size)
            offset += -(-size // SEGMENT_ALIGN) * SEGMENT_ALIGN
        return memories

    @property
    def master(self):
        return self.root.find('master').get('name')

    @property
    def slave(self):
        return self.root.find('slave').get('name')

    def windows(self, processor):
        found = []
        for element in (self.root.findall('master') +
                        self.root.findall('slave')):
            if element.get('name') != processor:
                continue
            for entry in element.findall('map'):
                offset, size = self.memories[entry.get('memory')]
                inside = int(entry.get('offset', '0'), 0)
                length = int(entry.get('size', '0'), 0) or size - inside
                found.append(Window(entry.get('memory'),
                                    int(entry.get('address'), 0),
                                    offset + inside, length))
        return found

    def address_of(self, processor, memory):
        """Where a processor sees the first map of a memory."""
        for window in self.windows(processor):
            if window.memory == memory:
                return window.address
        raise Failure(f'{processor} does not see {memory}')

    def domain(self, processor):
        return f'{self.name}.{processor}'

    # -- life --

    def __enter__(self):
        hetctl('define', self.xml)
        return self

    def __exit__(self, kind, *_):
        self.unmap()
        try:
            if self.domain(self.master) in domains():
                hetctl('destroy', self.name)
                hetctl('undefine', self.name)
            if kind is None:
                self.expect_nothing_left()
        finally:
            self._temporary.cleanup()

    def expect_nothing_left(self, defined=False):
        if not defined:
            left = [d for d in domains() if d.startswith(self.name + '.')]
            expect(not left, f'domains left: {left}')
        left = children_left(self.name)
        expect(not left, f'processes left: {left}')
        left = [s for s in segments() if f'-{self.name}-' in s]
        expect(not left, f'segments left: {left}')

    def start(self, **more):
        hetctl('start', self.name, **more)

    def destroy(self):
        self.unmap()
        hetctl('destroy', self.name)

    def status(self):
        return json.loads(hetctl('status', self.name, '--format',
                                 'json').stdout)

    def boot(self, slave=None, firmware=None):
        more = ['--firmware', os.path.join(GUEST, firmware)] if firmware \
            else []
        hetctl('boot', self.name, slave or self.slave, *more)

    def shutdown(self, slave=None):
        hetctl('shutdown', self.name, slave or self.slave)

    # -- QMP --

    def qmp(self, processor, command, **arguments):
        request = {'execute': command}
        if arguments:
            request['arguments'] = {name.replace('_', '-'): value
                                    for name, value in arguments.items()}
        return qmp_raw(self.domain(processor), json.dumps(request))

    def core(self, slave=None):
        return self.qmp(slave or self.slave, 'query-slave')

    def wait_core(self, state, slave=None, timeout=10.0):
        wait_until(lambda: self.core(slave)['state'] == state,
                   f'core {state}', timeout)

    def getfd(self, processor, fdname, file):
        """Gives QEMU a file descriptor under a name."""
        qmp_raw(self.domain(processor),
                json.dumps({'execute': 'getfd',
                            'arguments': {'fdname': fdname}}),
                [file.fileno()])

    # -- processes and memory --

    def pid(self, processor):
        for pid, name in qemu_processes().items():
            if name == self.domain(processor):
                return pid
        raise Failure(f'no process of {self.domain(processor)}')

    def recorder_path(self, processor):
        """Where the memory of its flight recorder is"""
        return re.sub(r'(/dev/shm/|/)hetctl', r'\1hetrec',
                      self.segment_path) + f'.{processor}'

    @property
    def segment_path(self):
        """As the domains say it; another one for each definition"""
        xml = domain_xml(self.domain(self.master))
        return re.search(r' segment=["\']([^"\']+)', xml)[1]

    @property
    def memory(self):
        """The whole segment."""
        if self._mapping is None:
            with open(self.segment_path, 'r+b') as file:
                self._mapping = mmap.mmap(file.fileno(), 0)
        return memoryview(self._mapping)

    def unmap(self):
        self._mapping = None

    def locate(self, processor, address):
        """Offset in the segment of an address of a processor."""
        for window in self.windows(processor):
            if window.address <= address < window.end:
                return window.offset + address - window.address
        raise Failure(f'{processor} has nothing at {address:#x}')

    def words(self, processor, address):
        return Words(self.memory, self.locate(processor, address))

    def load(self, firmware, slave=None):
        """Puts a firmware where the slave will find it."""
        slave = slave or self.slave
        for address, content, size in elf_segments(
                os.path.join(GUEST, firmware)):
            at = self.locate(slave, address)
            self.memory[at:at + size] = content + bytes(size - len(content))


class Shared:
    """A SoC that the tests of a file share, since to start it takes long: each
    leaves it as it found it. One that fails ends it, and the next has another.
    The last test of the file is `ends`."""

    def __init__(self, make):
        self.make = make
        self.soc = None

    @contextlib.contextmanager
    def __call__(self):
        if self.soc is None:
            self.soc = self.make().__enter__()
        try:
            yield self.soc
        except BaseException as error:
            self.end(type(error), error, None)
            raise

    def end(self, *error):
        soc, self.soc = self.soc, None
        if soc:
            soc.__exit__(*error or (None, None, None))

    def ends(self):
        test('nothing is left of the SoC')(self.end)


# ---- the firmware of the bare pair ----

def pair_header():
    """The constants of guest/include/pair.h, and the offsets of the words of
    struct pair_block."""
    with open(os.path.join(TOP, 'guest', 'include', 'pair.h'),
              encoding='utf-8') as file:
        text = file.read()
    constants = {name: int(value, 0) for name, value in re.findall(
        r'\b(PAIR_\w+)(?: =|) +(0x[0-9a-f]+|\d+)', text)}
    offsets, offset = {}, 0
    block = re.search(r'struct pair_block \{(.*?)\n\};', text, re.DOTALL)[1]
    for name, count in re.findall(r'uint32_t (\w+)(?:\[(\w+)\])?;', block):
        offsets[name] = offset
        offset += 4 * (constants.get(count) or int(count or 1))
    return constants, offsets, offset


PAIR, FIELDS, BLOCK_SIZE = pair_header()
PAIR_RAM = PAIR['PAIR_RAM']
PAIR_FREE = PAIR_RAM + PAIR['PAIR_FREE_OFFSET']
PAIR_SLAVE_A = PAIR['PAIR_SLAVE_A']
PAIR_SLAVE_B = PAIR['PAIR_SLAVE_B']


class Answer:
    def __init__(self, status, result):
        self.status, self.result = status, result

    @property
    def ok(self):
        return self.status == PAIR['PAIR_OK']

    @property
    def faulted(self):
        return self.status == PAIR['PAIR_FAULT']

    def __repr__(self):
        return f'status {self.status}, {[hex(r) for r in self.result]}'


class Firmware:
    """One side's struct pair_block, in the memory `ram`."""

    def __init__(self, soc, processor, side, memory='ram'):
        self.block = soc.words(processor, soc.address_of(processor, memory) +
                               PAIR[f'PAIR_{side.upper()}_OFFSET'])

    def get(self, field, index=0):
        return self.block[FIELDS[field] + 4 * index]

    def set(self, field, value, index=0):
        self.block[FIELDS[field] + 4 * index] = value

    def clear(self):
        for offset in range(0, BLOCK_SIZE, 4):
            self.block[offset] = 0

    def wait_ready(self, timeout=10.0):
        wait_until(lambda: self.get('magic') == PAIR['PAIR_MAGIC'],
                   'firmware serves', timeout)

    def send(self, command, *args):
        for i, value in enumerate(args):
            self.set('arg', value, i)
        self.set('command', PAIR[f'PAIR_{command.upper()}'])
        self.set('sequence', self.get('sequence') + 1)

    def finished(self):
        return self.get('done') == self.get('sequence')

    def answer(self, timeout=10.0):
        wait_until(self.finished, 'firmware answers', timeout)
        return Answer(self.get('status'),
                      [self.get('result', i) for i in range(4)])

    def do(self, command, *args, timeout=10.0):
        self.send(command, *args)
        return self.answer(timeout)

    def rung(self, channel):
        return self.get('rung', channel)

    def stream(self, peer):
        """What came from a peer: received, last, lost, doubled."""
        at = BLOCK_SIZE + 16 * peer
        return tuple(self.block[at + 4 * i] for i in range(4))


class Pair(Soc):
    """The bare pair, started, its slave running the given firmware."""

    def __init__(self, firmware='pair-slave-a.elf', example='bare-pair',
                 **more):
        super().__init__(example, **more)
        self.firmware = firmware

    def __enter__(self):
        super().__enter__()
        try:
            self.start()
            self.master_side = Firmware(self, self.master, 'master')
            self.slave_side = Firmware(self, self.slave, 'slave')
            self.master_side.wait_ready()
            if self.firmware:
                self.run_slave(self.firmware)
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def run_slave(self, firmware, boot=None):
        """Loads and boots; returns the slave's side once it serves."""
        self.slave_side.clear()
        self.load(firmware)
        (boot or self.boot)()
        self.slave_side.wait_ready()
        return self.slave_side

    def unmap(self):
        self.master_side = self.slave_side = None
        super().unmap()
