#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Installs the Debian packages that are missing, and touches nothing when none
# is. They are what the build, the guests and the tests need, and those that are
# arguments; after --demo what the demo needs.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

packages=(
    # build and demo
    autoconf automake bison bzip2 ccache device-tree-compiler dpkg-dev flex
    gcc git libacl1-dev libc6-dev libelf-dev libfdt-dev libglib2.0-dev
    libjson-glib-dev liblzma-dev libpixman-1-dev libseccomp-dev libvirt-dev
    libxml2-dev libxml2-utils libzstd-dev make ninja-build perl pkg-config python3
    python3-venv xz-utils zlib1g-dev
    check cpio gcc-arm-linux-gnueabihf gcc-arm-none-eabi libc6-dev-armhf-cross
    libvirt-clients libvirt-daemon libvirt-daemon-driver-qemu
    libvirt-daemon-system python3-libvirt
)
more=(
    # guests
    gcc-aarch64-linux-gnu gcc-riscv64-unknown-elf
    # test
    fish gdb-multiarch iproute2 openssh-client procps python3-yaml spin strace
    tshark zsh
)

if [ "${1:-}" = --demo ]; then
    shift
else
    packages+=("${more[@]}")
fi

missing=()
for package in "${packages[@]}" "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) ||
        status=
    [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} = 0 ]; then
    exit 0
fi

printf '  installing %d Debian packages: %s\n' "${#missing[@]}" "${missing[*]}"
{
    as_root apt-get update
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}"
} >"$LOGS/deps.log" 2>&1 || {
    tail -n 30 "$LOGS/deps.log" | sed 's/^/    | /' >&2
    die "apt-get failed, all of it is in $LOGS/deps.log"
}
