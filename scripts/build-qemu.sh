#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Configures and builds QEMU in build/qemu/obj.
# HETCTL_TARGETS: QEMU's target list, HETCTL_ONLY: those of them that are built
# now, HETCTL_QEMU_CONFIGURE: more arguments of its configure, HETCTL_QEMU_OBJ:
# another folder in build/qemu, HETCTL_QEMU: another one in place of build/qemu.
# Arguments: ninja targets besides the emulators.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/meson.sh"

targets=${HETCTL_TARGETS:-arm-softmmu,aarch64-softmmu,riscv32-softmmu,riscv64-softmmu}
obj=$QEMU/${HETCTL_QEMU_OBJ:-obj}

configure_args=(
    --python="$PYTHON" --cc="ccache gcc" --target-list="$targets"
    --without-default-features --enable-system --enable-tcg --enable-fdt=system
    --enable-seccomp --enable-malloc-trim
    --disable-docs --disable-install-blobs --disable-debug-info
)
read -r -a more_args <<<"${HETCTL_QEMU_CONFIGURE:-}"
configure_args+=("${more_args[@]}")

if [ ! -e "$obj/build.ninja" ] || { ! qemu_is_developed &&
    [ "${configure_args[*]}" != "$(cat "$obj/hetctl.args" 2>/dev/null)" ]; }
then
    get_meson
    note "configure"
    mkdir -p "$obj"
    (cd "$obj" && ../src/configure "${configure_args[@]}")
    keep_meson "$obj"
    printf '%s\n' "${configure_args[*]}" >"$obj/hetctl.args"
fi

only=${HETCTL_ONLY:-$targets}
for target in ${only//,/ }; do
    set -- "$@" "qemu-system-${target%-softmmu}"
done
note "build"
exec flock "$QEMU/ninja.lock" ninja -C "$obj" -j "$JOBS" "$@"
