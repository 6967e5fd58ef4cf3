# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Kernels and programs of Debian, unpacked and not installed. Comes after lib.sh
# and apt-private.sh.

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
    mkdir -p "$dir.new" || exit
    # shellcheck disable=SC2086
    unpack_debs "$dir.new" $kernel "$@" || exit
    mv "$dir.new" "$dir"
)
