#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds firmware and initramfs in build/guest. Kernels and busybox are
# Debian's, 12 for armhf and arm64, 13 for riscv64 as is OpenSBI: unpacked, not
# installed.
# build-guest.sh [linux|linux-arm64]: all of them, or the Linux of the STM32MP157
# or of the i.MX8M Mini with its firmware alone.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/apt-private.sh"
. "$(dirname "$0")/debian-tree.sh"

armhf=$BUILD/armhf
riscv64=$BUILD/riscv64
arm64=$BUILD/arm64

get_armhf() {
    get_tree "$armhf" bookworm armhf linux-image-armmp busybox-static
}

# The mirror may hold a broken index of one release.
get_riscv64() {
    local release
    for release in trixie forky; do
        if get_tree "$riscv64" "$release" riscv64 linux-image-riscv64 \
            busybox-static opensbi; then
            return
        fi
    done
    return 1
}

# Under another name until its modules are there
get_arm64() {
    rm -rf "$arm64.part"
    get_tree "$arm64.part" bookworm arm64 linux-image-arm64 busybox-static &&
        "$TOP/scripts/build-modules.sh" "$arm64.part" &&
        mv "$arm64.part" "$arm64"
}

# need NAME: the tree of that name, unless it is there
need() {
    [ -d "$BUILD/$1" ] || "get_$1" || die "no kernel for $1"
}

case ${1:-all} in
linux) need armhf ;;
linux-arm64) need arm64 ;;
*)
    need armhf
    need riscv64
    need arm64
    ;;
esac
note "build"
exec make -C "$TOP/guest" -j "$JOBS" O="$BUILD/guest" \
    KERNEL_TREE="$armhf" BUSYBOX="$armhf/bin/busybox" RISCV64_TREE="$riscv64" \
    ARM64_TREE="$arm64" \
    "${1:-all}"
