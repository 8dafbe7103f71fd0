# shellcheck shell=bash
# What a program within the sandbox of a service can and cannot reach.

confined() {
    local line
    # The API is root: whoever obeys root must be out of its reach. It has its own files, the proxy and the network's service.
    reaches appliance-dataplane "reached /run/appliance-net/control.sock
reached /run/haproxy-master.sock
wrote /etc/haproxy
wrote /etc/vmware"
    # The proxy's master writes where root may; what others would take for theirs is not there.
    reaches appliance-proxy "reached /run/haproxy-master.sock
wrote /run
wrote /var/lib/haproxy"
    # Otherwise nothing above says anything.
    tries >"$machine/confined.sh"
    inside appliance sh /confined.sh >"$scratch/confined" 2>/dev/null
    rm "$machine/confined.sh"
    for line in 'reached /run/systemd/private' 'wrote /run/systemd/system' 'read /var/lib/appliance-net/pki' 'started a unit'; do
        grep --quiet "$line" "$scratch/confined" || wrong "root itself reaches only:" "$(<"$scratch/confined")"
    done
    note "neither reaches systemd, D-Bus, the CA's key, or a directory that root's programs read"
}

# A script that tells what it reaches.
tries() {
    cat <<'SH'
for socket in /run/appliance-net/control.sock /run/dbus/system_bus_socket /run/haproxy-master.sock /run/systemd/private; do
    curl --silent --max-time 1 --unix-socket $socket http://x/ >/dev/null 2>&1
    [ $? -eq 7 ] || echo "reached $socket"
done
for directory in /etc /etc/haproxy /etc/ssh /etc/systemd/system /etc/vmware /run /run/appliance-net /run/initramfs /run/modprobe.d \
    /run/systemd/system /run/tmpfiles.d /run/udev/rules.d /usr/bin /var/lib/appliance-net /var/lib/appliance-net/pki \
    /var/lib/appliance-net/restore /var/lib/haproxy; do
    mkdir $directory 2>/dev/null && made=yes || made=
    if (: >$directory/confined-test) 2>/dev/null; then
        echo "wrote $directory"
        rm -f $directory/confined-test
    fi
    [ -z "$made" ] || rmdir $directory
done
for directory in /etc/ssh /var/lib/appliance-net/pki /var/lib/appliance-net/recovery; do
    [ -z "$(cat $directory/* 2>/dev/null)" ] || echo "read $directory"
done
! systemd-run --quiet --wait true 2>/dev/null || echo "started a unit"
echo done
SH
}

# reaches UNIT LINES: a program that is started as UNIT's (user, file systems, capabilities, system calls) reaches exactly these.
reaches() {
    tries >"$machine/confined.sh"
    sed -e '/^Exec/d; /^Type=/d; /^WatchdogSec=/d; /^Restart/d; /^StateDirectory=/d; /^\[Install\]/,$d' \
        -e 's,^\[Service\]$,&\nType=oneshot\nExecStart=/bin/sh /confined.sh\nStandardOutput=truncate:/confined.out,' \
        "$machine/usr/lib/systemd/system/$1.service" >"$machine/etc/systemd/system/confined.service"
    inside appliance systemctl daemon-reload
    inside appliance systemctl start confined.service || wrong "no program starts as that of $1:" "$(unit_log confined)"
    rm "$machine/etc/systemd/system/confined.service" "$machine/confined.sh"
    inside appliance systemctl daemon-reload
    diff <(printf '%s\ndone\n' "$2") "$machine/confined.out" >"$scratch/difference" ||
        wrong "$1 reaches other things (>) than it should (<):" "$(<"$scratch/difference")"
    rm "$machine/confined.out"
}

# The ranges of virtual addresses, by the API as its unit confines it.
change_ranges() {
    expect 201 POST appliance/vip_ranges '{"range": "10.13.200.240/29"}'
    [[ -n $(inside appliance ip route show table local 10.13.200.240/29) ]] || wrong "the range is not in effect"
    expect 204 DELETE appliance/vip_ranges/10.13.200.240%2F29
    compare_network settings "$machine"
}

# sshd without the address that it listens on ends; once the address is there it listens.
late_adapter() {
    local management deadline=$((SECONDS + 60)) count=0
    management=$(setting '.appliance[0].address')
    inside appliance systemctl stop appliance-net.service
    inside appliance ip address delete "$management" dev management
    inside appliance systemctl restart ssh.service >/dev/null 2>&1 || true
    until [[ $(inside appliance systemctl show ssh.service --property=ExecMainStatus --value) == 255 ]]; do
        [[ $SECONDS -lt $deadline ]] || wrong "sshd does not want its address"
        sleep 0.1
    done
    inside appliance systemctl start appliance-net.service
    until [[ $count -ge 3 ]]; do
        [[ $SECONDS -lt $deadline ]] || wrong "SSH does not come back:" "$(unit_log ssh)"
        sleep 0.2
        count=$({ inside control ssh-keyscan -T 2 "${management%/*}" 2>/dev/null || true; } | wc -l)
    done
    compare_network settings "$machine"
    wait_until_booted 60
    note "without its address sshd ended with 255; with it, it answers"
}
