# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a configure of QEMU needs: a meson that is new enough. Needs lib.sh.

. "$(dirname "${BASH_SOURCE[0]}")/apt-private.sh"

# Objects are found again in another checkout of the same source.
export CCACHE_BASEDIR=$BUILD CCACHE_NOHASHDIR=1

meson_is_new() {
    PYTHONPATH=${1:-} "$PYTHON" - <<'EOF' 2>/dev/null
from mesonbuild.coredata import version
raise SystemExit(tuple(map(int, version.split('.')[:2])) < (1, 5))
EOF
}

# Debian 12 has meson 1.0, QEMU 10.0 wants 1.5: Debian 13's, only unpacked.
# A release tarball brings its own.
get_meson() {
    local modules=$BUILD/meson/usr/lib/python3/dist-packages deb
    if compgen -G "$QEMU/src/python/wheels/meson-*.whl" >/dev/null ||
        meson_is_new; then
        return
    fi
    if ! meson_is_new "$modules"; then
        note "meson of Debian 13"
        trixie_sources >"$DL/meson.sources"
        apt_private "$BUILD/apt/meson" "$(dpkg --print-architecture)" \
            <"$DL/meson.sources"
        deb=$(fetch_deb meson "$DL")
        rm -rf "$BUILD/meson"
        dpkg-deb -x "$deb" "$BUILD/meson"
        meson_is_new "$modules"
    fi
    export PYTHONPATH=$modules
}

# keep_meson OBJ: ninja runs meson again when a meson.build changes, without our
# environment.
keep_meson() {
    local site
    if [ -n "${PYTHONPATH:-}" ]; then
        for site in "$1"/pyvenv/lib/python3*/site-packages; do
            printf '%s\n' "$PYTHONPATH" >"$site/hetctl-meson.pth"
        done
    fi
}
