#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every XML, shell and C snippet of README.md and docs/ is what it says."""

import contextlib
import filecmp
import glob
import json
import os
import re
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

from documents import snippets
from het import (BUILD, EXAMPLES, GUEST, HETCTL, OK, TOP, Failure, domains,
                 expect, expect_equal, expand_includes, hetctl, initrds, main,
                 run, segments, test, virsh, wait_until)
from linux import BOOT_S
from mainjob import Console, start_firmware, wait_tty

SNIPPETS = snippets()
taken = set()

ENVIRONMENT = {'PATH': os.path.dirname(HETCTL) + ':' + os.environ['PATH'],
               'HETCTL_EXAMPLES_DIR': EXAMPLES}


def take(name, start):
    """The snippet of a document that begins so; there must be one."""
    found = [snippet for snippet in SNIPPETS
             if snippet.name == name and snippet.text.startswith(start)]
    expect_equal(len(found), 1, f"snippets of {name} that begin '{start}'")
    taken.add(found[0])
    return found[0]


@contextlib.contextmanager
def place():
    """A folder that looks like the source tree, with files for examples."""
    with tempfile.TemporaryDirectory(prefix='hetctl-docs.') as folder:
        os.chmod(folder, 0o755)
        os.symlink(BUILD, os.path.join(folder, 'build'))
        os.symlink(EXAMPLES, os.path.join(folder, 'xml-examples'))
        os.mkdir(os.path.join(folder, 'soc'))
        for name, guest in (('vmlinuz', 'vmlinuz-armhf'),
                            ('initramfs.cpio.gz', 'initramfs.cpio.gz'),
                            ('fw_dynamic.bin', 'opensbi-riscv64.bin'),
                            ('Image', 'Image-riscv64'),
                            ('my.elf', 'rpmsg-echo.elf'),
                            ('master.elf', 'pair-master.elf')):
            os.symlink(os.path.join(GUEST, guest),
                       os.path.join(folder, 'soc', name))
        yield folder


def put(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


def shell(snippet, folder, change=lambda text: text):
    """Runs all lines; the first that fails is a failure."""
    done = run('bash', '-e', '-c', change(snippet.text), cwd=folder,
               timeout=300, env=ENVIRONMENT)
    if done.returncode != OK:
        raise Failure(f'{snippet.where}: exit code {done.returncode}\n'
                      f'{done.stdout}{done.stderr}')
    return done.stdout


def console_shows(command, pattern, action=lambda: None, typed=b'',
                  timeout=120):
    """A command that takes over the terminal, until it shows a pattern."""
    leader, follower = os.openpty()
    with subprocess.Popen(shlex.split(command, comments=True),
                          stdin=follower, stdout=follower, stderr=follower,
                          env={**os.environ, **ENVIRONMENT}) as process:
        text = ''
        end = time.monotonic() + timeout
        while not re.search(pattern, text) and time.monotonic() < end:
            if select.select([leader], [], [], 2)[0]:
                text += os.read(leader, 4096).decode(errors='replace')
                if action:
                    action()
                    action = None
            else:
                # What comes before the terminal is raw is thrown away.
                os.write(leader, typed)
        process.kill()
    os.close(leader)
    os.close(follower)
    expect(re.search(pattern, text), f'{command}: {text[-500:]!r}')


# ---- XML ----

BASE = '''<soc>
  <name>reference</name>
  <memory name='ddr' unit='MiB'>64</memory>
  <memory name='sram' unit='KiB'>384</memory>
  <memory name='ram2' unit='MiB'>96</memory>
  <master name='a7'>
    <os>
      <type arch='armv7l' machine='virt'/>
      <kernel>vmlinuz</kernel>
    </os>
    <map memory='ddr' address='0x40000000'/>
    <map memory='sram' address='0x10000000'/>
  </master>
  <slave name='m4'>
    <os><type arch='armv7l' machine='het-m'/></os>
    <boot control='host'/>
    <map memory='sram' address='0x10000000'/>
    <devices><serial type='pty'/></devices>
  </slave>
</soc>
'''
SECOND = '''<slave name='second'>
  {snippet}
  <map memory='ram2' address='{ram}'/>
</slave>
'''


def elements(text):
    """The elements of a snippet, with the comment before each."""
    root = ElementTree.fromstring(
        '<snippet>' + text + '</snippet>',
        ElementTree.XMLParser(target=ElementTree.TreeBuilder(
            insert_comments=True)))
    note = ''
    for child in root:
        if child.tag is ElementTree.Comment:
            note = child.text
        else:
            yield child, note
            note = ''


def is_same(a, b):
    """Would only one of them be there?"""
    if a.tag != b.tag or a.tag in ('os', 'boot', 'devices'):
        return a.tag == b.tag
    key = 'address' if a.tag == 'map' else 'name'
    return a.get(key) is not None and a.get(key) == b.get(key)


def place_element(parent, element):
    """In the place of what is the same there, else behind all others."""
    for i, old in enumerate(parent):
        if is_same(old, element):
            parent[i] = element
            return
    parent.append(element)


def merged(text, snippet, processor=None):
    """A SoC with a snippet in it: at a processor, or at its top."""
    root = ElementTree.fromstring(text)
    for element, note in elements(snippet):
        where = 'master' if 'in the master' in note else processor
        place_element(root.find(where) if where else root, element)
    return ElementTree.tostring(root, encoding='unicode')


def validate(folder, name, text, where):
    path = put(folder, os.path.join('soc', name), text)
    done = run(HETCTL, 'validate', path, env=ENVIRONMENT)
    expect(done.returncode == OK and not done.stderr,
           f'{where}:\n{done.stderr}\n{text}')


REFERENCE = 'docs/soc-xml.md'


@test('each XML snippet of the reference is accepted')
def reference():
    with place() as folder:
        os.mkdir(os.path.join(folder, 'soc', 'build'))
        os.symlink(os.path.join(GUEST, 'rpmsg-echo.elf'),
                   os.path.join(folder, 'soc', 'build', 'my.elf'))
        mapped = take(REFERENCE, "<map memory='sram'")
        parts = {start: take(REFERENCE, start) for start in
                 ("<memory name='sram'", '<cputune>', "<device name='usart3'",
                  "<stub name='rcc'", "<stub name='clocks'",
                  "<idm name='ipcc'")}
        ipcc = parts["<idm name='ipcc'"].text
        for where, text in (
                [(s.where, merged(BASE, s.text, processor)) for s, processor
                 in ((mapped, 'slave'),
                     (parts["<memory name='sram'"], None),
                     (parts['<cputune>'], 'slave'),
                     (parts["<device name='usart3'"], 'slave'),
                     (parts["<stub name='rcc'"], 'slave'),
                     (parts["<stub name='clocks'"], 'slave'),
                     (parts["<idm name='ipcc'"], None))]):
            validate(folder, 'soc.xml', text, where)
        remoteproc = take(REFERENCE, '<remoteproc')
        guest = BASE.replace("control='host'", "control='guest'")
        validate(folder, 'soc.xml', merged(merged(guest, ipcc),
                                           remoteproc.text), remoteproc.where)


@test('each <os> of the reference is accepted, with the files it names')
def systems():
    with place() as folder:
        os.mkdir(os.path.join(folder, 'soc', 'build'))
        os.symlink(os.path.join(GUEST, 'rpmsg-echo.elf'),
                   os.path.join(folder, 'soc', 'build', 'my.elf'))
        found = [s for s in SNIPPETS
                 if s.name == REFERENCE and s.text.startswith('<os>') and
                 'het-a' not in s.text]
        expect_equal(len(found), 3, f'<os> in {REFERENCE}')
        taken.update(found)
        for snippet in found:
            if '<boot' not in snippet.text:
                text = merged(BASE, snippet.text, 'master')
            else:
                ram = '0x80000000' if 'riscv' in snippet.text \
                    else '0x40000000'
                boot = snippet.text.replace('<boot ',
                                            "<boot control='host' ")
                text = merged(BASE, SECOND.format(snippet=boot, ram=ram))
            validate(folder, 'soc.xml', text, snippet.where)


@test('a board of the reference is accepted, with its overlay and its disk')
def board():
    system = next(s for s in SNIPPETS if s.name == REFERENCE and
                  s.text.startswith('<os>') and 'het-a' in s.text)
    taken.add(system)
    disk = take(REFERENCE, "<disk type='file'")
    overlay = take(REFERENCE, '/dts-v1/;')
    tree, = glob.glob(os.path.join(BUILD, 'armhf', 'usr', 'lib', '*',
                                   'stm32mp157c-dk2.dtb'))
    with place() as folder:
        source = put(folder, 'soc/my-disk.dts', overlay.text)
        done = run('dtc', '-q', '-@', '-I', 'dts', '-O', 'dtb', '-o',
                   os.path.join(folder, 'soc', 'my-disk.dtbo'), source)
        expect_equal(done.returncode, 0, done.stderr)
        os.symlink(tree, os.path.join(folder, 'soc', 'stm32mp157c-dk2.dtb'))
        text = merged(BASE, system.text, 'master')
        text = merged(text, '<devices>' + disk.text + '</devices>', 'master')
        text = text.replace('unit="MiB">64<', 'unit="MiB">512<')
        text = text.replace('address="0x40000000"', 'address="0xc0000000"')
        validate(folder, 'soc.xml', text, system.where)


def rest_of(text):
    """What '...' stands for: the elements of BASE that are not there."""
    rest = BASE
    for pattern in (r'</?soc>', r'<name>.*?</name>', r'(?s)<slave.*</slave>'):
        rest = re.sub(pattern, '', rest, count=2)
    if "<memory name='sram'" not in text:
        rest = re.sub(r"<memory name='sram'.*", '', rest)
    return rest


@test('the SoCs of several files of the reference are accepted')
def several_files():
    with place() as folder:
        tops = [s for s in SNIPPETS
                if s.name == REFERENCE and s.text.startswith('<soc ')]
        expect_equal(len(tops), 2, '<soc> in the reference')
        taken.update(tops)
        fragment = take(REFERENCE, '<fragment>')
        including, changing = tops
        put(folder, 'soc/chip/memories.xml', '<fragment>' +
            take(REFERENCE, "<memory name='sram'").text + '</fragment>')
        put(folder, 'soc/chip/m4.xml', fragment.text)
        validate(folder, 'soc.xml',
                 including.text.replace('...', rest_of('')).replace(
                     "<slave name='m4'>",
                     "<slave name='m4'><boot control='host'/>"),
                 including.where)
        # Its chip has what it changes: all the devices of the reference.
        root = ElementTree.fromstring(fragment.text)
        for start in "<device name='usart3'", "<stub name='rcc'":
            for element, _ in elements(take(REFERENCE, start).text):
                place_element(root, element)
        put(folder, 'soc/chip/m4.xml',
            ElementTree.tostring(root, encoding='unicode'))
        text = changing.text.replace('...', BASE[BASE.index('<memory'):
                                                 BASE.index('<slave')])
        text = text.replace(
            "<xi:include href='chip/m4.xml'/>",
            "<xi:include href='chip/m4.xml'/><boot control='host'/>"
            "<devices><serial type='pty'/></devices>")
        validate(folder, 'soc.xml', text, changing.where)
        whole = hetctl('map', os.path.join(folder, 'soc', 'soc.xml')).stdout
        expect('wdt' not in whole and 'usart3' in whole, whole)


# ---- the README ----

@test("the README's own SoC works with the README's commands")
def own_soc():
    xml = take('README.md', '<soc>')
    commands = take('README.md', 'export HETCTL_QEMU_DIR')
    boot = take('docs/firmware.md', 'hetctl boot mine')
    with place() as folder:
        put(folder, 'mine.xml', xml.text)
        shell(commands, folder)
        expect_equal(domains(), [], 'domains')
        os.symlink(os.path.join(GUEST, 'pair-slave-a.elf'),
                   os.path.join(folder, 'little.elf'))
        hetctl('define', os.path.join(folder, 'mine.xml'))
        hetctl('start', 'mine')
        shell(boot, folder)
        expect('running' in re.search(r'little .*', hetctl(
            'status', 'mine').stdout)[0], 'little does not run')
        hetctl('destroy', 'mine')
        hetctl('undefine', 'mine')
    return f'{len(commands.text.splitlines())} commands'


@test('./bootstrap has the steps that the documents name')
def bootstrap():
    steps = run(os.path.join(TOP, 'bootstrap'), '--help').stdout
    for name, start in (('README.md', './bootstrap demo'),
                        ('README.md', './bootstrap check'),
                        ('docs/imx8mm.md', './bootstrap demo imx8mm')):
        for word in take(name, start).text.split()[1:]:
            expect(re.search(rf'\b{word}\b', steps),
                   f'no {word} in:\n{steps}')


def run_benchmarks(begin, all_codes):
    """What they print in the end"""
    steps = run(os.path.join(TOP, 'bootstrap'), '--help').stdout
    bench = [sys.executable, os.path.join(TOP, 'tests', 'bench', 'bench.py'),
             '--quick', '--only', 'boot']
    lines = take('docs/performance.md', begin).text.splitlines()
    with place() as folder:
        for line, codes in zip(lines, all_codes, strict=True):
            words = shlex.split(line.replace('build/', ''))
            expect_equal(words[:2], ['./bootstrap', 'bench'], line)
            for option in words[2::2]:
                expect(f'[{option} ' in steps, f'no {option} in:\n{steps}')
            # What is measured is not what is asked here.
            done = run(*bench, *words[2:], cwd=folder, timeout=120)
            expect(done.returncode in codes, f'{line}: exit code '
                   f'{done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


@test('what became slower, as the performance page says')
def bench_compared():
    said = run_benchmarks('./bootstrap bench --output build/before',
                          ((OK,), (OK, 3)))
    expect(re.search(r'\d+ slower, \d+ faster', said), said)


@test('the goals by several runs, as the performance page says')
def bench_goals():
    said = run_benchmarks('./bootstrap bench --output build/run-1',
                          ((OK,), (OK,), (OK,)))
    rows = re.findall(r'first store, median +at most 200 us .*', said)
    # Neighbours may be busy during one of them: a row for each class.
    expect(len(rows) == (1 if ', 2 runs' in said else 2), said)


# ---- C ----

REGISTERS = {'TX_DATA0': 'IDM_TX_DATA(0)', 'RX_DATA0': 'IDM_RX_DATA(0)'}


def in_function(snippet):
    """A function around it, with what the text around it says."""
    names = set(re.findall(r'\b(?:reg\(|peer\(n, )(\w+)\)', snippet.text))
    expect(names, f'{snippet.where}: no registers')
    lines = ['#include <stdint.h>', '#include "idm.h"',
             '#define reg(o) (*(volatile uint32_t *)(0x50000000 + (o)))',
             '#define peer(n, o) reg(IDM_PEER(n) + (o))',
             '#define dmb() __asm__ volatile("dmb" ::: "memory")']
    lines += [f'#define {name} {REGISTERS.get(name, "IDM_" + name)}'
              for name in sorted(names)]
    lines += ['void f(uint32_t n, uint32_t c, uint32_t word);',
              'void f(uint32_t n, uint32_t c, uint32_t word)', '{']
    body = snippet.text.replace('\n...\n', '\n')
    used = ''.join(f'(void){name};' for name in
                   ['n', 'c', 'word'] + re.findall(r'uint32_t (\w+) =', body))
    return '\n'.join(lines) + '\n' + body + used + '\n}\n'


@test('the C of the IDM page compiles with the registers of the guests')
def idm_code():
    found = [s for s in SNIPPETS
             if s.name == 'docs/idm.md' and s.language == 'c']
    expect(found, 'no C in docs/idm.md')
    taken.update(found)
    with place() as folder:
        for snippet in found:
            path = put(folder, 'snippet.c', in_function(snippet))
            done = run('arm-none-eabi-gcc', '-mcpu=cortex-m4', '-mthumb',
                       '-Wall', '-Wextra', '-Werror', '-Wno-empty-body',
                       '-I', os.path.join(TOP, 'guest', 'include'), '-c',
                       '-o', os.path.join(folder, 'snippet.o'), path)
            expect(done.returncode == 0, f'{snippet.where}:\n{done.stderr}')
    return f'{len(found)} snippets'


# ---- firmware.md ----

def linux_lines(linux, snippet, change=lambda text: text):
    for line in snippet.text.splitlines():
        linux.run(change(line), timeout=60)


@contextlib.contextmanager
def linux_of(soc):
    linux = Console(virsh('ttyconsole', f'{soc}.a7').strip())
    try:
        linux.read_until('HET-READY', BOOT_S)
        yield linux
    finally:
        linux.close()


def own_xml(snippet):
    """The example with the <os> of the page."""
    with open(os.path.join(EXAMPLES, 'stm32mp157-virt.xml'),
              encoding='utf-8') as file:
        text = file.read()
    return re.sub(r'(?s)<os>.*?</os>', lambda _: snippet.text, text, count=1)


def end(soc):
    hetctl('destroy', soc)
    hetctl('undefine', soc)


@test("own firmware, as the page says: compiled, in Linux' /lib/firmware, "
      'booted, its line on the console')
def own_firmware():
    page = 'docs/firmware.md'
    boot = take(page, 'echo hello.elf')
    consoles = take('docs/stm32mp157.md', 'hetctl console').text.replace(
        'stm32mp157', 'stm32mp157-virt').splitlines()
    commands = take(page, 'hetctl define own.xml').text.splitlines()
    with place() as folder:
        work = os.path.join(folder, 'own')
        put(work, 'hello.c', take(page, '/* hello.c */').text)
        put(work, 'own.xml', own_xml(take(page, '<os>')))
        shell(take(page, 'arm-none-eabi-gcc'), work)
        expect_equal([line.split()[:2] for line in commands],
                     [['hetctl', 'define'], ['hetctl', 'start'],
                      ['hetctl', 'console']], 'commands')
        for line in commands[:2]:
            hetctl(*line.split()[1:], cwd=work, env=ENVIRONMENT)
        try:
            expect_equal(initrds(), [], 'files left of the start')
            console_shows(commands[2], 'Linux version|HET-READY')
            with linux_of('stm32mp157-virt') as linux:
                console_shows(consoles[0], 'hello from my own firmware',
                              lambda: linux_lines(linux, boot))
                console_shows(consoles[1], 'Connected to domain')
                in_linux(linux, os.path.join(work, 'hello.elf'))
        finally:
            end('stm32mp157-virt')


def in_linux(linux, path):
    """What the guests' page says of the initramfs, and the file itself."""
    with open(path, 'rb') as file:
        size = len(file.read())
    expect_equal(linux.run('wc -c < /lib/firmware/hello.elf'), str(size),
                 'bytes')
    page = 'docs/guests.md'
    expect_equal(take(page, 'het-run').text.strip(),
                 "het-run 'echo start > "
                 "/sys/class/remoteproc/remoteproc0/state'", 'het-run')
    usage = linux.run('rpmsg-test --help')
    for line in re.findall(r'^rpmsg-test (.*)',
                           take(page, 'rpmsg-test echo').text, re.MULTILINE):
        expect(line.split()[0] in usage.split(), f'{line} not in {usage}')


@test("a firmware as large as a Linux reaches the master's Linux, which "
      'boots it as the page says')
def second_linux():
    page = 'docs/slave-linux.md'
    xml = take(page, "<memory name='ddr1'")
    boot = take(page, 'echo second.elf')
    with place() as folder:
        with open(os.path.join(EXAMPLES, 'stm32mp157-virt.xml'),
                  encoding='utf-8') as file:
            root = ElementTree.fromstring(file.read())
        expand_includes(root, EXAMPLES)
        text = merged(ElementTree.tostring(root, encoding='unicode'),
                      xml.text)
        text = text.replace('../build/guest/', GUEST + '/').replace(
            '</initrd>', "</initrd><firmware name='second.elf'>"
            'second.elf</firmware>', 1)
        path = put(folder, 'soc/soc.xml', text)
        packed = os.path.join(folder, 'soc', 'second.elf')
        initrd = os.path.join(GUEST, 'initramfs.cpio.gz')
        before = os.path.join(folder, 'before')
        shutil.copy(initrd, before)
        hetctl('pack', path, 'second', '--output', packed)
        hetctl('define', path)
        try:
            hetctl('start', 'stm32mp157-virt')
            expect_equal(initrds(), [], 'files left of the start')
            expect(filecmp.cmp(initrd, before, shallow=False),
                   'the initrd has changed')
            with linux_of('stm32mp157-virt') as linux:
                name = linux.run('dirname $(grep -lx second '
                                 '/sys/class/remoteproc/*/name)')
                linux_lines(linux, boot, lambda line: re.sub(
                    r'/sys/class/remoteproc/remoteproc\d', name, line))
                expect_equal(linux.run(f'cat {name}/state').splitlines()[-1],
                             'running', 'state')
                wait_until(lambda: 'Linux version' in second_log(linux),
                           "the second Linux", 60)
        finally:
            end('stm32mp157-virt')
        return f'{os.path.getsize(packed) >> 20} MiB'


def second_log(linux):
    """What the second Linux has said since it was last asked."""
    with contextlib.closing(Console(virsh(
            'ttyconsole', 'stm32mp157-virt.second').strip())) as second:
        return second.read_until('Linux version', 60)[1][0]


# ---- other commands ----

def until_console(snippet, folder, pattern, typed=b''):
    """All lines; the last is a console, on which something comes up."""
    lines = snippet.text.splitlines()
    expect(lines[-1].startswith('hetctl console'), f'{snippet.where}: {lines}')
    for line in lines[:-1]:
        hetctl(*line.split()[1:], cwd=folder, env=ENVIRONMENT)
    console_shows(lines[-1], pattern, typed=typed)
    end(lines[-1].split()[2])


@test('the commands that run hetero-quad show that it works')
def quad():
    with place() as folder:
        until_console(take('docs/guests.md', 'hetctl define'), folder,
                      'QUAD-OK', typed=b'\r')


@test('the commands that run slave-os show its Linux')
def slave_os():
    with place() as folder:
        until_console(take('docs/slave-linux.md', 'hetctl define'), folder,
                      'Linux version')


@test('the debugger of the debugging page sees all processors')
def debugger():
    page = 'docs/debugging.md'
    commands = take(page, 'hetctl define').text.splitlines()
    typed = ''.join(f' -ex {shlex.quote(line)}' for line in
                    take(page, 'info threads\ninferior 5').text.splitlines())
    with place() as folder:
        try:
            for line in commands[:-1]:
                hetctl(*line.split()[1:], cwd=folder)
            done = hetctl(*commands[-1].split()[1:], cwd=folder,
                          env={'GDB': 'gdb-multiarch -nx -batch' + typed})
            for pattern in (r'Thread 1\.1 "a53"', r'Thread 2\.1 "rv32"',
                            r'Thread 4\.1 "rv64"', r'#\d+ .*main \(',
                            r'Thread 5\.1 "m33"', r'stops \d+, last \d+ us'):
                expect(re.search(pattern, done.stdout + done.stderr),
                       f'{pattern}: {done.stdout}{done.stderr}')
        finally:
            end('hetero-quad')


def same(text):
    """Addresses and lines are those of one build."""
    text = re.sub(r'0x[0-9a-f]+', '0x?', text)
    return re.sub(r':\d+$', ':?', text, flags=re.MULTILINE)


@test('Linux and the firmware that it boots in one debugger, with symbols, as '
      'the page prints it')
def debugger_of_linux():
    page = 'docs/debugging.md'
    print_symbols = take(page, "grep ' [tTwW] '").text.strip()
    make, debug = take(page, 'hetctl logs').text.splitlines()
    typed = ''.join(f' -ex {shlex.quote(line)}' for line in take(
        page, 'info threads\ninferior 1').text.splitlines())
    wanted = same(take(page, '* 1.1').text).splitlines()
    with place() as folder:
        os.symlink(os.path.join(TOP, 'scripts'),
                   os.path.join(folder, 'scripts'))
        hetctl('define', os.path.join(EXAMPLES, 'stm32mp157-virt.xml'))
        try:
            hetctl('start', 'stm32mp157-virt')
            with linux_of('stm32mp157-virt') as linux:
                start_firmware(linux, 'rpmsg-echo.elf')
                wait_tty(linux)
                # All of them take a minute on this console.
                linux.run(print_symbols.replace(
                    "grep '", "grep '^c0\\(3[0-3]\\|d3\\).*"))
            done = run('bash', '-e', '-c', make, cwd=folder, env=ENVIRONMENT)
            expect(done.returncode == OK, done.stderr)
            done = hetctl(*debug.split()[1:], cwd=folder, env={
                'GDB': 'gdb-multiarch -nx -batch' + typed})
            said = same(done.stdout)
            for line in wanted:
                expect(line in said, f'no {line!r} in:\n{said}')
        finally:
            end('stm32mp157-virt')


@test('the traces of the tracing page are traces')
def traces():
    lines = take('docs/trace.md', 'hetctl define').text.splitlines()
    with place() as folder:
        try:
            said = [hetctl(*line.split()[1:], cwd=folder).stdout
                    for line in lines]
            expect('emulator starts to record' in said[2], said)
            with open(os.path.join(folder, 'trace.json'),
                      encoding='utf-8') as file:
                expect(json.load(file)['traceEvents'], 'no events')
            # That it dissects is shown by test-trace-linux.
            hetctl('trace', 'bare-pair', '--duration', '1', '--format',
                   'pcapng', '--output', 'trace.pcapng', cwd=folder)
            os.symlink(os.path.join(TOP, 'wireshark'),
                       os.path.join(folder, 'wireshark'))
            command = shlex.split(take('docs/trace.md', 'tshark').text)
            subprocess.run(command, cwd=folder, check=True)
        finally:
            end('bare-pair')


def snapshot_loop(folder):
    """Two firmwares, each from the snapshot: the test is that it serves."""
    os.makedirs(os.path.join(folder, 'build'), exist_ok=True)
    for name in ('pair-slave-a.elf', 'pair-slave-b.elf'):
        shutil.copy(os.path.join(GUEST, name), os.path.join(folder, 'build'))
    with open(os.path.join(folder, 'run-my-test'), 'w',
              encoding='utf-8') as file:
        file.write('#!/bin/sh\necho "$1" >>tested\n')
    os.chmod(file.name, 0o755)
    hetctl('snapshot', 'create', 'bare-pair', 'booted')
    def of_the_pair(text):
        return 'PATH=.:$PATH; ' + text.replace('stm32mp157', 'bare-pair')

    shell(take('docs/save.md', 'for firmware in'), folder, of_the_pair)
    with open(os.path.join(folder, 'tested'), encoding='utf-8') as file:
        expect_equal(file.read().split(), ['build/pair-slave-a.elf',
                                           'build/pair-slave-b.elf'], 'tests')
    said = shell(take('docs/save.md', 'from_snapshot()'), folder,
                 lambda text: of_the_pair(text).replace('=1000\n', '=3\n'))
    expect(re.fullmatch(r'from_snapshot: [1-9]\d* tests a minute\n'
                        r'from_boot: [1-9]\d* tests a minute\n', said), said)
    hetctl('snapshot', 'delete', 'bare-pair', 'booted')


@test('the commands of the page about saving')
def saving():
    with place() as folder:
        hetctl('define', os.path.join(EXAMPLES, 'bare-pair.xml'))
        try:
            hetctl('start', 'bare-pair')
            for start in ('hetctl save stm32mp157 booted.soc\n',
                          'hetctl save stm32mp157 booted.soc --live',
                          'hetctl managedsave'):
                shell(take('docs/save.md', start), folder,
                      lambda text: text.replace('stm32mp157', 'bare-pair'))
            # It was saved by the second line, and is as it was then.
            shell(take('docs/save.md', 'hetctl clone'), folder)
            shell(take('docs/save.md', 'hetctl snapshot create'), folder,
                  lambda text: text.replace('stm32mp157', 'bare-pair'))
            snapshot_loop(folder)
            for name in ('bare-pair', 'second', 'test-1', 'test-2', 'test-3'):
                expect('running' in hetctl('status', name).stdout, name)
        finally:
            for name in ('bare-pair', 'second', 'test-1', 'test-2', 'test-3'):
                end(name)


def manual_examples():
    with open(os.path.join(TOP, 'docs', 'hetctl.1'), encoding='utf-8') as page:
        text = re.search(r'\.SH EXAMPLES\n\.nf\n(.*?)\.fi', page.read(),
                         re.DOTALL)[1]
    return [line.replace('\\-', '-') for line in text.splitlines()]


@test("the manual's examples work")
def manual():
    lines = manual_examples()
    with place() as folder:
        for name, guest in (('firmware', 'pair-slave-a'), ('a', 'pair-slave-a'),
                            ('b', 'pair-slave-b')):
            os.symlink(os.path.join(GUEST, guest + '.elf'),
                       os.path.join(folder, name + '.elf'))
        for line in lines:
            hetctl(*line.replace('-n 1000', '-n 10').split()[1:], cwd=folder)
    expect_equal((domains(), segments()), ([], []), 'left')
    return f'{len(lines)} commands'


# ---- hacking.md ----

# Commands on the source tree itself, which would change it: what they name
# is there, and the shell can read them.

def check_word(snippet, word, folders):
    path = word.strip('\'"').split('=')[-1]
    if '/' not in path or path.startswith(('-', '$')):
        return
    expect(any(os.path.exists(os.path.join(folder, path))
               for folder in folders) or 'DEVELOP' in path or
           'tests/qtest/' in path,
           f'{snippet.where}: no {path}')


@test('what the commands of the hacking page name is there')
def hacking():
    found = [s for s in SNIPPETS if s.name == 'docs/hacking.md']
    expect(len(found) >= 5, f'{found}')
    taken.update(found)
    folders = (TOP, os.path.join(BUILD, '..'),
               os.path.join(BUILD, 'qemu', 'src'),
               os.path.join(BUILD, 'qemu'))
    for snippet in found:
        done = subprocess.run(['bash', '-n'], input=snippet.text, text=True,
                              capture_output=True, check=False)
        expect_equal((done.returncode, done.stderr), (0, ''), snippet.where)
        for line in snippet.text.replace('\\\n', '').splitlines():
            for word in ' '.join(shlex.split(line, comments=True)).split():
                check_word(snippet, word, folders)


# ---- the rest ----

OUTPUT = (('README.md', '  ok    guest'),
          ('docs/architecture.md', '            hetctl'),
          ('docs/guests.md', 'rv32 is RV32'),
          ('docs/idm.md', '   a   '),
          ('docs/qmp.md', '             last window'),
          ('docs/trace.md', '61.553172210'),
          ('docs/vrings.md', 'resource table at'),
          # tests/packages runs these.
          ('docs/packages.md', 'apt-get update'),
          ('docs/packages.md', '# apt-get update'),
          ('docs/packages.md', 'echo rpmsg-echo.elf'))


@test('no snippet is left out')
def all_taken():
    for name, start in OUTPUT:
        take(name, start)
    left = [repr(s) for s in SNIPPETS if s not in taken]
    expect(not left, 'not run by a test above:\n' + '\n'.join(left))
    return f'{len(SNIPPETS)} snippets'


main()
