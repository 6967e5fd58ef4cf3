# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# apt in a folder of its own: other releases and other architectures of Debian
# from the mirror that this machine's apt uses, with the machine's proxies and
# the Debian keyring's signatures, and without a trace in the machine's apt.
# Needs lib.sh.

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# debian_mirror LABEL: the address of the machine's archive with that label,
# Debian or Debian-Security; nothing when there is none.
debian_mirror() {
    # apt itself replaces these, not the shell.
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)' \
        'Identifier: Packages' |
        awk -F'|' -v label="$1" '
            $1 == "Debian" && $2 == label && $3 == "main" && !n++ {
                print $4
            }'
}

# apt knows the origin of an archive once it has its lists.
machine_mirror() {
    local uri
    uri=$(debian_mirror Debian)
    if [ -z "$uri" ]; then
        as_root apt-get update >&2
        uri=$(debian_mirror Debian)
    fi
    if [ -z "$uri" ]; then
        echo "no Debian archive in this machine's apt sources" >&2
        return 1
    fi
    printf '%s\n' "$uri"
}

# apt_private DIR ARCH: makes the folder with the sources read from stdin, gets
# their lists and exports APT_CONFIG, so that apt in this shell works there.
apt_private() {
    local dir=$1 arch=$2
    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
    cat >"$dir/sources.list"
    : >"$dir/status"
    cat >"$dir/apt.conf" <<EOF
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Dir::State "$dir";
Dir::State::lists "$dir/lists";
Dir::State::status "$dir/status";
Dir::Cache "$dir/cache";
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
EOF
    export APT_CONFIG=$dir/apt.conf
    apt-get update
}

# trixie_sources: Debian 13, as sources and as packages.
trixie_sources() {
    local uri security arch
    uri=$(machine_mirror) || return 1
    security=$(debian_mirror Debian-Security)
    arch=$(dpkg --print-architecture)
    printf 'deb [arch=%s signed-by=%s] %s trixie main\n' \
        "$arch" "$KEYRING" "$uri"
    printf 'deb-src [signed-by=%s] %s trixie main\n' "$KEYRING" "$uri"
    printf 'deb-src [signed-by=%s] %s trixie-updates main\n' \
        "$KEYRING" "$uri"
    if [ -n "$security" ]; then
        printf 'deb-src [signed-by=%s] %s trixie-security main\n' \
            "$KEYRING" "$security"
    fi
}

# release_sources RELEASE ARCH: packages of that architecture.
release_sources() {
    local uri
    uri=$(machine_mirror) || return 1
    printf 'deb [arch=%s signed-by=%s] %s %s main\n' \
        "$2" "$KEYRING" "$uri" "$1"
}

# depends_on PACKAGE REGEX: the dependencies with such a name.
depends_on() {
    apt-cache depends --important "$1" |
        awk -v like="$2" '$1 == "Depends:" && $2 ~ like { print $2 }'
}

# fetch_deb NAME DIR: downloads the package into DIR and prints its file name.
# Other architectures may have one of the same name there.
fetch_deb() {
    (
        local arch files
        eval "$(apt-config shell arch APT::Architecture)"
        mkdir -p "$2"
        cd "$2" || exit
        rm -f "$1"_*_"$arch".deb "$1"_*_all.deb
        apt-get download "$1" >&2 || exit
        shopt -s nullglob
        files=("$PWD/$1"_*_"$arch".deb "$PWD/$1"_*_all.deb)
        printf '%s\n' "${files[@]}"
    )
}

# unpack_debs DIR PACKAGE...: only unpacked, not installed.
unpack_debs() {
    local dir=$1 package deb
    shift
    for package in "$@"; do
        note "$package"
        deb=$(fetch_deb "$package" "$DL") || return
        dpkg-deb -x "$deb" "$dir" || return
    done
}
