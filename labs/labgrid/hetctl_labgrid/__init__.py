# SPDX-License-Identifier: GPL-2.0-or-later
"""Drivers of labgrid for the processors of a SoC that hetctl runs.

An environment names them with `imports: [hetctl_labgrid]`.
"""

from .console import HetctlConsoleDriver
from .driver import HetctlDriver
from .remoteproc import RemoteprocDriver
from .resource import HetctlSoc, NetworkHetctlSoc
from .strategy import HetctlStrategy, Status

__all__ = ['HetctlConsoleDriver', 'HetctlDriver', 'HetctlSoc',
           'HetctlStrategy', 'NetworkHetctlSoc', 'RemoteprocDriver', 'Status']
