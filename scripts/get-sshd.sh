#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# An ssh server for the tests of connections over ssh, only unpacked, in
# build/sshd: the machine's own is neither needed nor made to run.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/apt-private.sh"

# Libraries of its that the machine has not
missing_libraries() {
    local library
    for library in $(depends_on openssh-server '^lib'); do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$library" 2>/dev/null)" = \
            installed ] || printf '%s\n' "$library"
    done
}

if [ ! -e "$BUILD/sshd/usr/sbin/sshd" ]; then
    tmp=$(mktemp -d)
    trap 'rm -rf "$tmp"' EXIT
    chmod 755 "$tmp"
    (
        cd "$tmp"
        mapfile -t libraries < <(missing_libraries)
        apt-get download openssh-server "${libraries[@]}"
        for package in ./*.deb; do
            dpkg-deb -x "$package" made
        done
    ) >"$LOGS/sshd.log" 2>&1 || die "no ssh server, see $LOGS/sshd.log"
    rm -rf "$BUILD/sshd"
    mv "$tmp/made" "$BUILD/sshd"
fi
