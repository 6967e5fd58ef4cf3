#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds the peers of the benchmark in build/bench/bin: upstream's
# ivshmem-server, and programs of tests/bench. The server is one of QEMU's
# tools: they are configured in a folder of their own, so that the emulators
# are the same with and without it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/meson.sh"

obj=$QEMU/tools
bin=$BUILD/bench/bin
server=contrib/ivshmem-server/ivshmem-server

if [ ! -e "$obj/build.ninja" ]; then
    get_meson
    note "configure QEMU's tools"
    mkdir -p "$obj"
    (cd "$obj" && ../src/configure --python="$PYTHON" --cc="ccache gcc" \
        --without-default-features --disable-system --disable-user \
        --enable-tools --disable-docs --disable-install-blobs \
        --disable-debug-info)
    keep_meson "$obj"
fi
note "build"
flock "$QEMU/ninja.lock" ninja -C "$obj" -j "$JOBS" "$server"
mkdir -p "$bin"
install "$obj/$server" "$bin"
gcc -O2 -Wall -Wextra -Werror -o "$bin/pingpong" "$TOP/tests/bench/pingpong.c"
