# shellcheck shell=bash
# The root file system, by mmdebstrap.

make_root() { bootstrap_root "$@"; }

make_machine() {
    local debs=$1 out=$2 packages
    shift 2
    mapfile -t packages < <(names "$here/image.d/machine-packages")
    # Before the packages: the kernel's scripts read some of it.
    tar --directory "$here/image.d/machine" --create --file "$scratch/machine.tar" --owner=root:0 --group=root:0 \
        --mode=u=rwX,go=rX --mtime="@$SOURCE_DATE_EPOCH" --sort=name .
    bootstrap_root "$debs" "$out" "${packages[@]}" "$@"
}

# The names in a file, one a line.
names() { grep -v '^#' "$1"; }

bootstrap_root() {
    local debs out=$2 own file depends packages options=()
    debs=$(realpath "$1")
    shift 2
    mapfile -t packages < <(names "$here/image.d/packages")
    packages+=("$@")
    own=("$debs"/appliance-{net,proxy,dataplane,haproxy}_*.deb)
    for file in "${own[@]}"; do [[ -r $file ]] || { echo "image: no $file: make deb" >&2 && exit 1; }; done
    # What ours depend on comes with Debian's own packages: theirs are unpacked once, ours after them.
    depends=$(for file in "${own[@]}"; do dpkg-deb --field "$file" Depends; done |
        tr ',' '\n' | sed 's/|.*//; s/(.*//; s/ //g' | grep -v '^appliance-' | sort -u | paste -sd,)
    find_sources
    mkdir -p "$archives"
    [[ ! -e $scratch/machine.tar ]] || options+=(--extract-hook="tar --directory \"\$1\" --extract --file '$scratch/machine.tar'")
    if ! mmdebstrap --mode=root --variant=minbase --skip=essential/unlink,download/empty \
        --include="$depends,$(IFS=, && echo "${packages[*]}")" \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --dpkgopt='path-include=/usr/share/doc/appliance-*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/man/??/*' \
        --setup-hook="'$here/image.d/archives' fill '$archives' \"\$1\"" \
        "${options[@]}" \
        --customize-hook="'$here/image.d/archives' keep '$archives' \"\$1\"" \
        --customize-hook="copy-in ${own[*]} /tmp" \
        --customize-hook="'$here/image.d/furnish' \"\$1\"" \
        "$suite" "$out" "$scratch"/*.sources >"$scratch/log" 2>&1; then
        cat "$scratch/log" >&2
        exit 1
    fi
}

# Debian's sources of this machine, for the suite.
find_sources() {
    local file name own
    own=$(. /etc/os-release && echo "$VERSION_CODENAME")
    for file in /etc/apt/sources.list.d/*.sources; do
        grep -qs '^Signed-By: .*/debian-archive-keyring' "$file" || continue
        name=${file##*/}
        # What was switched off, and what somebody noted, is this machine's own business.
        sed "/^#/d; /^Suites:/s/\b$own/$suite/g" "$file" >"$scratch/$name"
    done
    compgen -G "$scratch/*.sources" >/dev/null && return
    [[ -s /etc/apt/sources.list ]] || { echo "image: no sources of Debian in /etc/apt" >&2 && exit 1; }
    # The old format, in which a line is a source.
    awk -v own="$own" -v suite="$suite" '$1 == "deb" && $2 !~ /^\[/ && $3 ~ "^" own {
        sub("^" own, suite, $3); printf "Types: deb\nURIs: %s\nSuites: %s\nComponents:", $2, $3
        for (i = 4; i <= NF; i++) printf " %s", $i
        printf "\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n\n"
    }' /etc/apt/sources.list >"$scratch/debian.sources"
}
