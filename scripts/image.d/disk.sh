# shellcheck shell=bash
# The disk: GPT with room for GRUB's second stage, a partition for EFI, the root file system. No loop device, no mount: what is to be
# in a file system is written into it by the program that makes it.

mebibyte=1048576
# In MiB. The disk is what ovf/appliance.ovf says; parts of it that nothing was written to take no room anywhere.
disk_size=20480 boot_start=1 esp_start=2 esp_size=64 root_start=66 root_size=20413

make_disk() {
    local tar=$1 out=$2 tree=$scratch/tree seed
    # Names that are the same for the same content.
    seed=$(sha256sum "$tar" | cut -d' ' -f1)
    root_uuid=$(identifier root) esp_id=$(identifier esp | cut -c1-8)
    mkdir "$tree"
    tar --directory "$tree" --xattrs --xattrs-include='*' --extract --preserve-permissions --file "$tar"
    rm -f "$out"
    truncate --size "${disk_size}M" "$out"
    partition
    install_grub
    make_esp
    make_root_file_system
}

identifier() { uuidgen --sha1 --namespace @oid --name "$seed $1"; }

partition() {
    sfdisk --quiet --no-reread --no-tell-kernel "$out" <<TEXT
label: gpt
label-id: $(identifier disk)
unit: sectors
start=${boot_start}MiB, size=1MiB, type=21686148-6449-6E6F-744E-656564454649, uuid=$(identifier boot-part), name=boot
start=${esp_start}MiB, size=${esp_size}MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, uuid=$(identifier esp-part), name=efi
start=${root_start}MiB, size=${root_size}MiB, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, uuid=$(identifier root-part), name=root
TEXT
}

# What grub-bios-setup does, for which it wants a device: the first stage is told where the second is, and the second where the rest of
# itself is.
install_grub() {
    local modules=(biosdisk part_gpt ext2 normal configfile linux probe test echo minicmd ls cat reboot halt)
    grub-mkimage --format=i386-pc --prefix='(,gpt3)/boot/grub' --output="$scratch/core.img" "${modules[@]}"
    [[ $(stat --format=%s "$scratch/core.img") -le $mebibyte ]] || { echo "image: GRUB is too large" >&2 && exit 1; }
    local sector=$((boot_start * mebibyte / 512)) boot=$scratch/boot.img
    cp /usr/lib/grub/i386-pc/boot.img "$boot"
    little_endian "$sector" | write_at "$boot" 92
    # As on every hard disk: the BIOS says rightly which drive it is.
    printf '\x90\x90' | write_at "$boot" 102
    little_endian $((sector + 1)) | write_at "$scratch/core.img" 500
    # Behind it is what is left of the old partition table.
    head --bytes=440 "$boot" | write_at "$out" 0
    write_at "$out" $((boot_start * mebibyte)) <"$scratch/core.img"
}

# A number as eight bytes, the lowest first.
little_endian() {
    local number=$1 index
    for index in 0 1 2 3 4 5 6 7; do
        # shellcheck disable=SC2059
        printf "\\x$(printf '%02x' $((number >> (8 * index) & 255)))"
    done
}

# write_at FILE OFFSET: standard input into the file.
write_at() { dd of="$1" bs=64K seek="$2" oflag=seek_bytes conv=notrunc status=none; }

# Debian's signed shim and GRUB, which reads this file beside the name that it was signed with.
make_esp() {
    local esp=$scratch/esp.fat directory=$scratch/esp
    mkdir -p "$directory"/EFI/{BOOT,debian}
    cp /usr/lib/shim/shimx64.efi.signed "$directory/EFI/BOOT/BOOTX64.EFI"
    cp /usr/lib/shim/mmx64.efi.signed "$directory/EFI/BOOT/mmx64.efi"
    cp /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed "$directory/EFI/BOOT/grubx64.efi"
    # The root is on the disk that this comes from, whatever others there are.
    cat >"$directory/EFI/debian/grub.cfg" <<'TEXT'
regexp --set=1:disk '^\(?(hd[0-9]+)' "$cmdpath"
set root="$disk,gpt3"
set prefix="($root)/boot/grub"
configfile "$prefix/grub.cfg"
TEXT
    find "$directory" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    truncate --size "${esp_size}M" "$esp"
    mkfs.vfat -F 32 -s 1 -n EFI -i "$esp_id" --invariant "$esp" >/dev/null
    mcopy -s -m -Q -i "$esp" "$directory/EFI" ::
    write_at "$out" $((esp_start * mebibyte)) <"$esp"
}

make_root_file_system() {
    local offset=$((root_start * mebibyte)) inode last
    export E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH
    # The checksums' seed of its own lets the file system be given another name while it is mounted.
    mke2fs -q -F -t ext4 -O metadata_csum,metadata_csum_seed -e remount-ro -m 1 -L appliance -U "$root_uuid" \
        -E "offset=$offset,hash_seed=$(identifier hash),lazy_itable_init=1,lazy_journal_init=1,nodiscard" \
        -d "$tree" "$out" "${root_size}M"
    # When a file was unpacked here is in it too.
    last=$(dumpe2fs -h "$out?offset=$offset" 2>/dev/null |
        awk -F: '/^Inode count/ { all = $2 } /^Free inodes/ { free = $2 } END { print all - free }')
    for inode in 2 $(seq 11 "$last"); do
        printf "sif <$inode> %s @$SOURCE_DATE_EPOCH\n" ctime atime
    done >"$scratch/times"
    debugfs -w -f "$scratch/times" "$out?offset=$offset" >/dev/null 2>"$scratch/debugfs"
    ! grep -v '^debugfs ' "$scratch/debugfs" >&2 || exit 1
}
