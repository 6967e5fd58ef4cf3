#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds the fuzz targets in build/fuzz, with clang and its libFuzzer.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

exec "$TOP/scripts/build-hetctl.sh" fuzz --enable-fuzz CC=clang \
    CFLAGS='-O1 -g'
