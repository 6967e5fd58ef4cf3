#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Configures and builds QEMU in build/qemu/obj.
# HETCTL_TARGETS: QEMU's target list, HETCTL_QEMU_CONFIGURE: more arguments of
# its configure. Arguments: ninja targets besides the emulators.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/apt-private.sh"

targets=${HETCTL_TARGETS:-arm-softmmu,aarch64-softmmu,riscv32-softmmu,riscv64-softmmu}
src=$QEMU/src
obj=$QEMU/obj
meson=$BUILD/meson

# Objects are found again in another checkout of the same source.
export CCACHE_BASEDIR=$BUILD CCACHE_NOHASHDIR=1

configure_args=(
    --python="$PYTHON" --cc="ccache gcc" --target-list="$targets"
    --without-default-features --enable-system --enable-tcg --enable-fdt=system
    --disable-docs --disable-install-blobs --disable-debug-info
)
read -r -a more_args <<<"${HETCTL_QEMU_CONFIGURE:-}"
configure_args+=("${more_args[@]}")

meson_is_new() {
    PYTHONPATH=${1:-} "$PYTHON" - <<'EOF' 2>/dev/null
from mesonbuild.coredata import version
raise SystemExit(tuple(map(int, version.split('.')[:2])) < (1, 5))
EOF
}

# Debian 12 has meson 1.0, QEMU 10.0 wants 1.5: Debian 13's, only unpacked.
# A release tarball brings its own.
get_meson() {
    local modules=$meson/usr/lib/python3/dist-packages deb
    if compgen -G "$src/python/wheels/meson-*.whl" >/dev/null ||
        meson_is_new; then
        return
    fi
    if ! meson_is_new "$modules"; then
        note "meson of Debian 13"
        trixie_sources >"$DL/meson.sources"
        apt_private "$BUILD/apt/meson" "$(dpkg --print-architecture)" \
            <"$DL/meson.sources"
        deb=$(fetch_deb meson "$DL")
        rm -rf "$meson"
        dpkg-deb -x "$deb" "$meson"
        meson_is_new "$modules"
    fi
    export PYTHONPATH=$modules
}

# ninja runs meson again when a meson.build changes, without our environment.
keep_meson() {
    local site
    if [ -n "${PYTHONPATH:-}" ]; then
        for site in "$obj"/pyvenv/lib/python3*/site-packages; do
            printf '%s\n' "$PYTHONPATH" >"$site/hetctl-meson.pth"
        done
    fi
}

if [ ! -e "$obj/build.ninja" ] || { ! qemu_is_developed &&
    [ "${configure_args[*]}" != "$(cat "$obj/hetctl.args" 2>/dev/null)" ]; }
then
    get_meson
    note "configure"
    mkdir -p "$obj"
    (cd "$obj" && ../src/configure "${configure_args[@]}")
    keep_meson
    printf '%s\n' "${configure_args[*]}" >"$obj/hetctl.args"
fi

for target in ${targets//,/ }; do
    set -- "$@" "qemu-system-${target%-softmmu}"
done
note "build"
exec flock "$QEMU/ninja.lock" ninja -C "$obj" -j "$JOBS" "$@"
