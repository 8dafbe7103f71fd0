# shellcheck shell=bash
# What boot-qemu does and looks at.

make_ready() {
    mkdir -p "$out" "$scratch/ova"
    tar --directory "$scratch/ova" --extract --file "$ova"
    vmdk=$(cd "$scratch/ova" && ls -- *.vmdk)
    (cd "$scratch/ova" && sed -n 's/^SHA256(\(.*\))= \(.*\)$/\2  \1/p' ./*.mf | sha256sum --check --quiet) || wrong "the manifest is wrong"
    "$here/lab" up "$choice" "$input" --no-firstboot >"$scratch/up.log" 2>&1 || wrong "$(<"$scratch/up.log")"
    # The machine takes the place of the lab's own.
    "$here/lab" crash
    make_ports
    (umask 077 && printf '#!/bin/sh\ncat %q\n' "$scratch/password" >"$scratch/askpass" && property appliance.root_pwd >"$scratch/password")
    chmod 700 "$scratch/askpass"
    passphrase=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
    with_properties "$scratch/properties.xml" "recovery.passphrase=$passphrase"
}

# with_properties FILE KEY=VALUE...: the example's, and these.
with_properties() {
    local file=$1 pair
    shift
    for pair in "$@"; do printf '<Property oe:key="%s" oe:value="%s"/>\n' "${pair%%=*}" "${pair#*=}"; done >"$scratch/more"
    sed "/<\/PropertySection>/{
        e cat '$scratch/more'
    }" "$input" >"$file"
}

first_machine() {
    local up
    put_on_disc "$scratch/properties.xml"
    new_disk first
    start_machine first bios
    wait_for_machine
    up=$(inside appliance cut '-d ' -f1 /proc/uptime)
    # When in the guest's time first boot began and ended, and how long before that QEMU was started.
    until_kernel=$((($(now_us) - started) - $(awk -v up="$up" 'BEGIN { printf "%d", up * 1e6 }')))
    first_began=$(inside appliance systemctl show appliance-firstboot --property=InactiveExitTimestampMonotonic --value)
    first_ended=$(inside appliance systemctl show appliance-net --property=ActiveEnterTimestampMonotonic --value)
    note "$((until_kernel / 1000000)) s to the kernel; first boot at $((first_began / 1000000)) s, network and guard at $((first_ended / 1000000)) s"
    [[ $(inside appliance sh -c 'command -v vmware-rpctool') == /usr/bin/vmware-rpctool ]] || wrong "no vmware-rpctool"
    [[ $(inside appliance sh -c 'cat /sys/class/net/*/device/uevent' | sed -n 's/^PCI_SLOT_NAME=//p' | sort | xargs) == \
        "0000:03:00.0 0000:0b:00.0 0000:13:00.0" ]] || wrong "the adapters are not where VMware has them"
    prepare_api
}

check_machine() {
    local kernel secret
    # Another witness than the appliance's own programs: `ip` inside.
    inside appliance cat /etc/vmware/workload-networks.cfg |
        install -D -m 644 /dev/stdin "$scratch/machine/etc/vmware/workload-networks.cfg"
    ask_ip
    compare_network settings "$scratch/machine"
    expect_exit 0 appliance-net plan
    expect_exit 0 openssl verify -CAfile /etc/haproxy/ca.crt /etc/haproxy/server.crt
    keys >"$scratch/host-keys"
    [[ $(wc -l <"$scratch/host-keys") -ge 3 ]] || wrong "SSH shows $(wc -l <"$scratch/host-keys") host keys"
    secret=$(property loadbalance.haproxy_pwd)
    ! inside appliance journalctl --no-pager --boot | grep --fixed-strings -- "$secret" || wrong "the API's password is in the journal"
    # Nobody upgrades it behind its admin's back (docs/image.md).
    [[ $(inside appliance sh -c 'systemctl is-enabled apt-daily.timer apt-daily-upgrade.timer || true' | sort -u) == disabled ]] ||
        wrong "apt's timers are not off"
    ! inside appliance dpkg-query --show unattended-upgrades 2>/dev/null || wrong "unattended-upgrades is there"
    kernel=$(inside appliance uname --kernel-release)
    note "Linux $kernel, $(inside appliance sh -c 'systemctl list-units --type=service --state=running --no-legend | wc -l') services"
    keep_journal first
}

# `ip` in the machine, for check-network.
ask_ip() {
    export CHECK_NETWORK_IP=$scratch/ip
    {
        echo '#!/usr/bin/env bash'
        declare -p here LAB_ID scratch
        declare -f inside setting
        echo 'inside appliance ip "$@"'
    } >"$CHECK_NETWORK_IP"
    chmod 755 "$CHECK_NETWORK_IP"
}

keys() { inside control ssh-keyscan -T 20 "$(setting '.appliance[0].address | split("/")[0]')" 2>/dev/null | sort; }

see_console() {
    local deadline=$((SECONDS + 120)) text=''
    # It is drawn every few seconds.
    until [[ $text == *ready* && $text == *"$(setting '.appliance[0].address')"* && $text == *Alt-F2* ]]; do
        [[ $SECONDS -lt $deadline ]] || wrong "the console shows:" "$text"
        sleep 1
        text=$(console_text)
    done
    # A line as wide as the screen, to its last character.
    grep --quiet '^-\{80\}$' <<<"$text" || wrong "the console cuts lines:" "$text"
    [[ $(inside appliance systemctl is-active getty@tty2.service) == active ]] || wrong "nobody asks for a login on the second console"
    screen console
    note "$out/console.png"
}

# What is on the first console, as the kernel has it.
console_text() { inside appliance cat /dev/vcs1 | fold -w 80 | sed 's/ *$//'; }

# said TEXT SECONDS: waits until that is on the serial line.
said() {
    local deadline=$((SECONDS + $2))
    until grep --quiet --text --fixed-strings -- "$1" "$serial" 2>/dev/null; do
        is_on || wrong "QEMU ended: $(<"$scratch/qemu.log")"
        [[ $SECONDS -lt $deadline ]] || wrong "the serial line does not say $1 within $2 s"
        sleep 0.05
    done
}

ask_service() { in_turn client "$vip1" 443 12 backend1 backend2 backend3; }

restart_from_efi() {
    local deadline=$((SECONDS + 300))
    inside appliance appliance-net backup --text >"$scratch/bundle" 2>"$scratch/output" || wrong "$(<"$scratch/output")"
    inside appliance systemctl reboot || true
    # QEMU ends where a machine would start anew.
    while is_on; do
        [[ $SECONDS -lt $deadline ]] || wrong "it does not go down within five minutes"
        sleep 0.2
    done
    start_machine second efi
    wait_for_machine
    inside appliance journalctl --boot --dmesg --no-pager >"$scratch/kernel"
    grep --quiet 'secureboot: Secure boot enabled' "$scratch/kernel" || wrong "Secure Boot is off"
    note "Secure Boot is on"
    check_same
}

# The same host keys, CA and services as before.
check_same() {
    keys | diff "$scratch/host-keys" - >"$scratch/difference" || wrong "SSH shows other host keys:" "$(<"$scratch/difference")"
    expect 200 GET info
    compare_network settings "$scratch/machine"
    ask_service
}

rebuild() {
    stop_appliance
    rm "$disk"
    new_disk rebuilt
    with_properties "$scratch/rebuild.xml" "recovery.passphrase=$passphrase" "appliance.recovery_bundle=$(<"$scratch/bundle")"
    put_in_guestinfo "$scratch/rebuild.xml"
    start_machine rebuilt bios
    wait_for_machine
    check_same
    check_guestinfo
    keep_journal rebuilt
}

# tells STATE TEXT: so does guestinfo.appliance.status.
tells() {
    local deadline=$((SECONDS + 120))
    status=''
    until [[ $(jq -r .state <<<"$status") == "$1" && $status == *"$2"* ]]; do
        [[ $SECONDS -lt $deadline ]] || wrong "guestinfo.appliance.status is not $1 with \"$2\":" "$status"
        sleep 1
        status=$(inside appliance cat /run/appliance-net/guestinfo/appliance.status) || true
    done
}

check_guestinfo() {
    local directory=/run/appliance-net/guestinfo
    tells ready ''
    inside appliance cat "$directory/dataplaneapi.cacert" | base64 --decode | cmp - "$scratch/ca.crt" || wrong "guestinfo has another CA"
    ! inside appliance grep --quiet --fixed-strings -- "$passphrase" "$directory/ovfEnv" || wrong "the passphrase is still in guestinfo"
    note "guestinfo.appliance.status is ready, without secrets in guestinfo.ovfEnv"
}

# First boot by a clock that nobody has set, in a machine whose adapters are not in the order of the properties; another wrong time; and
# the right one.
wrong_clocks() {
    local time said=()
    stop_appliance
    rm -f "$disk" "$scratch/known"
    new_disk clock
    put_in_guestinfo "$scratch/properties.xml"
    order=reverse
    for time in 1970-01-01 2099-01-01 ''; do
        start_machine "clock-${time:-right}" bios ${time:+-rtc "base=$time"}
        wait_for_machine
        if [[ -n $time ]]; then
            tells degraded 'which cannot be right'
            said+=("the host says $time: $(jq -r '.problems[] | select(contains("cannot be right"))' <<<"$status")")
            [[ $(console_text) == *'cannot be right'* ]] || wrong "the console does not say so:" "$(console_text)"
        else
            tells ready ''
        fi
        compare_network settings "$scratch/machine"
        prepare_api
        expect 200 GET info
        inside appliance openssl verify -attime "$(date +%s)" -CAfile /etc/haproxy/ca.crt /etc/haproxy/server.crt >"$scratch/output" 2>&1 ||
            wrong "$(<"$scratch/output")"
        [[ -z $time ]] || keep_journal "clock-$time"
    done
    order=.
    notes=("${said[@]}" "by the right time: ready")
}

# serves_after_cut NAME: the network, certificates and keys are whole, and the appliance takes a service and serves it.
serves_after_cut() {
    start_machine "$1-after" bios
    wait_for_machine
    compare_network settings "$scratch/machine"
    expect_exit 0 appliance-net plan
    expect_exit 0 openssl verify -CAfile /etc/haproxy/ca.crt /etc/haproxy/server.crt
    [[ $(keys | wc -l) -ge 3 ]] || wrong "SSH shows no three host keys"
    ! inside appliance test -e /boot/new-disk || wrong "the file system has no name of its own yet"
    prepare_api
    program_apiserver
    ask_service
    keep_journal "$1"
}

# start_and_cut NAME PROPERTIES MARK MICROSECONDS: a new machine, whose power is cut so long after its serial line says MARK.
start_and_cut() {
    stop_appliance
    rm -f "$disk" "$scratch/known"
    new_disk "$1"
    put_in_guestinfo "$2"
    start_machine "$1" bios
    said "$3" 600
    marked=$(now_us)
    sleep "$(awk -v moment="$4" 'BEGIN { printf "%.3f", moment / 1e6 }')"
    stop_appliance
}

# cut_first_boot NAME PROPERTIES SHARE: where that share of first boot is over, which begins by asking for the properties and ends by
# taking their secrets out. One that comes too late is tried again, sooner: how long first boot takes depends on what else this machine
# does.
cut_first_boot() {
    local attempt
    took=${took:-$((first_ended - first_began))}
    for attempt in 1 2 3 4; do
        moment=$(awk -v took="$took" -v share="$3" 'BEGIN { printf "%d", took * share }')
        start_and_cut "$1" "$2" '<info-get guestinfo.ovfEnv>' "$moment"
        grep --quiet --text '<info-set guestinfo.ovfEnv ' "$serial" || break
        [[ $attempt -lt 4 ]] || wrong "first boot had ended at each of four cuts"
        took=$((($(now_us) - marked) * 2 / 3))
    done
}

# At one of so many moments of first boot.
cut_power() {
    local moment
    cut_first_boot "cut$cut" "$scratch/properties.xml" \
        "$(awk -v cut="$cut" -v cuts="$cuts" 'BEGIN { print (2 * cut + 1) / (2 * cuts) }')"
    serves_after_cut "cut$cut"
    notes=("cut $((moment / 1000)) ms after first boot began; then a service was programmed, and answered" "${notes[@]}")
}

# Beside first boot: while the file system gets a name of its own, and while SSH's host keys are made, which begins when first boot has
# taken its secrets out, and takes some seconds here.
cut_beside() {
    start_and_cut cut-disk "$scratch/properties.xml" '<disk begins>' 500000
    serves_after_cut cut-disk
    start_and_cut cut-keys "$scratch/properties.xml" '<info-set guestinfo.ovfEnv ' 1500000
    serves_after_cut cut-keys
    start_and_cut cut-keys-made "$scratch/properties.xml" '<info-set guestinfo.ovfEnv ' 6000000
    serves_after_cut cut-keys-made
    notes=("cut while the file system was named, and twice after first boot, while host keys were made; each served after it")
}

# In the middle of first boot of a machine that becomes another one: the next boot finishes that.
cut_rebuild() {
    local moment
    cut_first_boot cut-rebuild "$scratch/rebuild.xml" 0.5
    start_machine cut-rebuild-after bios
    wait_for_machine
    check_same
    check_guestinfo
    keep_journal cut-rebuild
    notes=("cut $((moment / 1000)) ms after first boot began; then the same keys, CA and services")
}
