# SPDX-License-Identifier: GPL-2.0-or-later
"""A SoC that is defined on this host."""

import attr
from labgrid.factory import target_factory
from labgrid.resource import Resource


def _text(default):
    return attr.ib(default=default, validator=attr.validators.instance_of(str))


@target_factory.reg_resource
@attr.s(eq=False)
class HetctlSoc(Resource):
    """Args: soc: its name; connect: libvirt's URI, as hetctl takes it when
    empty; hetctl: the program"""
    soc = attr.ib(validator=attr.validators.instance_of(str))
    connect = _text('')
    hetctl = _text('hetctl')
