#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Makes Debian packages in build/deb, of what is built: the emulators and the
# guests are taken as they are, hetctl is built once more for /usr.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

deb=$BUILD/deb
version=$(sed -n 's/^AC_INIT(\[hetctl\], \[\(.*\)\])$/\1/p' "$TOP/configure.ac")
src=$deb/hetctl-$version

copy_source() {
    rm -rf "$deb"
    mkdir -p "$src"
    tar -C "$TOP" -cf - configure.ac Makefile.am README.md COPYING cockpit docs \
        hetctl labs schemas scripts tests wireshark xml-examples |
        tar -C "$src" -xf -
    cp -r "$TOP/packaging/debian" "$src/debian"
    find "$src" -name __pycache__ -prune -exec rm -rf {} +
}

# Two builds of one commit are the same.
write_changelog() {
    local seconds=${SOURCE_DATE_EPOCH:-}
    seconds=${seconds:-$(git -C "$TOP" log -1 --format=%ct 2>/dev/null ||
        stat -c %Y "$TOP/configure.ac")}
    sed -e "s/@VERSION@/$version/" \
        -e "s/@DATE@/$(LC_ALL=C date -u -R -d "@$seconds")/" \
        "$src/debian/changelog.in" >"$src/debian/changelog"
    rm "$src/debian/changelog.in"
}

note "packages"
copy_source
write_changelog
cd "$src"
HETCTL_QEMU=$QEMU/obj HETCTL_GUEST=$BUILD/guest PATH=/usr/lib/ccache:$PATH \
    DEB_BUILD_OPTIONS="parallel=$JOBS nocheck" \
    dpkg-buildpackage --build=binary --no-sign

note "lintian"
lintian --fail-on error --tag-display-limit 0 "$deb"/*.changes
