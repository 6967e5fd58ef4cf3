# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of hetctl at a resource."""

import subprocess

import attr
from labgrid.driver import ExecutionError

from .resource import NetworkHetctlSoc

BINDING = {'HetctlSoc', 'NetworkHetctlSoc'}


def _config(resource):
    env = resource.target.env
    return env.config if env else None


def command(resource, *args):
    if not isinstance(resource, NetworkHetctlSoc):
        connect = ['--connect', resource.connect] if resource.connect else []
        return [resource.hetctl, *connect, *args]
    # The coordinator may have changed it since.
    attr.validate(resource)
    config = _config(resource)
    program = config.get_tool('hetctl') if config else 'hetctl'
    ssh = config.get_option('hetctl_ssh', '') if config else ''
    return [program, '--connect', resource.uri(ssh), *args]


def run(resource, *args, timeout=120):
    """Its output. What hetctl complains of is the error's text."""
    line = command(resource, *args)
    try:
        done = subprocess.run(line, stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=timeout,
                              check=False)
    except FileNotFoundError as error:
        raise ExecutionError(f'no program {line[0]!r}') from error
    except subprocess.TimeoutExpired as error:
        raise ExecutionError(f'hetctl {" ".join(args)}: no end within '
                             f'{timeout} s') from error
    if done.returncode:
        raise ExecutionError(f'hetctl {" ".join(args)}: exit code '
                             f'{done.returncode}: {done.stderr.strip()}')
    return done.stdout
