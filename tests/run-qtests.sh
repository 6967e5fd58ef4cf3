#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs the qtests that the series adds, and the unit tests of QEMU that it
# touches, as TAP. HETCTL_QEMU_OBJ=asan: those of the sanitizers' build, with the
# one emulator that it has.
set -euo pipefail
. "$(dirname "$0")/../scripts/lib.sh"

obj=${HETCTL_QEMU_OBJ:-obj}
seconds=120
if [ "$obj" = asan ]; then
    seconds=1200
    export ASAN_OPTIONS=detect_leaks=0
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
fi
# As hetctl starts emulators: hetctl/domain/qemu-args.h
export GLIBC_TUNABLES=glibc.malloc.hugetlb=1
cd "$QEMU/$obj"
failed=0
while read -r test; do
    note "${test##*/}"
    case $test in
    */sifive-*) archs=riscv64 ;;
    */core-fault-*) archs='arm aarch64 riscv64' ;;
    */het-a-* | */tlb-flush-*) archs='arm aarch64' ;;
    */tb-state-*) archs='arm riscv32' ;;
    *) archs=arm ;;
    esac
    if [ "$obj" = asan ]; then
        [[ $archs = *arm* ]] || continue
        archs=arm
    fi
    for arch in $archs; do
        # A test that ends early has printed `ok` for what it did.
        QTEST_QEMU_BINARY=./qemu-system-$arch timeout "$seconds" "./$test" --tap -k ||
            {
                printf 'not ok - %s ends with exit code %s\n' \
                    "${test##*/}" $?
                failed=1
            }
    done
done < <(qtest_targets)
exit "$failed"
