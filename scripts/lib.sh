# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Common to bootstrap and its pieces: where things are, messages, steps that
# run in the background with their output in a log.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${HETCTL_BUILD:-$TOP/build}
mkdir -p "$BUILD/logs" "$BUILD/dl"
BUILD=$(cd "$BUILD" && pwd)
# The variables below are read by the scripts that source this file.
# shellcheck disable=SC2034
{
    LOGS=$BUILD/logs
    DL=$BUILD/dl
    QEMU=${HETCTL_QEMU:-$BUILD/qemu}
    SERIES=$TOP/qemu-patches
    # Not the first python3 in PATH: Debian's modules belong to this one.
    PYTHON=/usr/bin/python3
    JOBS=${JOBS:-$(nproc)}
}

# A compiler that writes what a file depends on need not preprocess it once more
# for ccache: a third less on the first build.
export CCACHE_DEPEND=1

die() {
    printf 'bootstrap: %s\n' "$*" >&2
    exit 1
}

# A line of progress: bootstrap shows the newest one of each running step.
note() {
    printf '== %s\n' "$*"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# The developer works in the QEMU tree: nothing there is replaced.
qemu_is_developed() {
    [ -e "$QEMU/DEVELOP" ]
}

# The patch files in the order of the series.
series_patches() {
    grep -v -e '^#' -e '^$' "$SERIES/series" | sed "s,^,$SERIES/,"
}

series_hash() {
    series_patches | xargs cat "$SERIES/series" | sha256sum | cut -d' ' -f1
}

# The qtests of the series and the unit tests that it touches, as ninja targets
qtest_targets() {
    series_patches | xargs sed -n -e \
        's,^+++ b/\(tests/qtest/[a-z0-9_-]*-test\)\.c$,\1,p' -e \
        's,^+++ b/\(tests/unit/test-[a-z0-9-]*\)\.c$,\1,p' | sort -u
}

declare -A STEP_PID=() STEP_T0=() STEP_COUNTS=() STEP_IS_TEST=()
FAILED_TESTS=()

# step NAME CMD...: runs CMD in the background, output to logs/NAME.log.
# In a session of its own, so that it can be ended with all its children.
step() {
    local name=$1
    shift
    : >"$LOGS/$name.log"
    setsid "$@" >>"$LOGS/$name.log" 2>&1 </dev/null 9>&- &
    STEP_PID[$name]=$!
    STEP_T0[$name]=$SECONDS
}

# A step that may fail without ending the others.
test_step() {
    STEP_IS_TEST[$1]=1
    step "$@"
}

# What a step does now: its newest note or counter of ninja with an estimate,
# tests passed. Ninja's steps take a similar time; the first few tell nothing.
step_progress() {
    tr '\r' '\n' <"$LOGS/$1.log" | awk -v name="$1" \
        -v seconds="$((SECONDS - ${STEP_COUNTS[$1]:-$SECONDS}))" '
        /^== / { text = substr($0, 4) }
        match($0, /^\[[0-9]+\/[0-9]+\]/) {
            text = substr($0, 1, RLENGTH)
            split(substr(text, 2), n, /[\/\]]/)
            if (n[1] >= 20 && seconds >= 10) {
                left = int(seconds * (n[2] - n[1]) / n[1] / 60 + 0.5)
                text = text (left ? " about " left " min left" \
                                  : " less than a minute left")
            }
        }
        /^ok / { passed++ }
        END {
            if (passed) {
                text = passed " passed"
            }
            print name (text == "" ? "" : ": " text)
        }'
}

steps_progress() {
    local name line=
    if [ ! -t 1 ] && [ "$SECONDS" -lt "$NEXT_REPORT" ]; then
        return
    fi
    if [ -t 1 ] && [ "$SECONDS" = "$LAST_PROGRESS" ]; then
        return
    fi
    LAST_PROGRESS=$SECONDS
    for name in "$@"; do
        if [ -z "${STEP_COUNTS[$name]:-}" ] &&
            grep -q '^\[[0-9]' "$LOGS/$name.log"; then
            STEP_COUNTS[$name]=$SECONDS
        fi
        line+="${line:+ | }$(step_progress "$name")"
    done
    if [ -t 1 ]; then
        printf '\r\033[K  %s' "${line:0:$((${COLUMNS:-80} - 4))}"
    else
        NEXT_REPORT=$((SECONDS + 60))
        printf '  ... %s\n' "$line"
    fi
}

clear_progress() {
    if [ -t 1 ]; then
        printf '\r\033[K'
    fi
}

steps_kill() {
    local name
    for name in "${!STEP_PID[@]}"; do
        kill -- "-${STEP_PID[$name]}" 2>/dev/null || :
        unset "STEP_PID[$name]"
    done
}

# await NAME...: until these steps have ended. The first failure ends all,
# that of a test is only noted in FAILED_TESTS.
await() {
    local pending=("$@") left name idle
    # Waiting on what never comes costs no process.
    exec {idle}<> <(:)
    LAST_PROGRESS=
    NEXT_REPORT=$((SECONDS + 30))
    while [ ${#pending[@]} -gt 0 ]; do
        left=()
        for name in "${pending[@]}"; do
            if kill -0 "${STEP_PID[$name]}" 2>/dev/null; then
                left+=("$name")
            else
                step_ended "$name"
            fi
        done
        pending=("${left[@]}")
        if [ ${#pending[@]} -gt 0 ]; then
            steps_progress "${pending[@]}"
            read -rt 0.2 -u "$idle" || :
        fi
    done
    exec {idle}<&-
}

step_ended() {
    local name=$1 rc=0
    wait "${STEP_PID[$name]}" || rc=$?
    unset "STEP_PID[$name]"
    clear_progress
    if [ "$rc" = 0 ]; then
        printf '  ok    %-8s %4d s\n' "$name" $((SECONDS - STEP_T0[$name]))
        return
    fi
    printf '  FAIL  %s (exit code %s), the end of %s:\n' "$name" "$rc" \
        "$LOGS/$name.log"
    show_failure "$name"
    if [ -z "${STEP_IS_TEST[$name]:-}" ]; then
        steps_kill
        exit 1
    fi
    FAILED_TESTS+=("$name")
}

# Of TAP what failed, with what was said before it; else the end of the log.
show_failure() {
    if grep -q '^not ok' "$LOGS/$1.log"; then
        awk '
            /^ok/ { n = 0; next }
            { line[n++ % 60] = $0 }
            /^not ok/ {
                for (i = n > 60 ? n - 60 : 0; i < n; i++)
                    print line[i % 60]
                n = 0
            }' \
            "$LOGS/$1.log"
    else
        tail -n 30 "$LOGS/$1.log"
    fi | sed 's/^/    | /'
}

# What only depends on files need not be tried again as long as they are the
# same, byte for byte:  was_good NAME FILE... || { try && now_good NAME FILE...; }
good_hash() {
    sha256sum -- "$@" | cut -d' ' -f1 | sha256sum | cut -d' ' -f1
}

was_good() {
    local stamp=$BUILD/cache/good/$1
    shift
    [ -e "$stamp" ] && [ "$(good_hash "$@")" = "$(cat "$stamp")" ]
}

now_good() {
    local stamp=$BUILD/cache/good/$1
    shift
    mkdir -p "${stamp%/*}"
    good_hash "$@" >"$stamp"
}
