#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The pictures in docs/ that hetctl has drawn are those that it draws now.
set -u

HETCTL=$PWD/hetctl/hetctl
SOURCE=${HETCTL_SOURCE:-$(cd "$(dirname "$0")/../../.." && pwd)}

"$HETCTL" map --format svg "$SOURCE/xml-examples/hetero-quad.xml" |
    cmp - "$SOURCE/docs/hetero-quad-map.svg" || {
    echo "FAIL: docs/hetero-quad-map.svg is old, 'make docs-update' in" \
        "hetctl's build folder draws it" >&2
    exit 1
}
