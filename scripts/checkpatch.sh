#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# QEMU's own style check over each patch of the series, as TAP.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

cd "$QEMU/src"
failed=0
while read -r patch; do
    case $patch in '' | '#'*) continue ;; esac
    # It must be silent: warnings fail too.
    if out=$(perl scripts/checkpatch.pl -q --no-summary --terse \
        "$SERIES/$patch") && [ -z "$out" ]; then
        printf 'ok - %s\n' "$patch"
    else
        printf '%s\n' "$out" | sed 's/^/# /'
        printf 'not ok - %s\n' "$patch"
        failed=1
    fi
done <"$SERIES/series"
exit "$failed"
