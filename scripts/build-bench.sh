#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds the peers of the benchmark: in build/bench/bin upstream's
# ivshmem-server, and programs of tests/bench; in build/bench/qemu an emulator
# without the series, as the one with it is configured. The server is one of
# QEMU's tools: they are configured in a folder of their own, so that the
# emulators are the same with and without it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/meson.sh"

obj=$QEMU/tools
bin=$BUILD/bench/bin
server=contrib/ivshmem-server/ivshmem-server
stock=$BUILD/bench/qemu

# Unpacked anew only when the source is another: what ninja knows is of use then.
get_stock() {
    local tree
    tree=$(git -C "$QEMU/src" rev-parse 'base^{tree}')
    if [ "$tree" = "$(cat "$stock/tree" 2>/dev/null)" ]; then
        return
    fi
    note "unpack QEMU without the series"
    rm -rf "$stock"
    mkdir -p "$stock/src"
    git -C "$QEMU/src" archive "$tree" | tar -x -C "$stock/src"
    printf '%s\n' "$tree" >"$stock/tree"
}

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
for program in pingpong spin; do
    gcc -O2 -Wall -Wextra -Werror -o "$bin/$program" \
        "$TOP/tests/bench/$program.c"
done

get_stock
HETCTL_QEMU=$stock HETCTL_TARGETS=arm-softmmu "$TOP/scripts/build-qemu.sh"
