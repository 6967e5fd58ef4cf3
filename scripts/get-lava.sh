#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tests of labs/ and cockpit/ need. Installed: labgrid, LAVA's dispatcher,
# Chromium. Only unpacked: the templates of LAVA's server, in build/lava; the
# newest labgrid that Debian has for a stable release, in build/labgrid; Cockpit,
# whose web server is nobody's who runs tests, in build/cockpit. A release of
# Debian that has them not (13) is no error: their tests say so.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/apt-private.sh"

has_package() {
    apt-cache show "$1" >/dev/null 2>&1
}

packages=()
for package in chromium lava-dispatcher prometheus python3-grpcio \
    python3-jinja2 python3-labgrid python3-protobuf python3-pytest; do
    ! has_package "$package" || packages+=("$package")
done
"$(dirname "$0")/deps.sh" "${packages[@]}"

if has_package lava-server && [ ! -e "$BUILD/lava/base.jinja2" ]; then
    tmp=$(mktemp -d)
    trap 'rm -rf "$tmp"' EXIT
    chmod 755 "$tmp"
    (cd "$tmp" && apt-get download lava-server && dpkg-deb -x ./*.deb .) \
        >"$LOGS/lava.log" 2>&1
    mkdir -p "$BUILD/lava"
    cp "$tmp"/usr/share/lava-server/device-types/base.jinja2 "$BUILD/lava"
fi

# get_newest_labgrid: in a shell of its own, with another release's apt
get_newest_labgrid() (
    arch=$(dpkg --print-architecture)
    list=$DL/$arch-trixie-backports.sources
    release_sources trixie-backports "$arch" >"$list" || exit
    apt_private "$BUILD/apt/$arch-trixie-backports" "$arch" <"$list" || exit
    rm -rf "$BUILD/labgrid.new"
    unpack_debs "$BUILD/labgrid.new" python3-labgrid \
        python3-grpcio-reflection || exit
    mv "$BUILD/labgrid.new" "$BUILD/labgrid"
)

if [ ! -e "$BUILD/labgrid" ]; then
    get_newest_labgrid >"$LOGS/labgrid.log" 2>&1 ||
        echo "no newer labgrid, see $LOGS/labgrid.log"
fi
if [ ! -e "$BUILD/cockpit" ]; then
    (rm -rf "$BUILD/cockpit.new" &&
        unpack_debs "$BUILD/cockpit.new" cockpit-ws cockpit-bridge &&
        mv "$BUILD/cockpit.new" "$BUILD/cockpit") >"$LOGS/cockpit.log" 2>&1 ||
        echo "no Cockpit, see $LOGS/cockpit.log"
fi
