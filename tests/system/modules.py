# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel modules that a device tree asks for, in an initrd."""

import glob
import os
import re
import shutil
import subprocess

from het import BUILD, GUEST, expect, run

TREE = os.path.join(BUILD, 'armhf')
FOLDER = 'lib/all'


def strings(data, key):
    """Of .modinfo"""
    return [text.decode() for text in
            re.findall(rb'\0' + key + rb'=([^\0]*)', data)]


class Module:
    def __init__(self, path):
        self.path = path
        with open(path, 'rb') as file:
            data = file.read()
        self.aliases = [re.sub(r'C\*$', '', alias).rsplit('C', 1)[-1]
                        for alias in strings(data, b'alias')
                        if alias.startswith('of:')]
        self.needs = [name.replace('-', '_') for text in
                      strings(data, b'depends')[:1]
                      for name in text.split(',') if name]


def all_modules():
    found = {os.path.basename(path)[:-3].replace('-', '_'): Module(path)
             for path in glob.glob(os.path.join(
                 TREE, 'lib/modules/*/kernel/**/*.ko'), recursive=True)}
    expect(found, f'no modules in {TREE}')
    return found


def compatibles(tree):
    source = run('dtc', '-q', '-I', 'dtb', '-O', 'dts', tree).stdout
    return {word for line in re.findall(r'compatible = (.*);', source)
            for text in re.findall(r'"([^"]*)"', line)
            for word in text.split('\\0')}


def wanted(tree):
    """Modules in the order in which they are loaded"""
    modules, order = all_modules(), []
    names = compatibles(tree)

    def add(name):
        if name in modules and name not in order:
            for need in modules[name].needs:
                add(need)
            order.append(name)

    for name in sorted(modules):
        if names & set(modules[name].aliases):
            add(name)
    return [modules[name].path for name in order]


def drivers(*names):
    """Modules by their names, and what they need before them"""
    modules, order = all_modules(), []

    def add(name):
        for need in modules[name].needs:
            add(need)
        if modules[name].path not in order:
            order.append(modules[name].path)

    for name in names:
        add(name)
    return order


def initrd(tree, folder):
    return pack(wanted(tree), folder)


def pack(paths, folder):
    """Its path: the example's, with these modules in /lib/all"""
    root = os.path.join(folder, 'root')
    target = os.path.join(root, FOLDER)
    os.makedirs(target)
    for i, path in enumerate(paths):
        shutil.copy(path, os.path.join(
            target, f'{i:03}-{os.path.basename(path)}'))
    path = os.path.join(folder, 'initrd')
    shutil.copy(os.path.join(GUEST, 'initramfs.cpio.gz'), path)
    # The kernel takes several archives, one after the other.
    with open(path, 'ab') as file:
        subprocess.run("find lib | cpio -o -H newc --quiet | gzip -1",
                       shell=True, cwd=root, stdout=file, check=True)
    return path
