#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs the fuzz targets, each for a minute or as many seconds as the first
# argument says; TAP on stdout. Further arguments: targets (xml, elf, ...).
# What they find lies in build/fuzz/found, what they learn in build/fuzz/corpus;
# an input that mattered goes into tests/fuzz/corpus.
set -euo pipefail
. "$(dirname "$0")/../scripts/lib.sh"

seconds=${1:-60}
[ $# = 0 ] || shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(dtb elf include qmp recorder rsp vrings
    wire xml)
dir=$BUILD/fuzz
failed=0

# Longer ones are as good as refused, and slow.
declare -A longest=([dtb]=16384 [elf]=16384 [include]=16384 [qmp]=8192
    [recorder]=8192 [rsp]=4096 [vrings]=16384 [wire]=8192 [xml]=16384)

# The seeds of XML are the cases of the unit tests as well.
seeds() {
    echo "$TOP/tests/fuzz/corpus/$1"
    if [ "$1" = xml ]; then
        echo "$TOP/tests/data/soc/cases"
    fi
}

fuzz() {
    local name=$1 log=$LOGS/fuzz-$1.log folders
    mapfile -t folders < <(seeds "$name")
    mkdir -p "$dir/corpus/$name" "$dir/found"
    "$dir/tests/fuzz/fuzz-$name" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=1024 -malloc_limit_mb=200 -print_final_stats=1 \
        -max_len="${longest[$name]}" -artifact_prefix="$dir/found/$name-" \
        "$dir/corpus/$name" "${folders[@]}" >"$log" 2>&1
}

export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=0
export UBSAN_OPTIONS=print_stacktrace=1
for name in "${targets[@]}"; do
    if fuzz "$name"; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' \
            "$LOGS/fuzz-$name.log")
        echo "ok - fuzz: $name: nothing found in $runs inputs, $seconds s"
    else
        failed=1
        tail -n 40 "$LOGS/fuzz-$name.log" | sed 's/^/# /'
        echo "not ok - fuzz: $name: see $LOGS/fuzz-$name.log"
    fi
done
exit $failed
