# shellcheck shell=bash
# The appliance as a virtual machine: disk, adapters, QEMU, commands inside by SSH.

machine= monitor='' serial='' started=0 arguments=()

inside() {
    if [[ $1 == appliance ]]; then
        shift
        # The other side is a shell.
        "$here/lab" exec control env "SSH_ASKPASS=$scratch/askpass" SSH_ASKPASS_REQUIRE=force \
            ssh -F none -o StrictHostKeyChecking=accept-new -o "UserKnownHostsFile=$scratch/known" -o LogLevel=ERROR \
            -o "ControlPath=$scratch/ssh" -o ControlMaster=auto -o ControlPersist=yes \
            -o ConnectTimeout=20 -o ServerAliveInterval=20 \
            "root@$(setting '.appliance[0].address | split("/")[0]')" "$(printf '%q ' "$@")"
    else
        "$here/lab" exec "$@"
    fi
}

# Bridges, and a port of each for the machine.
make_ports() {
    local role
    while read -r role; do
        ip -netns "$LAB_ID-switch" tuntap add "$role.vm" mode tap
        ip -netns "$LAB_ID-switch" link set "$role.vm" master "$role" up
    done < <(setting '.appliance[].role')
}

# new_disk NAME: the OVA's, on which nothing was written yet.
new_disk() {
    disk=$scratch/$1.qcow2
    qemu-img create -q -f qcow2 -b "$scratch/ova/$vmdk" -F vmdk "$disk"
}

# put_on_disc PROPERTIES: as the ISO transport brings them.
put_on_disc() {
    mkdir -p "$scratch/disc"
    cp "$1" "$scratch/disc/ovf-env.xml"
    rm -f "$scratch/disc.iso"
    xorriso -as mkisofs -quiet -V 'OVF ENV' -J -R -o "$scratch/disc.iso" "$scratch/disc" 2>"$scratch/xorriso" ||
        wrong "$(<"$scratch/xorriso")"
    transport=(-drive "if=none,id=disc,media=cdrom,readonly=on,file=$scratch/disc.iso" -device ide-cd,bus=ide.0,drive=disc)
}

# put_in_guestinfo PROPERTIES: a stand-in for VMware's tool, which systemd finds in the firmware's tables. Guestinfo that the machine
# sets is gone when it goes off, as VMware's.
put_in_guestinfo() {
    local tool
    # What it is asked is on the serial line: by that the host knows how far first boot is.
    tool=$(sed -e 's|/guestinfo/|/run/appliance-net/guestinfo/|' \
        -e '1a printf "\\n<%.40s>\\n" "$1" >/dev/ttyS0' "$here/boot.d/vmware-rpctool" | base64 --wrap=0)
    {
        echo 'd /run/appliance-net/guestinfo 0700 root root'
        echo "f+~ /run/appliance-net/guestinfo/ovfEnv 0600 root root - $(base64 --wrap=0 "$1")"
        echo "f+~ /usr/local/bin/vmware-rpctool 0755 root root - $tool"
    } | base64 --wrap=0 >"$scratch/encoded"
    printf 'io.systemd.credential.binary:tmpfiles.extra=%s' "$(<"$scratch/encoded")" >"$scratch/smbios"
    transport=(-smbios "type=11,path=$scratch/smbios")
    mark_unit disk
}

# mark_unit NAME: when appliance-NAME begins, and when it has ended, is on the serial line too; systemd takes an addition to a unit out of
# the firmware's tables. As root, whatever the unit may not.
mark_unit() {
    local encoded
    encoded=$(printf '[Service]\n%s\n%s\n' "ExecStartPre=+/bin/sh -c 'echo \"<$1 begins>\" >/dev/ttyS0'" \
        "ExecStartPost=+/bin/sh -c 'echo \"<$1 done>\" >/dev/ttyS0'" | base64 --wrap=0)
    printf 'io.systemd.credential.binary:systemd.unit-dropin.appliance-%s.service=%s' "$1" "$encoded" >"$scratch/smbios-$1"
    transport+=(-smbios "type=11,path=$scratch/smbios-$1")
}

# Of the adapters in VMware's slots, by jq: `.` as the properties have them, or `reverse`.
order=.

# start_machine NAME bios|efi [OPTION...]: with $disk and $transport. NAME is that of its serial line's log.
start_machine() {
    local firmware=$2 more=("${@:3}")
    stop_appliance
    monitor=$scratch/monitor serial=$out/$1.serial
    rm -f "$monitor" "$serial" "$scratch/ssh"
    arguments=(-name "$1" -cpu max -smp 2 -m 1536 -display none -vga none -device VGA,addr=0f.0 -no-reboot
        -serial "file:$serial" -qmp "unix:$monitor,server=on,wait=off" -drive "if=none,id=disk,file=$disk,format=qcow2"
        -smbios 'type=1,manufacturer=VMware,, Inc.,product=VMware20,,1' -smbios 'type=2,manufacturer=Intel Corporation'
        "${transport[@]}" "${more[@]}")
    pci_layout
    if [[ $firmware == efi ]]; then
        # QEMU's EFI cannot start from VMware's controller.
        cp "$ovmf/OVMF_VARS_4M.ms.fd" "$scratch/variables"
        arguments+=(-machine q35,smm=on -global driver=cfi.pflash01,property=secure,value=on
            -drive "if=pflash,format=raw,readonly=on,file=$ovmf/OVMF_CODE_4M.secboot.fd"
            -drive "if=pflash,format=raw,file=$scratch/variables" -device virtio-scsi-pci,id=scsi,addr=10.0)
    else
        arguments+=(-machine q35 -device pvscsi,id=scsi,addr=10.0)
    fi
    arguments+=(-device scsi-hd,bus=scsi.0,drive=disk,bootindex=1)
    launch
}

launch() {
    started=$(now_us)
    APPLIANCE_NET_LAB=$LAB_ID nsenter --net="/run/netns/$LAB_ID-switch" \
        qemu-system-x86_64 "${arguments[@]}" </dev/null >"$scratch/qemu.log" 2>&1 &
    machine=$!
}

ovmf=/usr/share/OVMF

# VMware's: slots 160, 192 and 224 are 0000:03:00.0, 0000:0b:00.0 and 0000:13:00.0. Buses are numbered in the order of the ports, so all
# of those between have to be there.
pci_layout() {
    local slot function port=0 index=0 role mac buses=(port15.0 port16.0 port17.0)
    for slot in 01 11 15 16 17; do
        for function in 0 1 2 3 4 5 6 7; do
            [[ $function == 0 || $slot == 15 || $slot == 16 ]] || continue
            port=$((port + 1))
            arguments+=(-device "pcie-root-port,id=port$slot.$function,bus=pcie.0,addr=$slot.$function,chassis=$port,slot=$port,multifunction=on,io-reserve=0,mem-reserve=1M")
        done
    done
    while read -r role mac; do
        arguments+=(-netdev "tap,id=$role,ifname=$role.vm,script=no,downscript=no"
            -device "vmxnet3,netdev=$role,mac=$mac,bus=${buses[index]}")
        index=$((index + 1))
    done < <(setting ".appliance | $order | .[] | \"\\(.role) \\(.mac)\"")
}

# As a power cut.
stop_appliance() {
    [[ -n $machine ]] || return 0
    kill -KILL "$machine" 2>/dev/null || true
    wait "$machine" 2>/dev/null || true
    machine=
    # The connection to what is no more.
    ssh -F none -o "ControlPath=$scratch/ssh" -O exit appliance 2>/dev/null || true
}

# Linux counts interrupts of an emulated timer that may be late where this machine is busy, and gives up. It does so before it looks
# at any disk; where it finds VMware's hypervisor it does not count.
is_on() {
    if grep --quiet --text 'IO-APIC + timer' "$serial" 2>/dev/null; then
        note "the emulated timer was late: started again"
        stop_appliance
        rm -f "$monitor" "$serial"
        launch
    fi
    kill -0 "$machine" 2>/dev/null
}

# Until systemd has started everything, or given up on it.
wait_for_machine() {
    local deadline=$((SECONDS + 900))
    until inside appliance true 2>"$scratch/ssh.log"; do
        is_on || wrong "QEMU ended: $(<"$scratch/qemu.log")"
        [[ $SECONDS -lt $deadline ]] || wrong "no SSH after 15 minutes: $(<"$scratch/ssh.log")"
        sleep 1
    done
    wait_until_booted $((deadline - SECONDS))
    note "$(inside appliance systemd-analyze time --no-pager | head -1)"
}

# screen NAME: a picture of it.
screen() { "$python" "$here/boot.d/qmp" "$monitor" screendump "filename=$out/$1.png" format=png >/dev/null; }

show_logs() {
    if [[ -n $machine ]] && is_on; then
        screen failed || true
        keep_journal failed || true
        tail -n 80 "$out/failed.journal" 2>/dev/null || true
    fi
    tail -n 20 "$serial" "$scratch/qemu.log" 2>/dev/null || true
}

keep_journal() { inside appliance journalctl --no-pager --boot --output=short-monotonic >"$out/$1.journal" 2>/dev/null; }
