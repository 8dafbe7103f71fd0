# shellcheck shell=bash
# What boot-nspawn does and looks at.

make_packages() {
    debs=$scratch/debs
    # No debug symbols: these are not for anybody.
    DEB_BUILD_OPTIONS=noautodbgsym "$here/deb" "${flavour[@]}" "$debs" >/dev/null
}

make_root() {
    local archive=$scratch/root.tar
    if [[ -n $keep ]]; then
        mkdir -p "$here/../.build/image"
        archive=$here/../.build/image/root.tar
    fi
    # As old as the packages: other packages, another archive.
    if [[ ! -e $archive || -n $(find "$debs" -name '*.deb' -newer "$archive") ]]; then
        # The name's end says what it is to be.
        "$here/image" root "$debs" "${archive%.tar}.new.tar"
        mv "${archive%.tar}.new.tar" "$archive"
    fi
    unpack_root "$archive"
    [[ ${#flavour[@]} -eq 0 ]] || bring_runtime
    cp "$input" "$scratch/guestinfo/ovfEnv"
    # What a power cut can leave of host keys that were made just before it.
    touch "$machine"/etc/ssh/ssh_host_{rsa,ecdsa,ed25519}_key
    note "$(du --summarize --human-readable "$machine" | cut -f1), of which ours $(installed_size) MB"
}

# Swift's libraries, for programs that are not linked statically: into a directory where every program looks.
bring_runtime() {
    local program
    for program in "$machine"/usr/bin/appliance-*d "$machine/usr/bin/appliance-net"; do ldd "$program"; done |
        awk '$3 ~ /\/swift\// { print $3 }' | sort -u |
        xargs cp --dereference --target-directory "$machine/usr/lib/x86_64-linux-gnu"
}

installed_size() {
    dpkg-query --admindir="$machine/var/lib/dpkg" --show --showformat='${Package} ${Installed-Size}\n' 'appliance-*' |
        awk '{ sum += $2 } END { printf "%.0f", sum / 1024 }'
}

lab_stands() {
    # The programs are in the packages; the lab needs none.
    "$here/lab" up "$choice" "$input" --no-firstboot >"$scratch/up.log" 2>&1 || wrong "$(<"$scratch/up.log")"
}

boot() {
    local unit sum=0 part parts=()
    start_container
    wait_until_booted 120
    for unit in firstboot net proxy dataplane; do
        part=$(started_in "appliance-$unit.service")
        sum=$((sum + part))
        parts+=("$unit $((part / 1000))")
    done
    note "$(inside appliance systemd-analyze time --no-pager | head -1)"
    figure "first boot and our units in the boot (${parts[*]} ms)" "$((sum / 1000))" 1000 ms
    prepare_api
}

# How long a unit was starting, in microseconds.
started_in() {
    inside appliance systemctl show "$1" --property=InactiveExitTimestampMonotonic,ActiveEnterTimestampMonotonic --value |
        sort -n | xargs | awk '{ print $2 - $1 }'
}

check_boot() {
    local secret
    compare_network settings "$machine"
    # The console looks every three seconds.
    for _ in $(seq 400); do
        [[ $(jq -r .state "$scratch/guestinfo/appliance.status") != ready ]] || break
        sleep 0.05
    done
    [[ $(jq -r .state "$scratch/guestinfo/appliance.status") == ready ]] ||
        wrong "guestinfo.appliance.status: $(<"$scratch/guestinfo/appliance.status")"
    base64 --decode "$scratch/guestinfo/dataplaneapi.cacert" | cmp - "$scratch/ca.crt" || wrong "guestinfo has another CA"
    secret=$(property loadbalance.haproxy_pwd)
    ! grep --quiet --fixed-strings -- "$secret" "$scratch/guestinfo/ovfEnv" || wrong "the API's password is still in guestinfo"
    ! inside appliance journalctl --no-pager | grep --fixed-strings -- "$secret" || wrong "the API's password is in the journal"
    inside control ssh-keyscan -T 5 "$(setting '.appliance[0].address | split("/")[0]')" >"$scratch/host-keys" 2>/dev/null
    [[ $(wc -l <"$scratch/host-keys") -ge 3 ]] || wrong "SSH shows $(wc -l <"$scratch/host-keys") host keys"
    note "guestinfo.appliance.status is ready; $(wc -l <"$scratch/host-keys") SSH host keys"
}

# By the service itself, as its unit confines it: to a directory, and by the system's own clients to servers.
check_backup() {
    local control store=$scratch/store own=$machine/etc/appliance-net
    control=$(inside control ip -json -4 address show scope global | jq -r '[.[].addr_info[].local][0]')
    mkdir -p "$store/sftp" "$store/https"
    serve_sftp "$control"
    serve_https "$control" "$store/https"
    (umask 077 && echo "correct horse battery" >"$own/passphrase")
    inside appliance mkdir /mnt/backups
    bring_away /mnt/backups '' inside appliance find /mnt/backups
    bring_away "sftp://root@$control$store/sftp/" 'key = "/etc/appliance-net/key"
known_hosts = "/etc/appliance-net/hosts"' find "$store/sftp"
    local https='credentials = "/etc/appliance-net/netrc"
ca = "/etc/appliance-net/server.crt"'
    bring_away "https://$control/" "$https" find "$store/https"
    # What stands there is looked at before it is written over.
    cp "$scratch/newest" "$store/https/newest.bundle"
    touch "$scratch/before"
    bring_away "https://$control/newest.bundle" "$https" find "$store/https" -name newest.bundle -newer "$scratch/before"
}

# serve_sftp ADDRESS: with a key that the appliance has.
serve_sftp() {
    local server=$scratch/sftp
    mkdir "$server"
    ssh-keygen -q -t ed25519 -N '' -f "$server/host"
    ssh-keygen -q -t ed25519 -N '' -f "$own/key"
    echo "$1 $(cut --delimiter=' ' --fields=1,2 "$server/host.pub")" >"$own/hosts"
    mv "$own/key.pub" "$server/authorized"
    printf '%s\n' "ListenAddress $1" "HostKey $server/host" "AuthorizedKeysFile $server/authorized" 'StrictModes no' 'UsePAM no' \
        'PidFile none' 'Subsystem sftp internal-sftp' >"$server/config"
    serve "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && exec /usr/sbin/sshd -D -f '$server/config'"
}

# serve_https ADDRESS DIRECTORY
serve_https() {
    local server=$scratch/https
    mkdir "$server"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
        -addext "subjectAltName=IP:$1" -keyout "$server/key" -out "$own/server.crt" 2>/dev/null
    (umask 077 && echo "machine $1 login backup password secret-of-netrc" >"$own/netrc")
    serve "exec $python '$here/boot.d/put-server' $1 '$own/server.crt' '$server/key' backup:secret-of-netrc '$2'"
}

# serve SCRIPT: in the control plane's network until the lab goes down.
serve() {
    inside control unshare --mount --pid --fork --kill-child sh -c "$1" </dev/null >>"$scratch/servers.log" 2>&1 &
}

# bring_away TARGET KEYS COMMAND...: has the service bring backups to TARGET, until COMMAND finds one there.
bring_away() {
    local newest=
    inside appliance sh -ec 'cd /etc/appliance-net; sed -i "/^\[recovery\]/,\$d" appliance.toml
        printf "\n[recovery]\ntarget = \"%s\"\npassphrase = \"%s/passphrase\"\n%s\n" "$1" "$PWD" "$2" >>appliance.toml' sh "$1" "$2"
    for _ in $(seq 600); do
        newest=$("${@:3}" -name '*.bundle' -print -quit)
        [[ -z $newest ]] || break
        sleep 0.1
    done
    [[ -n $newest ]] || wrong "no backup came to $1:" "$(inside appliance appliance-net status 2>&1)" "$(<"$scratch/servers.log")"
    if [[ $3 == inside ]]; then cp "$machine$newest" "$scratch/newest"; else cp "$newest" "$scratch/newest"; fi
    cp "$scratch/newest" "$machine/run-newest"
    inside appliance appliance-net backup show /run-newest >"$scratch/backup" 2>&1 || wrong "$(<"$scratch/backup")"
    note "$1: $(head -1 "$scratch/backup" | cut --delimiter=, --fields=1-3)"
}

ask_service() { in_turn client "$vip1" 443 12 backend1 backend2 backend3; }

check_names() {
    local name
    for name in haproxy dataplaneapi anyip-routes route-tables net-postconfig; do
        [[ $(inside appliance systemctl is-active "$name.service") == active ]] || wrong "$name.service is not active"
    done
    [[ " $(inside appliance pidof haproxy) " == *" $(proxy_process) "* ]] || wrong "pidof haproxy does not name the proxy"
    inside appliance killall -0 haproxy || wrong "killall -0 haproxy finds none"
    inside appliance haproxy -v >/dev/null || wrong "haproxy is no command"
    inside appliance haproxy -c -f /etc/haproxy/haproxy.cfg >/dev/null 2>&1 || wrong "haproxy -c refuses the file"
    inside appliance haproxy-support --help >/dev/null || wrong "haproxy-support is no command"
    [[ $(inside appliance cat /proc/sys/net/core/somaxconn) == 65535 ]] || wrong "the sysctls of the proxy's package are not in effect"
}

proxy_process() { inside appliance systemctl show appliance-proxy.service --property=MainPID --value; }

# The files that the proxy's processes run, replaced ones marked as deleted.
proxy_programs() {
    # shellcheck disable=SC2016 # Inside there are other processes.
    inside appliance sh -c 'for pid in $(pidof haproxy); do readlink "/proc/$pid/exe"; done'
}

restart() {
    restart_container
    wait_until_booted 120
    ask_service
    inside control ssh-keyscan -T 5 "$(setting '.appliance[0].address | split("/")[0]')" 2>/dev/null |
        sort | diff <(sort "$scratch/host-keys") - >/dev/null || wrong "SSH shows other host keys"
    note "$(inside appliance systemd-analyze time --no-pager | head -1)"
}
