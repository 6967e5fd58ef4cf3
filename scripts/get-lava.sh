#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tests of labs/ need: labgrid and LAVA's dispatcher, installed, and the
# templates of LAVA's server, which is only unpacked, in build/lava. A release of
# Debian that has them not (13) is no error: their tests say so.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

has_package() {
    apt-cache show "$1" >/dev/null 2>&1
}

packages=()
for package in lava-dispatcher prometheus python3-jinja2 python3-labgrid \
    python3-pytest; do
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
