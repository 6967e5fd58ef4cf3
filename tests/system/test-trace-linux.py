#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""A trace of the main job: Linux boots an M4 and talks rpmsg to it."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree

from het import (BUILD, HETCTL, TOP, expect, expect_equal, hetctl, main, test,
                 wait_until)
from linux import LinuxSoc
from mainjob import start_firmware, wait_tty
from timeline import Timeline

MESSAGES = 12
LETTER = 0.56
LUA = os.path.join(TOP, 'wireshark', 'rpmsg.lua')


def start(soc, *arguments, stdout=subprocess.DEVNULL):
    # pylint: disable=consider-using-with
    return subprocess.Popen([HETCTL, 'trace', soc.name, *arguments],
                            stdout=stdout, stderr=subprocess.PIPE, text=True)


def end(tracer):
    tracer.send_signal(signal.SIGINT)
    errors = tracer.communicate(timeout=30)[1]
    expect_equal(tracer.returncode, 0, errors)
    expect('messages were lost' not in errors, errors)


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def main_job(soc):
    start_firmware(soc.linux, 'rpmsg-echo.elf')
    wait_tty(soc.linux)
    soc.linux.run('echo traced-line')
    soc.linux.run(f'exec 3<>/dev/ttyRPMSG0; stty -F /dev/ttyRPMSG0 raw -echo; '
                  f'for i in $(seq {MESSAGES}); do printf "hello%02d" $i >&3; '
                  'head -c 7 <&3; done; exec 3>&-')


def dissect(path, *fields):
    """What tshark says of each message. It runs no scripts of root's."""
    who = {'user': 'nobody', 'group': 'nogroup', 'extra_groups': []} \
        if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory() as home, open(path, 'rb') as capture:
        if who:
            shutil.chown(home, who['user'])
        script = shutil.copy(LUA, home)
        done = subprocess.run(
            ['tshark', '-X', f'lua_script:{script}', '-r', '-', '-T', 'fields',
             *(word for field in fields for word in ('-e', field))],
            stdin=capture, capture_output=True, text=True, check=False,
            cwd='/', env={**os.environ, 'HOME': home}, **who)
    expect_equal(done.returncode, 0, done.stderr)
    return [line.split('\t') for line in done.stdout.splitlines()]


def expect_inside(picture):
    """Each text, as wide as letters of the font are on an average"""
    for text in picture.iter('{http://www.w3.org/2000/svg}text'):
        width = LETTER * int(text.get('font-size')) * len(text.text)
        left = float(text.get('x'))
        if text.get('text-anchor') == 'middle':
            left -= width / 2
        expect(0 <= left and left + width <= int(picture.get('width')),
               f"'{text.text}' from {left} to {left + width}")


def draw(events):
    """The README's picture: one message to the M4, and its echo."""
    times = [event['ts'] for event in events if event['ph'] == 'i' and
             event['name'].startswith('sends to m4')]
    start = times[len(times) // 2]
    end = min(event['ts'] for event in events if event['ph'] == 'i' and
              event['ts'] > start and event['name'].startswith('sends to a7'))
    # With the arrows that begin in between: on a busy host they are long.
    rings = {event['id'] for event in events if event['ph'] == 's' and
             start <= event['ts'] <= end}
    end = max([end, *(event['ts'] for event in events if event['ph'] == 'f'
                      and event['id'] in rings)])
    margin = (end - start) * 0.3
    path = os.path.join(TOP, 'docs', 'trace.svg') \
        if os.environ.get('HETCTL_UPDATE_DOCS') == '1' \
        else os.path.join(BUILD, 'logs', 'trace.svg')
    timeline = Timeline(events, start - margin / 2, end + margin)
    timeline.write(path)
    expect_inside(ElementTree.parse(path).getroot())
    expect(len(timeline.rows) >= 4, timeline.rows)
    expect(sum(len(ends) == 2 for ends in timeline.arrows.values()) >= 2,
           timeline.arrows)


@test('each message of the main job, its announcement, its rings: as text, in '
      'Wireshark, in Perfetto')
def traced():
    with LinuxSoc(example='stm32mp157-virt') as soc:
        capture = os.path.join(soc.folder, 'trace.pcapng')
        timeline = os.path.join(soc.folder, 'trace.json')
        lines = os.path.join(soc.folder, 'trace.txt')
        with open(lines, 'w', encoding='utf-8') as file:
            tracers = [start(soc, '--follow', '--payload', stdout=file),
                       start(soc, '--duration', '600', '--format', 'pcapng',
                             '--output', capture),
                       start(soc, '--duration', '600', '--format',
                             'perfetto', '--output', timeline)]
        wait_until(lambda: read(lines), 'it follows')
        # They all have looked once.
        time.sleep(1)
        main_job(soc)
        for tracer in tracers:
            end(tracer)
        past = [hetctl('trace', soc.name, '--last', '--payload').stdout]
        dump = hetctl('trace', soc.name, '--last', '--format', 'vcd').stdout
        # Of a slave that ends, Linux makes the vrings anew.
        for processor in soc.master, soc.slave:
            os.kill(soc.pid(processor), signal.SIGKILL)
        wait_until(lambda: soc.status()['state'] == 'shut off', 'an end')
        past.append(hetctl('trace', soc.name, '--last', '--payload').stdout)
        text = read(lines)
        packets = dissect(capture, 'frame.interface_name', 'rpmsg.src',
                          'rpmsg.dst', 'rpmsg.len', 'rpmsg.data',
                          'rpmsg.ns.name', 'frame.protocols')
        events = json.loads(read(timeline))['traceEvents']
    expect(all(p[6].endswith('rpmsg') for p in packets), packets[:3])
    announced = [p for p in packets if p[5]]
    expect_equal([p[5] for p in announced], ['rpmsg-tty'], 'announced')
    for way in ('a7-m4', 'm4-a7'):
        sent = [bytes.fromhex(p[4].replace(':', '')) for p in packets
                if p[0] == way and p[4]]
        for i in range(1, MESSAGES + 1):
            expect(b'hello%02d' % i in sent, f'{way}: no {i} in {sent}')
    expect("announces 'rpmsg-tty'" in text, text[:2000])
    expect(re.search(r' a7 +serial0: .*traced-line', text),
           re.findall('.*serial.*', text)[-20:])
    expect(any('traced-line' in e['name'] for e in events), 'in Perfetto')
    expect_equal(len(re.findall('sends to m4, .*68 65 6c 6c 6f', text)),
                 MESSAGES, 'messages to m4 in the text')
    shown = [e for e in events if e['ph'] == 'i' and
             e['name'].startswith('sends to m4')]
    expect(len(shown) >= MESSAGES, f'{len(shown)} messages')
    names = {e['name'] for e in events}
    expect('IRQ' in names and 'running' in names, 'interrupts, states')
    # The last messages still lie in the vrings.
    for text in past:
        sent = re.findall(' m4 +sends to a7, .*: 68 65 6c 6c 6f (.. ..)', text)
        expect_equal(sent[-3:], [f'{i:02d}'.encode().hex(' ') for i in
                                 range(MESSAGES - 2, MESSAGES + 1)], text)
    key = re.search(r'\$var event 1 (\S+) rpmsg_to_a7 ', dump)[1]
    expect(f'\n1{key}\n' in dump, 'events of messages')
    draw(events)
    return f'{len(packets)} messages, {len(events)} events'


main()
