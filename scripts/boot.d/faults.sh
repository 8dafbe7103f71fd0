# shellcheck shell=bash
# First boots of new machines that cannot go well, and what each says and does all the same. Each starts from a root file system of
# its own on adapters of its own.

fault_steps() {
    step "no properties at all: it says so, waits, and takes them up at the next boot" without_properties
    step "a range with the gateway in it: management and SSH all the same; corrected, it serves at the next boot" contradictory
    step "two adapters in properties for three: it says which is missing; with the third it serves at the next boot" adapter_missing
    step "an adapter of the properties is not in the machine: told, and all else works; with it, it serves at the next boot" adapter_gone
    step "adapters of other names, and in another order, than the properties': all the same" adapters_in_another_order
    step "two adapters in each other's networks: their gateways are told; corrected, it serves at the next boot" adapters_exchanged
    step "a disc with something else, then one of garbage: told; right properties are taken up at the next boot" disc_of_garbage
    step "the tool of guestinfo fails: told; once it answers, the next boot finishes" tool_fails
    step "the tool of guestinfo does not answer: given up, and told; once it does, the next boot finishes" tool_hangs
    step "the disk is full: it says so; with room again, the next boot finishes" disk_full
}

# new_machine [PROPERTIES]: not started.
new_machine() {
    no_machine
    unpack_machine "$@"
}

no_machine() {
    stop_appliance
    ! mountpoint --quiet "$scratch/machine" || umount "$scratch/machine"
    rm -rf "$scratch/machine" "$scratch/guestinfo"
}

unpack_machine() {
    "$here/lab" replace "$choice" "$input" --no-firstboot >"$scratch/up.log" 2>&1 || wrong "$(<"$scratch/up.log")"
    unpack_root "$archive"
    [[ ${#flavour[@]} -eq 0 ]] || bring_runtime
    [[ -z ${1:-} ]] || cp "$1" "$scratch/guestinfo/ovfEnv"
}

# changed SED FILE: the example's properties, edited.
changed() { sed "$1" "$input" >"$2"; }

# tells STATE TEXT: so do guestinfo.appliance.status and `appliance-net status`.
tells() {
    told "$1" "$2"
    shows "$2"
}

# told STATE TEXT: so does guestinfo.appliance.status.
told() {
    local deadline=$((SECONDS + 60)) file=$scratch/guestinfo/appliance.status
    until [[ -s $file && $(jq -r .state "$file") == "$1" && $(<"$file") == *"$2"* ]]; do
        [[ $SECONDS -lt $deadline ]] || wrong "guestinfo.appliance.status is not $1 with \"$2\":" "$(cat "$file" 2>&1)"
        sleep 0.1
    done
    note "$1: $2"
}

# shows TEXT: so does `appliance-net status`, which has what the console shows.
shows() {
    inside appliance appliance-net status --long >"$scratch/output" 2>&1 || true
    # Lines are as wide as a terminal.
    tr -s ' \n' '  ' <"$scratch/output" | grep --quiet --fixed-strings -- "$1" ||
        wrong "status does not say \"$1\":" "$(<"$scratch/output")"
}

# SSH answers on management.
reachable() {
    local count
    count=$(inside control ssh-keyscan -T 10 "$(setting '.appliance[0].address | split("/")[0]')" 2>/dev/null | wc -l)
    [[ $count -ge 3 ]] || wrong "SSH shows $count host keys on management"
    note "SSH answers on management"
}

# Corrected, or at last there: as vCenter gives them, at the next boot.
corrected() {
    cp "$input" "$scratch/guestinfo/ovfEnv"
    restart_container
    becomes_right
}

# Once it has started.
becomes_right() {
    local said=("${notes[@]}")
    wait_until_booted 300
    tells ready ''
    compare_network settings "$machine"
    notes=("${said[@]}" "then ready, with exactly the network of its properties")
}

without_properties() {
    new_machine
    start_container
    settle 300
    tells failed 'the machine has no vApp properties'
    shows 'Configure, vApp Options'
    corrected
}

contradictory() {
    changed 's|10\.13\.200\.32/27|10.13.200.0/27|' "$scratch/wrong.xml"
    new_machine "$scratch/wrong.xml"
    start_container
    settle 300
    tells failed 'service_ip_range'
    reachable
    corrected
}

adapter_missing() {
    changed '/unitNumber="9"/d' "$scratch/wrong.xml"
    new_machine "$scratch/wrong.xml"
    start_container
    settle 300
    tells failed 'needs the third'
    reachable
    corrected
}

adapter_gone() {
    local mac name
    new_machine "$input"
    mac=$(setting '.appliance[] | select(.role == "frontend") | .mac')
    name=$(adapter "$mac")
    ip -netns "$LAB_ID-appliance" link delete "$name"
    start_container
    settle 300
    tells failed "no link has the MAC address $mac"
    reachable
    # Switched off; another into the slot.
    stop_appliance
    "$here/lab" replace "$choice" "$input" --no-firstboot >"$scratch/up.log" 2>&1 || wrong "$(<"$scratch/up.log")"
    start_container
    becomes_right
}

# adapter MAC: what the kernel calls it.
adapter() { ip -netns "$LAB_ID-appliance" -json link | jq -r --arg mac "$1" '.[] | select(.address == $mac) | .ifname'; }

adapters_in_another_order() {
    local first last
    # The lines of the first and the last change places, and so do their names in the machine.
    changed '/unitNumber="7"/{h;d};/unitNumber="9"/G' "$scratch/reordered.xml"
    new_machine "$scratch/reordered.xml"
    first=$(adapter "$(setting '.appliance[0].mac')")
    last=$(adapter "$(setting '.appliance[-1].mac')")
    ip -netns "$LAB_ID-appliance" -batch - <<TEXT
link set $first name first
link set $last name $first
link set first name $last
TEXT
    start_container
    becomes_right
    reachable
}

adapters_exchanged() {
    local first second
    first=$(setting '.appliance[0].mac') second=$(setting '.appliance[1].mac')
    changed "s/$first/other/; s/$second/$first/; s/other/$second/" "$scratch/wrong.xml"
    new_machine "$scratch/wrong.xml"
    # The lab's gateways are one machine, and Linux answers for its addresses on every link.
    inside gateway sh -c 'echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore'
    start_container
    settle 300
    told degraded 'no answer to ARP on management (see whether management is in the right network'
    told degraded 'no answer to ARP on workload'
    corrected
}

disc_of_garbage() {
    disc=$scratch/disc
    head --bytes=100000 /dev/urandom >"$disc"
    new_machine
    start_container
    settle 300
    tells failed 'the disc in /dev/sr0 has no properties: no ISO 9660 file system is on it'
    mkdir "$scratch/tree"
    { echo '<Environment>' && head --bytes=5000 /dev/urandom; } >"$scratch/tree/ovf-env.xml"
    rm "$disc"
    xorriso -as mkisofs -quiet -J -R -o "$disc" "$scratch/tree" 2>"$scratch/xorriso" || wrong "$(<"$scratch/xorriso")"
    restart_container
    settle 300
    tells failed '/dev/sr0:ovf-env.xml'
    corrected
    disc=
}

tool_fails() {
    new_machine "$input"
    printf '#!/bin/sh\necho "Failed to get the host" >&2\nexit 1\n' >"$machine/usr/local/bin/vmware-rpctool"
    start_container
    settle 300
    expect_says 'Failed to get the host'
    shows 'Failed to get the host'
    tool_answers
}

tool_hangs() {
    new_machine "$input"
    printf '#!/bin/sh\nexec sleep 1000\n' >"$machine/usr/local/bin/vmware-rpctool"
    start_container
    settle 300
    expect_says 'did not end within'
    shows 'did not end within'
    tool_answers
}

tool_answers() {
    install -m 755 "$here/boot.d/vmware-rpctool" "$machine/usr/local/bin/vmware-rpctool"
    corrected
}

# expect_says TEXT: in the journal of first boot.
expect_says() {
    inside appliance journalctl --no-pager --boot --unit=appliance-firstboot >"$scratch/output"
    grep --quiet --fixed-strings -- "$1" "$scratch/output" || wrong "first boot does not say \"$1\":" "$(tail -20 "$scratch/output")"
    note "$(grep --max-count=1 --fixed-strings -- "$1" "$scratch/output" | cut -d: -f4- | cut -c1-160)"
}

# Down to the last page.
fill() {
    dd if=/dev/zero of="$machine/filler" bs=1M status=none 2>/dev/null || true
    dd if=/dev/zero of="$machine/filler" bs=4k oflag=append conv=notrunc status=none 2>/dev/null || true
}

# What to do is on the console and told to the host.
full_disk_told() {
    tells failed 'the disk is full: free space'
    tells failed 'or enlarge it, then systemctl restart appliance-firstboot'
}

disk_full() {
    no_machine
    # As large as it has to be.
    mkdir "$scratch/machine"
    mount -t tmpfs -o size=1g tmpfs "$scratch/machine"
    unpack_machine "$input"
    fill
    start_container
    settle 300
    tells failed 'ENOSPC'
    full_disk_told
    rm "$machine/filler"
    corrected
    # One that has been configured, and is to take other properties.
    fill
    changed 's/haproxy\.local/lb-2.example.com/' "$scratch/guestinfo/ovfEnv"
    restart_container
    settle 300
    tells failed 'ENOSPC'
    full_disk_told
    reachable
    rm "$machine/filler"
    corrected
    no_machine
}
