# SPDX-License-Identifier: GPL-2.0-or-later
"""A SoC that is defined on this host, or on another one."""

from urllib.parse import quote

import attr
from labgrid.factory import target_factory
from labgrid.resource import Resource
from labgrid.resource.common import NetworkResource

NAME = r'[A-Za-z0-9_][A-Za-z0-9_.+-]*'
HOST = r'[A-Za-z0-9_:][A-Za-z0-9_.:-]*'


def _text(default):
    return attr.ib(default=default, validator=attr.validators.instance_of(str))


def _plain(pattern, **more):
    return attr.ib(validator=[attr.validators.instance_of(str),
                              attr.validators.matches_re(pattern)], **more)


@target_factory.reg_resource
@attr.s(eq=False)
class HetctlSoc(Resource):
    """Args: soc: its name; connect: libvirt's URI, as hetctl takes it when
    empty; hetctl: the program"""
    soc = attr.ib(validator=attr.validators.instance_of(str))
    connect = _text('')
    hetctl = _text('hetctl')


@target_factory.reg_resource
@attr.s(eq=False)
class NetworkHetctlSoc(NetworkResource):
    """What an exporter exports: the hetctl of that host does all, over ssh.

    Args: host, soc; user: of that host, as ssh knows it when empty; port: of
    its sshd, likewise when 0; path: /system or /session of its libvirt;
    hetctl: the program there, found by its PATH when empty.

    What else ssh needs is said by who uses it, not by who exports: the option
    `hetctl_ssh` of the environment, parameters of the URI ("keyfile=...&...")
    """
    host = _plain(HOST)
    soc = _plain(NAME)
    user = _plain(f'({NAME})?', default='')
    port = attr.ib(default=0, validator=attr.validators.instance_of(int))
    path = attr.ib(default='/system',
                   validator=attr.validators.in_(('/system', '/session')))
    hetctl = _text('')

    def uri(self, parameters=''):
        """libvirt's. Nobody is there to type a password."""
        place = (f'{self.user}@' if self.user else '') + \
            (f'[{self.host}]' if ':' in self.host else self.host) + \
            (f':{self.port}' if self.port else '')
        query = ['no_tty=1', parameters,
                 f'hetctl={quote(self.hetctl)}' if self.hetctl else '']
        return f'qemu+ssh://{place}{self.path}?' + '&'.join(filter(None, query))
