#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# mkinitramfs.sh BUSYBOX OUTPUT [KERNEL_TREE RPMSG_TEST FIRMWARE...]
#
# Packs busybox and the scripts of this folder; for the master of a chip also
# kernel modules and firmware. The same input gives the same bytes. MODULES: the
# modules; built-in ones are skipped, what they depend on is found. OBJCOPY: any
# objcopy that reads them.
set -eu
export LC_ALL=C
umask 022

die()
{
    echo "mkinitramfs.sh: $*" >&2
    exit 1
}

[ $# = 2 ] || [ $# -ge 5 ] ||
    die 'usage: BUSYBOX OUTPUT [KERNEL_TREE RPMSG_TEST FIRMWARE...]'
busybox=$1 output=$2
shift 2
here=$(dirname "$0")

[ -f "$busybox" ] || die "no busybox at '$busybox'"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
root=$tmp/root
mkdir -p "$root/bin" "$root/dev" "$root/lib/firmware" "$root/lib/modules" \
    "$root/proc" "$root/sys" "$root/tmp"
: >"$tmp/order"

# 'a_b' and 'a-b' name the same module, its file has either
module_file()
{
    pattern=$(echo "$1" | sed 's/[-_]/[-_]/g')
    find "$moddir/kernel" -name "$pattern.ko*" | head -n 1
}

unpack()
{
    case $1 in
    *.ko) cp "$1" "$2" ;;
    *.ko.xz) xz -dc "$1" >"$2" ;;
    *) die "cannot unpack '$1'" ;;
    esac
}

# An unpacked package has no modules.dep: the modules say it themselves.
depends()
{
    "${OBJCOPY:-objcopy}" -O binary -j .modinfo "$1" "$tmp/modinfo"
    tr '\0' '\n' <"$tmp/modinfo" | sed -n 's/^depends=//p' | tr , ' '
}

builtin()
{
    grep -q "/$(echo "$1" | sed 's/[-_]/[-_]/g').ko\$" \
        "$moddir/modules.builtin"
}

# Writes to $tmp/order in the order of loading.
add_module()
{
    if builtin "$1" || grep -qx "$1" "$tmp/order"; then
        return
    fi
    set -- "$1" "$(module_file "$1")" "$root/lib/modules/$1.ko"
    [ -n "$2" ] || die "kernel module '$1' is not in '$moddir'"
    unpack "$2" "$3"
    for dep in $(depends "$3"); do
        add_module "$dep"
    done
    echo "$1" >>"$tmp/order"
}

# master KERNEL_TREE RPMSG_TEST FIRMWARE...
master()
{
    [ -n "$1" ] || die 'no KERNEL_TREE given'
    moddir=$(find "$1/lib/modules" -mindepth 1 -maxdepth 1 -type d)
    [ -d "$moddir/kernel" ] ||
        die "not exactly one lib/modules/VERSION in '$1'"
    for m in $MODULES; do
        add_module "$m"
    done
    install -m 755 "$2" "$root/bin/rpmsg-test"
    shift 2
    install -m 644 "$@" "$root/lib/firmware"
}

[ $# = 0 ] || master "$@"
cp "$tmp/order" "$root/lib/modules/order"

install -m 755 "$busybox" "$root/bin/busybox"
install -m 755 "$here/het-run" "$root/bin/het-run"
install -m 755 "$here/power-key" "$root/bin/power-key"
install -m 755 "$here/init" "$root/init"
ln -s busybox "$root/bin/sh"

find "$root" -exec touch -h -d @0 {} +
(cd "$root" && find . | sort |
    cpio --quiet -o -H newc --reproducible -R 0:0) >"$tmp/cpio"
gzip -n -9 <"$tmp/cpio" >"$output"
