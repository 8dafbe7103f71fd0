# shellcheck shell=bash
# The parts of the OVA, which lie in a directory of their own until all of them are right.

# Bytes.
largest_ova=200000000 largest_own=120000000

say() { printf 'ova: %s\n' "$*" >&2; }

# part NAME COMMAND...: with its duration.
part() {
    local title=$1 began=$SECONDS
    shift
    "$@"
    say "$title: $((SECONDS - began)) s"
}

# make_all DIRECTORY
make_all() {
    place=$1
    mkdir "$place"
    part "root file system" scripts/image machine "$debs" "$place/root.tar"
    part "disk" scripts/image disk "$place/root.tar" "$place/disk.raw"
    part "VMDK" make_vmdk
    part "descriptor, manifest, OVA" make_ova
    part "bill of materials" make_bill
    part "checks" check_ova
}

# compare ONCE AGAIN: all parts, byte by byte; each with its SHA-256.
compare() {
    local file different=
    for file in root.tar disk.raw "$name-disk1.vmdk" "$name.ovf" "$name.mf" "$name.ova" "$name.cdx.json"; do
        if cmp "$1/$file" "$2/$file" >&2; then
            say "the same twice: $(sha256sum "$1/$file" | cut -c1-16)… $file"
        else
            different=yes
        fi
    done
    [[ -z $different ]] || exit 1
}

make_vmdk() {
    local vmdk=$place/$name-disk1.vmdk raw=$place/disk.raw
    # Its name is written into it, and an identifier drawn by lot, by which a snapshot knows its parent: nobody refers to this one.
    (cd "$place" && qemu-img convert -O vmdk -o subformat=streamOptimized,adapter_type=lsilogic,compat6=off disk.raw "${vmdk##*/}")
    offset=$(grep --byte-offset --only-matching --text --max-count=1 'CID=[0-9a-f]\{8\}' "$vmdk" | head -1 | cut -d: -f1)
    sha256sum "$place/root.tar" | cut -c1-8 | tr -d '\n' |
        dd of="$vmdk" bs=1 seek=$((offset + 4)) conv=notrunc status=none
    qemu-img check -q "$vmdk"
    # What of the disk is not empty: what an importer has to have room for.
    populated=$(used "$raw")
}

# The bytes in use on the root file system of a disk.
used() {
    # shellcheck source=../image.d/disk.sh
    (source scripts/image.d/disk.sh && dumpe2fs -h "$1?offset=$((root_start * mebibyte))" 2>/dev/null) |
        awk -F: '/^Block count/ { all = $2 } /^Free blocks/ { free = $2 } /^Block size/ { size = $2 }
            END { printf "%d", (all - free) * size }'
}

make_ova() {
    local vmdk=$name-disk1.vmdk file
    sed -e "s|@DISK@|$vmdk|g; s|@DISK_SIZE@|$(stat --format=%s "$place/$vmdk")|g" \
        -e "s|@POPULATED@|$populated|g; s|@VERSION@|$version|g" ovf/appliance.ovf >"$place/$name.ovf"
    ! grep -n '@[A-Z_]*@' "$place/$name.ovf" >&2 || { say "the descriptor has a blank left" && exit 1; }
    for file in "$name.ovf" "$vmdk"; do
        printf 'SHA256(%s)= %s\n' "$file" "$(sha256sum "$place/$file" | cut -d' ' -f1)"
    done >"$place/$name.mf"
    # The descriptor comes first, so that whoever reads a stream knows what follows.
    tar --directory "$place" --create --file "$place/$name.ova" --format=ustar --owner=0 --group=0 --numeric-owner \
        --mode=0644 --mtime="@$SOURCE_DATE_EPOCH" "$name.ovf" "$name.mf" "$vmdk"
}

make_bill() {
    mkdir "$place/dpkg" "$place/programs"
    tar --directory "$place/dpkg" --extract --file "$place/root.tar" --strip-components=4 ./var/lib/dpkg/status
    tar --directory "$place/programs" --extract --file "$place/root.tar" --strip-components=3 \
        ./usr/bin/appliance-{dataplaned,net,proxyd}
    mkdir "$place/doc"
    tar --directory "$place/doc" --extract --file "$place/root.tar" --strip-components=4 --wildcards './usr/share/doc/*'
    python3 scripts/ova.d/bill.py "$name" "$version" "$SOURCE_DATE_EPOCH" "$place/dpkg/status" \
        Package.resolved .build/checkouts "$place/programs" "$place/doc" >"$place/$name.cdx.json"
}

check_ova() {
    local ova=$place/$name.ova size
    size=$(stat --format=%s "$ova")
    ((size < largest_ova)) || { say "the OVA has $size bytes, more than $largest_ova" && exit 1; }
    size=$(awk '/^Package: appliance-/ { own = 1 } /^$/ { own = 0 } own && /^Installed-Size:/ { sum += $2 }
        END { printf "%d", sum * 1024 }' "$place/dpkg/status")
    ((size < largest_own)) || { say "our packages have $size bytes, more than $largest_own" && exit 1; }
    say "our packages: $((size / 1000000)) MB of $((populated / 1000000)) MB on the disk"
    # The program that is inside has the last word.
    "$place/programs/appliance-net" ovf check "$ova" >"$place/check" 2>&1 || { cat "$place/check" >&2 && exit 1; }
    # Another reader of OVAs, which compares the sums of the manifest too.
    virt-v2v -i ova "$ova" --print-source >"$place/source" 2>&1 || { cat "$place/source" >&2 && exit 1; }
    if grep -i warning "$place/source" >&2; then exit 1; fi
}
