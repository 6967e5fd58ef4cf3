#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds a second Linux for the benchmark in build/bench/lpae: Debian's other
# kernel for armhf, which needs a processor with LPAE. Not at the same time as
# build-guest.sh, which uses the same apt folder.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/apt-private.sh"
. "$(dirname "$0")/debian-tree.sh"

tree=$BUILD/bench/armhf-lpae

if [ ! -d "$tree" ]; then
    get_tree "$tree" bookworm armhf linux-image-armmp-lpae busybox-static ||
        die "no kernel with LPAE"
fi
note "build"
exec make -C "$TOP/guest" -j "$JOBS" linux O="$BUILD/bench/lpae" \
    KERNEL_TREE="$tree" BUSYBOX="$tree/bin/busybox"
