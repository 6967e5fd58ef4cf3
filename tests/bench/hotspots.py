# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the time of a round trip goes: CPU time of the processes' threads,
and what perf sees them do."""

import collections
import os
import re
import shutil
import signal
import subprocess
import tempfile

HERTZ = 4999
TOP = 12
# The first that matches a symbol of the emulator
PARTS = (
    ('finding translated code', r'(qht_|tb_lookup|tb_htable|lookup_tb|'
                                r'flush_jmp_cache|get_tb_cpu_state)'),
    ('mailbox (IDM)', r'^(idm_|ipcc_|stm32_ipcc|hsem_|rcc_|het_)'),
    ('interrupt controller', r'^(gic|arm_gic|nvic|armv7m_nvic|arm_v7m_mmu|'
                             r'v7m_|qemu_set_irq|arm_cpu_set_irq)'),
    ('translation', r'^(tcg_|tb_|translat|disas|gen_|trans_|liveness|'
                    r'decode|do_tb|page_|cpu_exec|tgen|temp_|la_|optimize)'),
    ('MMU', r'(tlb|mmu|phys_addr|_lpae|ptw|probe_access|address_space|'
            r'flatview|memory_region|iotlb|subpage)'),
    ('memory accesses and helpers', r'^(helper_|do_ld|do_st|store_|load_|'
                                    r'cpu_ld|cpu_st|rebuild_hflags|arm_)'),
    ('main loop, locks and timers', r'(main_loop|poll|aio|timer|mutex|lock|'
                                    r'rcu|cond|futex|clock|glib|g_)'),
)


def threads(pid):
    """name of a thread: nanoseconds of CPU time, nanoseconds it waited for a
    CPU"""
    found = collections.defaultdict(lambda: [0, 0])
    for tid in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{tid}/schedstat',
                  encoding='ascii') as file:
            ran, waited = map(int, file.read().split()[:2])
        vcpu = tid != str(pid) and is_vcpu(pid, tid)
        entry = found['vCPU' if vcpu else 'main loop' if tid == str(pid)
                      else 'other']
        entry[0] += ran
        entry[1] += waited
    return found


def is_vcpu(pid, tid):
    with open(f'/proc/{pid}/task/{tid}/comm', encoding='ascii') as file:
        return 'CPU' in file.read()


def part(symbol, dso):
    if 'kernel' in dso or dso.startswith('[k'):
        return 'host kernel'
    if 'vdso' in dso:
        return 'main loop, locks and timers'
    if 'qemu-system' in dso:
        for name, pattern in PARTS:
            if re.search(pattern, symbol):
                return name
        return 'rest of the emulator'
    if '.so' in dso:
        return 'libraries'
    return 'translated guest code'


def read_samples(data, names):
    """({(process, part): samples}, {(process, symbol): samples})"""
    text = subprocess.run(
        ['perf', 'script', '-i', data, '-F', 'pid,ip,sym,dso'], text=True,
        capture_output=True, check=True).stdout
    parts, symbols = collections.Counter(), collections.Counter()
    for line in text.splitlines():
        match = re.match(r'\s*(\d+)\s+[0-9a-f]+ (.*) \((.*)\)', line)
        if not match or int(match[1]) not in names:
            continue
        name = names[int(match[1])]
        where = part(match[2], match[3])
        parts[name, where] += 1
        if where != 'translated guest code':
            symbols[name, f'{match[2]} ({where})'] += 1
    return parts, symbols


def with_perf(pids, work):
    """What work() returns, parts and symbols; without perf, two times
    None."""
    if not shutil.which('perf'):
        return work(), None, None
    with tempfile.TemporaryDirectory(prefix='hetctl-bench.') as folder:
        data = os.path.join(folder, 'perf.data')
        with subprocess.Popen(
                ['perf', 'record', '-q', '-F', str(HERTZ), '-o', data, '-p',
                 ','.join(map(str, pids.values()))],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as perf:
            result = work()
            perf.send_signal(signal.SIGINT)
            perf.communicate(timeout=20)
        if not os.path.exists(data):
            return result, None, None
        return result, *read_samples(data, {pid: name for name, pid
                                            in pids.items()})


def take(pids, work, count, counters):
    """work() does `count` round trips and returns the microseconds of one;
    counters() returns {(process, what): how often}."""
    counted = counters()
    before = {name: threads(pid) for name, pid in pids.items()}
    round_trip = work()
    cpu = [[name, thread, *[(now - then) / 1e3 / count for now, then
                            in zip(times, before[name][thread])]]
           for name, pid in pids.items()
           for thread, times in threads(pid).items()]
    events = [[*key, (number - counted[key]) / count]
              for key, number in counters().items()]
    _, parts, symbols = with_perf(pids, work)
    return {'round_trip': round_trip, 'cpu': cpu, 'parts': share(parts),
            'symbols': share(symbols, TOP), 'events': events}


def share(counter, most=None):
    """[process, what, percent of all samples]"""
    if not counter:
        return None
    total = sum(counter.values())
    return [[*key, 100 * count / total]
            for key, count in counter.most_common(most)]
