#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds hetctl in a folder of the build folder: build-hetctl.sh FOLDER
# [configure arguments]. `make check` as well when CHECK=1.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

dir=$BUILD/$1
shift

# Two builds in parallel share the generated files of the source tree.
prepare() {
    local made=$TOP/configure
    if [ ! -e "$made" ] || [ "$TOP/configure.ac" -nt "$made" ] ||
        [ "$TOP/Makefile.am" -nt "$TOP/Makefile.in" ]; then
        note "autoreconf"
        (cd "$TOP" && autoreconf -fi)
    fi
}

exec 8>"$BUILD/hetctl.lock"
flock 8
prepare
flock -u 8
exec 8>&-

mkdir -p "$dir"
cd "$dir"
if [ ! -e config.status ] || [ "$*" != "$(cat hetctl.args 2>&1)" ]; then
    note "configure"
    "$TOP/configure" --with-qemu-build="$QEMU/obj" \
        --with-guest-build="$BUILD/guest" CC="ccache gcc" "$@"
    printf '%s\n' "$*" >hetctl.args
fi
note "build"
make -j "$JOBS"
if [ "${CHECK:-}" = 1 ]; then
    note "unit tests"
    make -j "$JOBS" check
fi
