#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds firmware and initramfs in build/guest. The kernel and busybox are
# Debian 12's for armhf, unpacked and not installed.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/apt-private.sh"

armhf=$BUILD/armhf

get_armhf() {
    local kernel new=$armhf.new deb
    note "Debian's armhf kernel and busybox: lists"
    armhf_sources >"$DL/armhf.sources"
    apt_private "$BUILD/apt/armhf" armhf <"$DL/armhf.sources"
    kernel=$(apt-cache depends --important linux-image-armmp |
        awk '$1 == "Depends:" && $2 ~ /^linux-image-[0-9].*-armmp$/ {
            print $2; exit
        }')
    [ -n "$kernel" ] || die "linux-image-armmp names no kernel package"
    rm -rf "$new"
    mkdir "$new"
    for package in "$kernel" busybox-static; do
        note "$package"
        deb=$(fetch_deb "$package" "$DL")
        dpkg-deb -x "$deb" "$new"
    done
    mv "$new" "$armhf"
}

[ -d "$armhf" ] || get_armhf
note "build"
exec make -C "$TOP/guest" -j "$JOBS" O="$BUILD/guest" \
    KERNEL_TREE="$armhf" BUSYBOX="$armhf/bin/busybox"
