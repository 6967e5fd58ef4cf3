#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Walks every command and option: streams, exit codes, man page, completion.
# Needs no libvirt. Command lines that fail are
# in test-usage.
set -u

HETCTL=$PWD/hetctl/hetctl
SOURCE=${HETCTL_SOURCE:-$(cd "$(dirname "$0")/../../.." && pwd)}
MAN=$SOURCE/docs/hetctl.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

fail() {
    echo "FAIL: $*" >&2
    sed 's/^/    stdout: /' "$folder/out" >&2
    sed 's/^/    stderr: /' "$folder/err" >&2
    failed=1
}

# expect CODE ARG...: exit code; success is silent on stderr, an error is one
# message on stderr and nothing on stdout. To look for leaks takes as long as
# all else: not after each of the many errors of usage.
expect() {
    local want=$1 got
    shift
    ASAN_OPTIONS=detect_leaks=$((want != 2)) timeout 20 "$HETCTL" "$@" >"$folder/out" 2>"$folder/err" </dev/null
    got=$?
    [ "$got" = "$want" ] || fail "hetctl $*: exit code $got, not $want"
    if [ "$want" = 0 ]; then
        [ ! -s "$folder/err" ] || fail "hetctl $*: speaks on stderr"
    else
        [ ! -s "$folder/out" ] || fail "hetctl $*: speaks on stdout"
        [ "$(grep -c '^error: ' "$folder/err"):$(wc -l <"$folder/err")" = \
            1:1 ] || fail "hetctl $*: not one error message"
    fi
}

# man_has WORD: a command or an option, as troff writes it
man_has() {
    grep -qF -e "${1//-/\\-}" "$MAN" || fail "man page: no $1"
}

options() {
    grep -o -E -e '^ +(-[a-zA-Z],)? +--[a-z-]+' "$folder/out" |
        grep -o -E -e '--[a-z-]+'
}

complete_line() (
    # shellcheck source=/dev/null
    . "$SOURCE/hetctl/hetctl.bash-completion"
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _hetctl "$HETCTL" "${*: -1}" "${*: -2:1}"
    printf '%s\n' "${COMPREPLY[@]}"
)

expect 0 --version
grep -qE '^hetctl [0-9]+\.' "$folder/out" || fail '--version'
expect 0 --help
for option in $(options); do
    man_has "$option"
done
commands=$(sed -n 's/^  \([a-z]*\) .*/\1/p' "$folder/out")
[ "$(wc -w <<<"$commands")" -ge 13 ] || fail "commands: $commands"
complete_line hetctl '' | sort >"$folder/out"
sort <<<"$commands" | cmp -s - "$folder/out" || fail 'completion of commands'

for command in $commands; do
    expect 0 "$command" --help
    grep -q "^Usage: hetctl $command " "$folder/out" ||
        fail "$command --help: no usage"
    grep -qE "^\.B[IR]? $command( |\$)" "$MAN" || fail "man page: no $command"
    own=$(options)
    for option in $own; do
        man_has "$option"
    done
    complete_line hetctl "$command" -- | sort -u >"$folder/out"
    sort -u <<<"$own" | cmp -s - "$folder/out" ||
        fail "completion of options of $command"
done

# Each command has its own formats, wherever the option stands.
example=$SOURCE/xml-examples/bare-pair.xml
for format in text svg json; do
    expect 0 map "$example" --format "$format"
    expect 0 -f "$format" map "$example" m4
done
expect 2 map "$example" --format table
expect 2 --format svg domxml "$example"
expect 4 map "$example" nobody
complete_line hetctl map --format '' | tr '\n' ' ' >"$folder/out"
grep -qx 'text svg json ' "$folder/out" || fail 'completion of formats'

for command in validate define domxml map overlay; do
    expect 4 "$command" "$folder/missing.xml"
done
echo '<soc>' >"$folder/broken.xml"
for command in validate define domxml map overlay; do
    expect 3 "$command" "$folder/broken.xml"
    grep -q 'broken.xml:[0-9]' "$folder/err" || fail "$command: no line"
done

if [ -w /dev/full ]; then
    "$HETCTL" --help >/dev/full 2>"$folder/err"
    [ $? = 1 ] || fail 'a full disk is no success'
fi

exit $failed
