#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds firmware and initramfs in build/guest. Kernels and busybox are
# Debian's, 12 for armhf, 13 for riscv64 as is OpenSBI: unpacked, not installed.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/apt-private.sh"

armhf=$BUILD/armhf
riscv64=$BUILD/riscv64

# kernel_debs META: the package of the kernel that META stands for; since
# Debian 14 the file itself is in another one.
kernel_debs() {
    local kernel
    kernel=$(depends_on "$1" '^linux-image-[0-9]')
    if [ -z "$kernel" ]; then
        echo "$1 names no kernel package" >&2
        return 1
    fi
    printf '%s\n' "$kernel"
    depends_on "$kernel" '^linux-binary-'
}

# get_tree DIR RELEASE ARCH META PACKAGE...: the kernel of META and the packages
# in DIR. Called in conditions, where a failure does not end the script; in a
# shell of its own, so that the next one starts with the machine's apt again.
get_tree() (
    dir=$1 release=$2 arch=$3 meta=$4 list=$DL/$3-$2.sources
    shift 4
    note "Debian's kernel for $arch, of $release: lists"
    release_sources "$release" "$arch" >"$list" || exit
    apt_private "$BUILD/apt/$arch-$release" "$arch" <"$list" || exit
    kernel=$(kernel_debs "$meta") || exit
    rm -rf "$dir.new"
    mkdir "$dir.new" || exit
    # shellcheck disable=SC2086
    unpack_debs "$dir.new" $kernel "$@" || exit
    mv "$dir.new" "$dir"
)

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
[ -d "$riscv64" ] || get_riscv64 || die "no kernel for riscv64"
note "build"
exec make -C "$TOP/guest" -j "$JOBS" O="$BUILD/guest" \
    KERNEL_TREE="$armhf" BUSYBOX="$armhf/bin/busybox" RISCV64_TREE="$riscv64"
