#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# run: slow
"""A trace of the main job: Linux boots an M4 and talks rpmsg to it."""

import json
import os
import re
import signal
import subprocess
import time
import xml.etree.ElementTree as ElementTree

from het import BUILD, HETCTL, TOP, expect, expect_equal, main, test
from linux import LinuxSoc
from mainjob import start_firmware, wait_tty
from timeline import Timeline

MESSAGES = 12
LUA = os.path.join(TOP, 'wireshark', 'rpmsg.lua')


def start(soc, *arguments):
    # pylint: disable=consider-using-with
    return subprocess.Popen([HETCTL, 'trace', soc.name, *arguments],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True)


def end(tracer):
    tracer.send_signal(signal.SIGINT)
    said, errors = tracer.communicate(timeout=30)
    expect_equal(tracer.returncode, 0, errors)
    expect('messages were lost' not in errors, errors)
    return said


def main_job(soc):
    start_firmware(soc.linux, 'rpmsg-echo.elf')
    wait_tty(soc.linux)
    soc.linux.run(f'exec 3<>/dev/ttyRPMSG0; stty -F /dev/ttyRPMSG0 raw -echo; '
                  f'for i in $(seq {MESSAGES}); do printf "hello%02d" $i >&3; '
                  'head -c 7 <&3; done; exec 3>&-')


def dissect(path, *fields):
    """What tshark says of each message"""
    done = subprocess.run(
        ['tshark', '-X', f'lua_script:{LUA}', '-r', path, '-T', 'fields',
         *(word for field in fields for word in ('-e', field))],
        capture_output=True, text=True, check=False,
        env={**os.environ, 'HOME': os.path.dirname(path)})
    expect_equal(done.returncode, 0, done.stderr)
    return [line.split('\t') for line in done.stdout.splitlines()]


def draw(events):
    """The README's picture: one message to the M4, and its echo."""
    times = [event['ts'] for event in events if event['ph'] == 'i' and
             event['name'].startswith('sends to m4')]
    start = times[len(times) // 2]
    end = min(event['ts'] for event in events if event['ph'] == 'i' and
              event['ts'] > start and event['name'].startswith('sends to a7'))
    margin = (end - start) * 0.3
    path = os.path.join(TOP, 'docs', 'trace.svg') \
        if os.environ.get('HETCTL_UPDATE_DOCS') == '1' \
        else os.path.join(BUILD, 'logs', 'trace.svg')
    timeline = Timeline(events, start - margin / 2, end + margin)
    timeline.write(path)
    ElementTree.parse(path)
    expect(len(timeline.rows) >= 4, timeline.rows)
    expect(sum(len(ends) == 2 for ends in timeline.arrows.values()) >= 2,
           timeline.arrows)


@test('each message of the main job, its announcement, its rings: as text, in '
      'Wireshark, in Perfetto')
def traced():
    with LinuxSoc(example='stm32mp157-virt') as soc:
        capture = os.path.join(soc.folder, 'trace.pcapng')
        timeline = os.path.join(soc.folder, 'trace.json')
        tracers = [start(soc, '--follow', '--payload'),
                   start(soc, '--duration', '600', '--format', 'pcapng',
                         '--output', capture),
                   start(soc, '--duration', '600', '--format', 'perfetto',
                         '--output', timeline)]
        # They have looked once.
        tracers[0].stdout.readline()
        time.sleep(1)
        main_job(soc)
        text = [end(tracer) for tracer in tracers][0]
        packets = dissect(capture, 'frame.interface_name', 'rpmsg.src',
                          'rpmsg.dst', 'rpmsg.len', 'rpmsg.data',
                          'rpmsg.ns.name', 'frame.protocols')
        with open(timeline, encoding='utf-8') as file:
            events = json.load(file)['traceEvents']
    expect(all(p[6].endswith('rpmsg') for p in packets), packets[:3])
    announced = [p for p in packets if p[5]]
    expect_equal([p[5] for p in announced], ['rpmsg-tty'], 'announced')
    for way in ('a7-m4', 'm4-a7'):
        sent = [bytes.fromhex(p[4].replace(':', '')) for p in packets
                if p[0] == way and p[4]]
        for i in range(1, MESSAGES + 1):
            expect(b'hello%02d' % i in sent, f'{way}: no {i} in {sent}')
    expect("announces 'rpmsg-tty'" in text, text[:2000])
    expect_equal(len(re.findall('sends to m4, .*68 65 6c 6c 6f', text)),
                 MESSAGES, 'messages to m4 in the text')
    shown = [e for e in events if e['ph'] == 'i' and
             e['name'].startswith('sends to m4')]
    expect(len(shown) >= MESSAGES, f'{len(shown)} messages')
    names = {e['name'] for e in events}
    expect('IRQ' in names and 'running' in names, 'interrupts, states')
    draw(events)
    return f'{len(packets)} messages, {len(events)} events'


main()
