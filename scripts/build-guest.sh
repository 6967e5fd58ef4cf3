#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds firmware and initramfs in build/guest. Kernels and busybox are
# Debian's, 12 for armhf, 13 for riscv64 as is OpenSBI: unpacked, not installed.
# build-guest.sh [linux]: all of them, or the Linux of the STM32MP157 with its
# firmware alone.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/apt-private.sh"
. "$(dirname "$0")/debian-tree.sh"

armhf=$BUILD/armhf
riscv64=$BUILD/riscv64

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

[ -d "$armhf" ] || get_armhf || die "no kernel for armhf"
[ "${1:-all}" = linux ] || [ -d "$riscv64" ] || get_riscv64 || die "no kernel for riscv64"
note "build"
exec make -C "$TOP/guest" -j "$JOBS" O="$BUILD/guest" \
    KERNEL_TREE="$armhf" BUSYBOX="$armhf/bin/busybox" RISCV64_TREE="$riscv64" \
    "${1:-all}"
