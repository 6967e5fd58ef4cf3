#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# build-modules.sh TREE: Debian's kernel for arm64 has neither imx_rproc nor
# rpmsg over virtio. This builds them out of the source of that very kernel,
# as modules, into lib/modules/VERSION/kernel/het of TREE, the unpacked kernel.
# Headers and source are Debian 12's: only unpacked, and removed again.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/apt-private.sh"

drivers=(remoteproc/imx_rproc rpmsg/virtio_rpmsg_bus rpmsg/rpmsg_ns
    rpmsg/rpmsg_char rpmsg/rpmsg_ctrl tty/rpmsg_tty)
cross=aarch64-linux-gnu-

tree=$1
version=$(basename "$tree"/lib/modules/*)
work=$BUILD/arm64-modules
usr=$work/usr/src

# unpack_for ARCH PACKAGE...: kbuild is of the machine that builds.
unpack_for() (
    arch=$1
    shift
    release_sources bookworm "$arch" >"$DL/$arch-bookworm.sources"
    apt_private "$BUILD/apt/$arch-bookworm" "$arch" \
        <"$DL/$arch-bookworm.sources"
    unpack_debs "$work" "$@"
)

# The files of the drivers and their headers: the rest stays packed.
take_sources() {
    note "source of the drivers"
    tar -xJf "$usr"/linux-source-*.tar.xz -C "$work" --strip-components=2 \
        --wildcards '*/drivers/remoteproc/*.[ch]' '*/drivers/rpmsg/*.[ch]' \
        '*/drivers/tty/rpmsg_tty.c'
}

# One folder for all: they include headers of their own by name only.
make_folder() {
    local driver
    mkdir "$work/het"
    cp "$work"/remoteproc/*.h "$work"/rpmsg/*.h "$work/het"
    for driver in "${drivers[@]}"; do
        cp "$work/$driver.c" "$work/het"
        echo "obj-m += ${driver##*/}.o"
    done >"$work/het/Kbuild"
    # What the kernel's configuration would say of it
    echo 'CFLAGS_rpmsg_ctrl.o = -DCONFIG_RPMSG_CHAR=1' >>"$work/het/Kbuild"
    echo 'CFLAGS_rpmsg_char.o = -DCONFIG_RPMSG_CHAR=1' >>"$work/het/Kbuild"
}

rm -rf "$work"
mkdir -p "$work"
unpack_for arm64 "linux-headers-$version" \
    "linux-headers-${version%-arm64}-common" linux-source-6.1
unpack_for "$(dpkg --print-architecture)" linux-kbuild-6.1
take_sources
make_folder
# Its Makefile includes the common one where that would be installed.
sed -i "s,/usr/src/,$usr/," "$usr/linux-headers-$version/Makefile"
note "build"
make -C "$usr/linux-headers-$version" -j "$JOBS" CROSS_COMPILE="$cross" \
    CC="${cross}gcc" M="$work/het" modules
mkdir "$tree/lib/modules/$version/kernel/het"
cp "$work"/het/*.ko "$tree/lib/modules/$version/kernel/het"
rm -rf "$work"
