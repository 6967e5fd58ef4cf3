#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Walks every command and option: streams, exit codes, man page, completion.
# Needs no libvirt.
set -u

HETCTL=$PWD/hetctl/hetctl
SOURCE=${HETCTL_SOURCE:-$(cd "$(dirname "$0")/../../.." && pwd)}
MAN=$SOURCE/docs/hetctl.1
NOWHERE='qemu+unix:///system?socket=/nonexistent/libvirt-sock'
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
    expect 2 "$command" --no-such-option
    expect 2 "$command" -Z
    # shellcheck disable=SC2046
    [ "$command" = logs ] || expect 2 "$command" $(seq 20)
    expect 2 "$command" --format
    expect 2 "$command" --format xml
    expect 2 "$command" --quiet=yes
done

expect 2
expect 2 no-such-command
expect 2 --no-such-option
expect 2 start
expect 2 boot soc
expect 2 boot soc slave --timeout soon
expect 2 boot soc slave --timeout -1
expect 2 boot soc slave --timeout 99999999999999999999
expect 2 start --connect
expect 2 cycle soc m4 --count 0
expect 2 cycle soc m4 --count many
expect 2 events soc --count -1
expect 2 pack soc m4
expect 2 status --stubs
expect 2 logs soc --since yesterday
expect 2 logs soc --since 5w
expect 2 vrings soc
expect 2 vrings soc m4 --table here
expect 2 vrings soc m4 --table 0x
expect 2 vrings soc m4 --table 0x10000000000000000
expect 2 vrings soc m4 --table 0 --firmware a.elf
expect 2 gdb
expect 2 gdb soc --gdb

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

for line in list 'list --all' status 'status soc' 'status soc --stubs' 'start soc' 'boot soc m4' \
    'shutdown soc' 'shutdown soc m4' 'destroy soc' 'destroy soc m4' \
    'start soc m4' 'cycle soc m4 -n 3 --firmware a.elf --firmware b.elf' \
    'suspend soc' 'resume soc' 'reboot soc' 'reset soc' 'reset soc m4' \
    'events soc' 'watch soc' 'autostart soc' 'autostart soc --disable' \
    'console soc m4' 'dumpxml soc' 'domxml soc' 'map soc' 'overlay soc' \
    'pack soc m4 -o out.elf' 'undefine soc' 'vrings soc m4' \
    'vrings soc m4 --table 0x1000' 'logs soc' 'logs soc a7 m4 --follow' \
    'logs soc --since 5m' 'logs soc --since 2026-01-31T12:00:00' \
    'console soc m4 --serial 1' 'console soc m4 --raw --read-only' \
    'gdb soc' 'gdb soc m4 --server'
do
    # shellcheck disable=SC2086
    expect 6 -c "$NOWHERE" $line
    grep -qF "$NOWHERE" "$folder/err" || fail "$line: no URI in the message"
done
# An option may stand before or after the command.
expect 6 list --connect="$NOWHERE"
expect 6 list -c"$NOWHERE"

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
