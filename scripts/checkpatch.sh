#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# QEMU's own style check over each patch of the series, as TAP, and whether
# its author is the one whom MAINTAINERS names. A patch that was good is not read
# again while it is the same.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# by AUTHOR PATCH
by() {
    local who
    for who in From Signed-off-by; do
        if [ "$(sed -n "s/^$who: //p; /^---\$/q" "$SERIES/$2")" != "$1" ]; then
            out="$who is not $1"
            return 1
        fi
    done
}

# silent PATCH: warnings fail too.
silent() {
    local same=("checkpatch/$1" "$SERIES/$1" scripts/checkpatch.pl)
    was_good "${same[@]}" && return
    out=$(perl scripts/checkpatch.pl -q --no-summary --terse \
        "$SERIES/$1") && [ -z "$out" ] && now_good "${same[@]}"
}

cd "$QEMU/src"
author=$(sed -n '/^Heterogeneous SoCs$/,/^$/s/^M: //p' MAINTAINERS)
failed=0
while read -r patch; do
    case $patch in '' | '#'*) continue ;; esac
    out=
    if silent "$patch" && by "$author" "$patch"; then
        printf 'ok - %s\n' "$patch"
    else
        printf '%s\n' "$out" | sed 's/^/# /'
        printf 'not ok - %s\n' "$patch"
        failed=1
    fi
done <"$SERIES/series"
exit "$failed"
