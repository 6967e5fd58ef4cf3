#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs the qtests that the series adds, as TAP.
set -euo pipefail
. "$(dirname "$0")/../scripts/lib.sh"

cd "$QEMU/obj"
failed=0
while read -r test; do
    note "${test##*/}"
    case $test in
    */sifive-*) archs=riscv64 ;;
    */core-fault-*) archs='arm aarch64 riscv64' ;;
    *) archs=arm ;;
    esac
    for arch in $archs; do
        # A test that ends early has printed `ok` for what it did.
        QTEST_QEMU_BINARY=./qemu-system-$arch timeout 120 "./$test" --tap -k ||
            {
                printf 'not ok - %s ends with exit code %s\n' \
                    "${test##*/}" $?
                failed=1
            }
    done
done < <(qtest_targets)
exit "$failed"
