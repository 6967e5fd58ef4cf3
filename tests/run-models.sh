#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Checks the models of the series with spin, as TAP: what they describe holds,
# and each bug that they know (-DBUGn) is found. What has been searched once is
# not searched again while the model is the same.
set -euo pipefail
. "$(dirname "$0")/../scripts/lib.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/hetctl-models.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# errors MODEL [SPIN'S ARGUMENT]: prints how many; fails when the search was
# not a whole one.
errors() {
    local model=$1
    shift
    spin "$@" -a "$model" >spin.out 2>&1 &&
        gcc -O2 -DSAFETY -DCOLLAPSE -w -o pan pan.c &&
        ./pan -m200000 >pan.out 2>&1 || return
    ! grep -q -e 'max search depth too small' -e 'out of memory' pan.out &&
        sed -n 's/.*errors: \([0-9]*\).*/\1/p' pan.out
}

# result TEXT EXPECTED FOUND
result() {
    if [ "$2" = "$3" ]; then
        printf 'ok - %s\n' "$1"
    else
        sed 's/^/# /' spin.out pan.out
        printf 'not ok - %s\n' "$1"
        failed=1
    fi
}

failed=0
for model in "$QEMU"/src/docs/spin/{idm_*,tlb_flush}.promela; do
    name=$(basename "$model" .promela)
    note "$name"
    mapfile -t bugs < <(grep -o 'BUG[0-9]' "$model" | sort -u)
    same=("models/$name" "$model" "$0" "$(command -v spin)")
    if was_good "${same[@]}"; then
        printf 'ok - %s holds, and each bug is found: the same was searched\n' \
            "$name"
        continue
    fi
    failed_before=$failed
    result "$name holds" 0 "$(errors "$model" || echo none)"
    for bug in "${bugs[@]}"; do
        result "$name: $bug is found" 1 \
            "$(errors "$model" "-D$bug" || echo none)"
    done
    if [ "$failed" = "$failed_before" ]; then
        now_good "${same[@]}"
    fi
done
exit "$failed"
