#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Puts QEMU with our series into build/qemu/src: a git tree with the pristine
# source as tag `base` and the series on branch `het`. When the series changes
# only the files that differ are rewritten, so that ninja rebuilds only them.
# A tree that somebody works in is left alone (docs/hacking.md).
#
# Source, the first that works: QEMU_SRC= (folder or tarball), the Debian 13
# source package, the upstream release tarball.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/apt-private.sh"

UPSTREAM_VERSION=10.0.0
UPSTREAM_SHA256=22c075601fdcf8c7b2671a839ebdcef1d4f2973eb6735254fd2e1bd0f30b3896

src=$QEMU/src
stamp=$QEMU/src.stamp
mkdir -p "$QEMU"

git_qemu() {
    GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git \
        -c user.name=hetctl -c user.email=hetctl@localhost \
        -c core.fsmonitor=false -c gc.auto=0 -c advice.detachedHead=false "$@"
}

from_tarball() {
    note "unpack $(basename "$1")"
    mkdir "$2" && tar -xf "$1" -C "$2" --strip-components=1
}

from_user() {
    if [ -d "$QEMU_SRC" ]; then
        note "copy $QEMU_SRC"
        cp -a "$QEMU_SRC" "$1" && rm -rf "$1/.git"
    else
        from_tarball "$QEMU_SRC" "$1"
    fi
}

from_debian() {
    local dsc dir=$DL/qemu-debian
    note "Debian source package of QEMU: lists"
    trixie_sources >"$DL/trixie.sources" || return
    apt_private "$BUILD/apt/trixie" "$(dpkg --print-architecture)" \
        <"$DL/trixie.sources" || return
    mkdir -p "$dir"
    note "Debian source package of QEMU: download"
    (cd "$dir" && apt-get source --download-only --only-source qemu) || return
    dsc=$(find "$dir" -name 'qemu_*10.0.*.dsc' | sort -V | tail -n 1)
    if [ -z "$dsc" ]; then
        echo "the archive's qemu is not 10.0.x"
        return 1
    fi
    note "unpack $(basename "$dsc")"
    dpkg-source --no-copy -x "$dsc" "$1" && rm -rf "$1/.pc"
}

from_upstream() {
    local name=qemu-$UPSTREAM_VERSION.tar.xz
    local url=https://download.qemu.org/$name
    note "upstream $name"
    if [ ! -f "$DL/$name" ]; then
        curl -fL -o "$DL/$name.part" "$url" ||
            wget -O "$DL/$name.part" "$url" || return
        mv "$DL/$name.part" "$DL/$name"
    fi
    echo "$UPSTREAM_SHA256  $DL/$name" | sha256sum -c - || return
    from_tarball "$DL/$name" "$1"
}

get_source() {
    local way ways=(from_debian from_upstream)
    if [ -n "${QEMU_SRC:-}" ]; then
        ways=(from_user)
    fi
    for way in "${ways[@]}"; do
        rm -rf "$1"
        if "$way" "$1"; then
            return
        fi
        echo "$way: no QEMU source this way"
    done
    die "no way to a QEMU source; QEMU_SRC= takes a folder or a tarball"
}

# am_series DIR: the series on top of the commit that is checked out there.
am_series() {
    local patches
    mapfile -t patches < <(series_patches)
    [ ${#patches[@]} -gt 0 ] || die "$SERIES/series lists no patch"
    note "apply the series (${#patches[@]} patches)"
    git_qemu -C "$1" am -q --committer-date-is-author-date \
        "${patches[@]}" && return
    git_qemu -C "$1" am --abort
    note "apply the series with less context"
    git_qemu -C "$1" am -q -C1 --committer-date-is-author-date "${patches[@]}"
}

write_stamp() {
    printf '%s %s %s\n' "$1" "$(git_qemu -C "$src" rev-parse HEAD)" \
        "${QEMU_SRC:-}" >"$stamp"
}

fresh_tree() {
    local new=$QEMU/src.new
    get_source "$new"
    case $(cat "$new/VERSION") in
    10.0.*) ;;
    *) die "the series is for QEMU 10.0.x, this is $(cat "$new/VERSION")" ;;
    esac
    note "make the git tree"
    git_qemu -C "$new" init -q -b het
    git_qemu -C "$new" add -A -f
    git_qemu -C "$new" commit -q -m "QEMU $(cat "$new/VERSION")"
    git_qemu -C "$new" tag base
    am_series "$new"
    rm -rf "$src"
    mv "$new" "$src"
}

renew_series() {
    local tree=$QEMU/src.am
    rm -rf "$tree"
    git_qemu -C "$src" worktree prune
    git_qemu -C "$src" worktree add -q --detach "$tree" base
    am_series "$tree"
    git_qemu -C "$src" checkout -q -B het \
        "$(git_qemu -C "$tree" rev-parse HEAD)"
    git_qemu -C "$src" worktree remove --force "$tree"
}

# The tree is as this script left it.
tree_is_ours() {
    [ -f "$stamp" ] && [ "$(git_qemu -C "$src" rev-parse HEAD)" = "$old_head" ] &&
        [ -z "$(git_qemu -C "$src" status --porcelain)" ]
}

if qemu_is_developed; then
    note "the QEMU tree is a developer's ($QEMU/DEVELOP)"
    exit 0
fi
hash=$(series_hash)
old_hash='' old_head='' old_origin=''
if [ -f "$stamp" ]; then
    read -r old_hash old_head old_origin <"$stamp" || :
fi
if [ ! -d "$src/.git" ]; then
    fresh_tree
elif [ "$hash" = "$old_hash" ] &&
    [ "${QEMU_SRC:-$old_origin}" = "$old_origin" ]; then
    exit 0
elif ! tree_is_ours; then
    note "$src was changed by hand: left alone"
    exit 0
elif [ "${QEMU_SRC:-$old_origin}" != "$old_origin" ]; then
    fresh_tree
else
    renew_series
fi
write_stamp "$hash"
