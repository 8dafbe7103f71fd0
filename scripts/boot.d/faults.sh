# shellcheck shell=bash
# First boots of new machines that cannot go well, and what each says and does all the same. Each starts from a root file system of
# its own on adapters of its own.

fault_steps() {
    step "no properties at all: it says so, waits, and takes them up at the next boot" without_properties
    step "a range with the gateway in it: management and SSH all the same; corrected, it serves at the next boot" contradictory
    step "two adapters where three are needed: it says which is missing" adapter_missing
    step "the tool of guestinfo fails: told, and as no properties" tool_fails
    step "the tool of guestinfo does not answer: given up after 20 s, as no properties" tool_hangs
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
    local deadline=$((SECONDS + 60)) file=$scratch/guestinfo/appliance.status
    until [[ -s $file && $(jq -r .state "$file") == "$1" && $(<"$file") == *"$2"* ]]; do
        [[ $SECONDS -lt $deadline ]] || wrong "guestinfo.appliance.status is not $1 with \"$2\":" "$(cat "$file" 2>&1)"
        sleep 0.1
    done
    inside appliance appliance-net status --long >"$scratch/output" 2>&1 || true
    # Lines are as wide as a terminal.
    tr -s ' \n' '  ' <"$scratch/output" | grep --quiet --fixed-strings -- "$2" ||
        wrong "status does not say \"$2\":" "$(<"$scratch/output")"
    note "$1: $2"
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
    local said=("${notes[@]}")
    cp "$input" "$scratch/guestinfo/ovfEnv"
    restart_container
    wait_until_booted 120
    tells ready ''
    compare_network settings "$machine"
    notes=("${said[@]}" "then ready, with exactly the network of its properties")
}

without_properties() {
    new_machine
    start_container
    settle 300
    tells failed 'there are none'
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
}

tool_fails() {
    new_machine "$input"
    printf '#!/bin/sh\necho "Failed to get the host" >&2\nexit 1\n' >"$machine/usr/local/bin/vmware-rpctool"
    start_container
    settle 300
    expect_says 'Failed to get the host'
}

tool_hangs() {
    new_machine "$input"
    printf '#!/bin/sh\nexec sleep 1000\n' >"$machine/usr/local/bin/vmware-rpctool"
    start_container
    settle 300
    expect_says 'did not end within'
}

# expect_says TEXT: in the journal of first boot.
expect_says() {
    inside appliance journalctl --no-pager --boot --unit=appliance-firstboot >"$scratch/output"
    grep --quiet --fixed-strings -- "$1" "$scratch/output" || wrong "first boot does not say \"$1\":" "$(tail -20 "$scratch/output")"
    note "$(grep --max-count=1 --fixed-strings -- "$1" "$scratch/output" | cut -d: -f4- | cut -c1-160)"
}

disk_full() {
    no_machine
    # As large as it has to be.
    mkdir "$scratch/machine"
    mount -t tmpfs -o size=1g tmpfs "$scratch/machine"
    unpack_machine "$input"
    dd if=/dev/zero of="$machine/filler" bs=1M status=none 2>/dev/null || true
    start_container
    settle 300
    expect_says 'ENOSPC'
    rm "$machine/filler"
    corrected
    no_machine
}
