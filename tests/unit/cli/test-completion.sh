#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the shells themselves make of 'hetctl completion': every command, every
# option, and the formats. A shell that is not there is left out.
set -u

HETCTL=$PWD/hetctl/hetctl
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin" "$folder/functions"
ln -s "$HETCTL" "$folder/bin/hetctl"
export PATH=$folder/bin:$PATH HOME=$folder XDG_CONFIG_HOME=$folder
export ASAN_OPTIONS=detect_leaks=0
export LIBVIRT_DEFAULT_URI='qemu+unix:///system?socket=/nonexistent'
failed=0
tried=0

fail() {
    echo "FAIL: $*" >&2
    failed=1
}

names=$(hetctl --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
mapfile -t commands < <(sed 's/^/hetctl /' <<<"$names")

declare -A options
for command in $names; do
    options[$command]=$(hetctl "$command" --help |
        grep -o -E -e '^ +(-[a-zA-Z],)? +--[a-z-]+' |
        grep -o -E -e '--[a-z-]+')
done
lines=('hetctl ' "${commands[@]/%/ --}" 'hetctl map --format '
    'hetctl completion ')

# same SHELL WHAT WANTED GOT
same() {
    tried=$((tried + 1))
    [ "$(sort -u <<<"$3")" = "$(sort -u <<<"$4")" ] ||
        fail "$1: $2:" "$(diff <(sort -u <<<"$3") <(sort -u <<<"$4"))"
}

# check SHELL: by SHELL_complete LINE, which prints a candidate a line
check() {
    local command
    same "$1" commands "$names" "$("$1_complete" 'hetctl ')"
    for command in $names; do
        same "$1" "options of $command" "${options[$command]}" \
            "$("$1_complete" "hetctl $command --" | grep -o -E '^--[a-z-]+')"
    done
    same "$1" formats "$(printf '%s\n' text svg json)" \
        "$("$1_complete" 'hetctl map --format ')"
    same "$1" shells "$(printf '%s\n' zsh fish)" \
        "$("$1_complete" 'hetctl completion ')"
}

# All lines are given to one shell: to start it takes longest.
answer() {
    awk -v line="line=$2" '
        /^line=/ { wanted = $0 == line }
        wanted && sub(/^candidate=/, "")' "$folder/$1.answers"
}

fish_complete() {
    answer fish "$1"
}

zsh_complete() {
    answer zsh "$1"
}

# compadd tells what it would add; the line editor needs a terminal.
cat >"$folder/zsh-complete" <<'EOF'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PROMPT= RPROMPT=; unsetopt zle_bracketed_paste
fpath=($HOME/functions \$fpath); autoload -U compinit
compinit -u -d $HOME/dump
compadd() {
    local -a hits
    local w
    if [[ \${@[(I)-[OAD]]} -gt 0 ]]; then builtin compadd \"\$@\"; return; fi
    builtin compadd -O hits \"\$@\"
    for w in \$hits; do print -r -- \"candidate=\$w\" >>$HOME/found; done
    builtin compadd \"\$@\"
}
show() {
    print -r -- \"line=\$BUFFER\" >>$HOME/found
    zle list-choices
    print -r -- end >>$HOME/found
    zle kill-whole-line
}
zle -N show
bindkey '^T' show
: >$HOME/ready"
await() {
    local i
    for i in {1..1200}; do
        if eval "$1"; then return; fi
        zpty -r -t z >/dev/null
        sleep 0.05
    done
    exit 1
}
await '[[ -e $HOME/ready ]]'
for line; do
    : >$HOME/found
    zpty -w -n z "$line"$'\x14'
    await 'grep -qx end $HOME/found'
    cat $HOME/found
done
zpty -d z
EOF

if [ -n "$(type -P fish)" ]; then
    hetctl completion fish >"$folder/hetctl.fish"
    # shellcheck disable=SC2016
    fish --no-config -c 'source $argv[1]
        for line in $argv[2..]
            echo "line=$line"
            complete -C $line | string replace -r "\t.*" "" |
                string replace -r "^" "candidate="
        end' "$folder/hetctl.fish" "${lines[@]}" >"$folder/fish.answers"
    check fish
fi
if [ -n "$(type -P zsh)" ]; then
    hetctl completion zsh >"$folder/functions/_hetctl"
    zsh -n "$folder/functions/_hetctl" || fail 'zsh: syntax'
    zsh -f "$folder/zsh-complete" "${lines[@]}" >"$folder/zsh.answers"
    check zsh
fi
[ "$tried" -gt 0 ] || exit 77
exit $failed
