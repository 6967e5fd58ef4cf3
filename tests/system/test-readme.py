#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The first own SoC of the README, word for word."""

import os
import re
import subprocess
import tempfile

from het import (BUILD, HETCTL, QEMU_DIR, TOP, domains, expect, expect_equal,
                 main, test)


@test("the README's own SoC works with the README's commands")
def own_soc():
    with open(os.path.join(TOP, 'README.md'), encoding='utf-8') as file:
        readme = file.read()
    xml = re.search(r'```xml\n(.*?)```', readme, re.DOTALL)[1]
    commands = re.findall(r'^    (hetctl .*?)(?: +#.*)?$', readme,
                          re.MULTILINE)
    expect(len(commands) >= 5, f'{commands}')
    path = os.path.dirname(HETCTL) + ':' + os.environ['PATH']
    with tempfile.TemporaryDirectory(prefix='hetctl-readme.') as folder:
        os.symlink(BUILD, os.path.join(folder, 'build'))
        with open(os.path.join(folder, 'mine.xml'), 'w',
                  encoding='utf-8') as file:
            file.write(xml)
        for command in commands:
            done = subprocess.run(command.split(), cwd=folder, text=True,
                                  capture_output=True, check=False,
                                  env={**os.environ, 'PATH': path,
                                       'HETCTL_QEMU_DIR': QEMU_DIR})
            expect_equal(done.returncode, 0,
                         f'{command}: {done.stderr}\nexit code')
    expect_equal(domains(), [], 'domains')
    return f'{len(commands)} commands'


main()
