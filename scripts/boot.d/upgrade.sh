# shellcheck shell=bash
# What becomes of the services and of whoever is connected when packages come, go and fail.

services_kept=(appliance-net appliance-dataplane appliance-console)

main_process() { inside appliance systemctl show "$1.service" --property=MainPID --value; }

# The file that a service's process runs.
program_of() { inside appliance readlink "/proc/$(main_process "$1")/exe"; }

# remember_processes: `processes` has who serves now.
declare -A processes
remember_processes() {
    local unit
    for unit in "${services_kept[@]}" appliance-proxy; do processes[$unit]=$(main_process "$unit"); done
}

# Into the container: the packages as they are.
bring_packages() {
    rm -rf "$machine/run-debs" && mkdir "$machine/run-debs"
    cp "$debs"/appliance-{net,proxy,dataplane,haproxy}_*.deb "$machine/run-debs"
}

# polled STEP: clients ask all the while STEP runs, one of them on a connection that was there before; none is refused, none is cut.
polled() {
    local line
    rm -f "$scratch/polled"
    inside client "$here/lab.d/poll" "$scratch/polled" "$vip1:443" >"$scratch/poll" &
    poller=$!
    inside client "$here/boot.d/hold" "$scratch/polled" "$vip1" 443 >"$scratch/held" 2>&1 &
    local holder=$!
    for _ in $(seq 200); do [[ ! -s $scratch/held ]] || break && sleep 0.05; done
    "$1"
    touch "$scratch/polled"
    wait "$poller"
    poller=
    wait "$holder" || wrong "a connection that was there was cut: $(<"$scratch/held")"
    line=$(<"$scratch/poll")
    [[ $line =~ answered\ [1-9][0-9]*\ refused\ 0\ silent\ 0 ]] || wrong "$line"
    note "$line; $(tail -1 "$scratch/held")"
}

# until_new_proxy: the proxy's processes run the program that is on disk.
until_new_proxy() {
    local former=
    for _ in $(seq 1200); do
        former=$(proxy_programs | grep deleted) || break
        sleep 0.1
    done
    [[ -z $former && -n $(proxy_programs) ]] || wrong "the former program of the proxy goes on:" "$(proxy_programs)"
}

# all_serve: every service is there, the API answers, and the network is that of the properties.
all_serve() {
    local unit
    for unit in "${services_kept[@]}" appliance-proxy appliance-firstboot; do
        [[ $(inside appliance systemctl is-active "$unit.service") == active ]] ||
            wrong "$unit.service is $(inside appliance systemctl is-active "$unit.service")"
    done
    expect 200 GET info
    ask_service
    compare_network settings "$machine"
}

# are_new | are_same: whether the services' processes are those that were remembered.
are_new() {
    local unit
    for unit in "${services_kept[@]}"; do
        [[ ${processes[$unit]} != $(main_process "$unit") ]] || wrong "$unit.service was not restarted"
        [[ $(program_of "$unit") != *deleted* ]] || wrong "$unit.service runs $(program_of "$unit")"
    done
}

are_same() {
    local unit
    for unit in "${services_kept[@]}" appliance-proxy; do
        [[ ${processes[$unit]} == $(main_process "$unit") ]] || wrong "$unit.service was restarted"
    done
}

# The same version once more: other files, as an upgrade brings them.
upgrade() {
    local said
    bring_packages
    remember_processes
    polled install_packages
    are_new
    [[ ${processes[appliance-proxy]} == "$(proxy_process)" ]] ||
        wrong "the proxy's process was ${processes[appliance-proxy]} and is $(proxy_process)"
    said=("${notes[@]}")
    all_serve
    # New units count.
    said+=("$(inside appliance systemctl show --property=NeedDaemonReload 'appliance-*.service' | sort | uniq -c | xargs)")
    [[ ${said[-1]} != *=yes* ]] || wrong "systemd has not read the new units: ${said[-1]}"
    notes=("${said[0]}; the proxy's process ${processes[appliance-proxy]} goes on as the new program, the others are new")
    wait_until_booted 120
}

install_packages() {
    inside appliance sh -c 'dpkg --install /run-debs/*.deb' >"$scratch/upgrade" 2>&1 || wrong "$(<"$scratch/upgrade")"
    until_new_proxy
}

# Packages whose maintainer scripts fail before anything is unpacked: everything goes on.
upgrade_fails() {
    local package
    for package in net proxy dataplane; do
        rm -rf "$machine/run-debs"/*
        dpkg-deb --raw-extract "$debs"/appliance-"$package"_*.deb "$scratch/damaged"
        sed -i 's/^Version: .*/&+damaged/' "$scratch/damaged/DEBIAN/control"
        printf '#!/bin/sh\necho "this one is damaged" >&2\nexit 1\n' >"$scratch/damaged/DEBIAN/preinst"
        chmod 755 "$scratch/damaged/DEBIAN/preinst"
        dpkg-deb --build -Znone "$scratch/damaged" "$machine/run-debs/damaged.deb" >/dev/null
        rm -rf "$scratch/damaged"
        polled install_damaged
    done
    notes=()
    all_serve
    notes=("the services go on as what they were")
    wait_until_booted 120
}

install_damaged() {
    ! inside appliance dpkg --install /run-debs/damaged.deb >"$scratch/upgrade" 2>&1 || wrong "dpkg took a package that fails"
    grep --quiet 'this one is damaged' "$scratch/upgrade" || wrong "$(<"$scratch/upgrade")"
    [[ -z $(inside appliance dpkg --audit) ]] || wrong "$(inside appliance dpkg --audit)"
}

# policy-rc.d, by which an image is made or an admin keeps the time of restarts: nothing is touched.
upgrade_forbidden() {
    bring_packages
    printf '#!/bin/sh\nexit 101\n' >"$machine/usr/sbin/policy-rc.d"
    chmod 755 "$machine/usr/sbin/policy-rc.d"
    remember_processes
    polled install_and_leave
    are_same
    [[ $(program_of appliance-dataplane) == *deleted* && $(program_of appliance-proxy) == *deleted* ]] ||
        wrong "the API runs $(program_of appliance-dataplane), the proxy $(program_of appliance-proxy)"
    rm "$machine/usr/sbin/policy-rc.d"
    inside appliance systemctl try-restart appliance-{net,dataplane,console}.service
    inside appliance systemctl reload appliance-proxy.service
    until_new_proxy
    are_new
    all_serve
    notes=("every process went on as it was, until it was told to restart")
}

install_and_leave() {
    inside appliance sh -c 'dpkg --install /run-debs/*.deb' >"$scratch/upgrade" 2>&1 || wrong "$(<"$scratch/upgrade")"
}

# The name goes, what has it goes on; with the name it is as before.
name_goes() {
    remember_processes
    polled remove_name
    [[ ${processes[appliance-proxy]} == "$(proxy_process)" ]] || wrong "the proxy was restarted"
    ! inside appliance test -e /usr/sbin/haproxy || wrong "/usr/sbin/haproxy is still there"
    [[ $(inside appliance systemctl show appliance-proxy.service --property=ExecStart) == *path=/usr/bin/appliance-proxyd* ]] ||
        wrong "the proxy would be started as a program that has gone"
    polled reload_proxy
    bring_packages
    polled install_packages
    check_names
    notes=("the proxy's process ${processes[appliance-proxy]} goes on without its other name, reloads, and has it again")
}

remove_name() {
    inside appliance dpkg --remove appliance-haproxy >"$scratch/upgrade" 2>&1 || wrong "$(<"$scratch/upgrade")"
}

reload_proxy() { inside appliance systemctl reload appliance-proxy.service; }

# Removed, and not purged: the services end, are still enabled, and start as they were.
remove_and_return() {
    local unit
    inside appliance dpkg --remove appliance-{haproxy,dataplane,proxy,net} >"$scratch/upgrade" 2>&1 || wrong "$(<"$scratch/upgrade")"
    for unit in "${services_kept[@]}" appliance-proxy; do
        ! inside appliance systemctl is-active --quiet "$unit.service" || wrong "$unit.service goes on without its program"
    done
    compare_network settings "$machine"
    bring_packages
    inside appliance sh -c 'dpkg --install /run-debs/*.deb' >"$scratch/upgrade" 2>&1 || wrong "$(<"$scratch/upgrade")"
    for unit in "${services_kept[@]}" appliance-{proxy,firstboot,net-resume,ssh-keys}; do
        [[ $(inside appliance systemctl is-enabled "$unit.service") == enabled ]] || wrong "$unit.service is not enabled any more"
    done
    inside appliance systemctl start appliance-firstboot "${services_kept[@]}" appliance-proxy
    wait_until_booted 120
    all_serve
    check_names
    notes=("the network stayed; the services are still enabled, and serve again once they are started")
}

# What is not a package's stays: settings, keys, services, and the network with which somebody may be connected.
take_away() {
    local left
    inside appliance dpkg --purge appliance-{haproxy,dataplane,proxy,net} >"$scratch/purge" 2>&1 || wrong "$(<"$scratch/purge")"
    left=$(inside appliance sh -c 'pgrep --list-name appliance; pgrep --list-name haproxy
        find /etc/systemd/system /usr -xtype l -o -path /usr/share -prune -o -name "*appliance*" ! -name "*.d" -print') || true
    [[ -z $left ]] || wrong "left are:" "$left"
    inside appliance test -s /var/lib/appliance-net/pki/ca.key -a -s /etc/haproxy/haproxy.cfg || wrong "the appliance's own files went too"
    compare_network settings "$machine"
}

# The packages of the proxy and of the API without the others, on a machine that has never had any.
stand_alone() {
    bring_packages
    # shellcheck disable=SC2016 # What is inside is the container's.
    inside appliance sh -ec 'rm -rf /etc/haproxy /var/lib/haproxy /var/lib/appliance-net /etc/vmware
        dpkg --install /run-debs/appliance-proxy_*.deb
        test -d /etc/haproxy -a -d /var/lib/haproxy
        printf "global\n  chroot /var/lib/haproxy\n  user haproxy\n  group haproxy\n\nuserlist controller\n  user admin insecure-password secret\n
listen alone\n  bind 127.0.0.1:8001\n  mode http\n  monitor-uri /\n" >/etc/haproxy/haproxy.cfg
        systemctl start appliance-proxy' >"$scratch/alone" 2>&1 || wrong "$(<"$scratch/alone")" "$(unit_log appliance-proxy)"
    inside appliance systemctl is-active --quiet appliance-proxy || wrong "the proxy does not run alone"
    inside appliance sh -ec 'dpkg --install /run-debs/appliance-dataplane_*.deb; systemctl start appliance-dataplane' \
        >"$scratch/alone" 2>&1 || wrong "$(<"$scratch/alone")" "$(unit_log appliance-dataplane)"
    [[ $(alone /v2/info) == 200 ]] || wrong "the API alone says $(alone /v2/info)" "$(unit_log appliance-dataplane)"
    [[ $(alone '/v2/services/haproxy/configuration/backends?version=1' \
        --header 'Content-Type: application/json' --data '{"name":"one","mode":"tcp"}') == 202 ]] ||
        wrong "the API alone takes no backend:" "$(<"$scratch/body")" "$(unit_log appliance-dataplane)"
    inside appliance grep --quiet '^backend one' /etc/haproxy/haproxy.cfg || wrong "the backend is not in haproxy.cfg"
    note "the proxy serves, and the API changes what it serves, on 127.0.0.1 without a file of settings"
    haproxy_goes
    inside appliance dpkg --purge appliance-{dataplane,proxy} >"$scratch/purge" 2>&1 || wrong "$(<"$scratch/purge")"
    ! inside appliance test -L /etc/systemd/system/multi-user.target.wants/appliance-proxy.service || wrong "the proxy is still enabled"
    inside appliance sh -ec 'dpkg --install /run-debs/appliance-net_*.deb; dpkg --audit; appliance-net --version
        dpkg --purge appliance-net' >"$scratch/alone" 2>&1 || wrong "$(<"$scratch/alone")"
}

# alone PATH [OPTION...]: the status that the API gives to somebody inside.
alone() {
    inside appliance curl --silent --max-time 10 --user admin:secret --output /dev/stderr --write-out '%{http_code}' \
        "${@:2}" "http://127.0.0.1:5555$1" 2>"$scratch/body"
}

unit_log() { inside appliance journalctl --no-pager --output=cat --lines=20 --unit="$1"; }

# Debian's haproxy, of which only its configuration is left, is purged by the commands of docs/runbooks/upgrade.md: what is
# served stays. A package with the name, the conffile and the user of Debian's stands for it.
haproxy_goes() {
    local package=$scratch/haproxy link=/etc/systemd/system/multi-user.target.wants/haproxy.service before
    mkdir -p "$package/DEBIAN" "$package/etc/haproxy"
    printf '%s\n' 'Package: haproxy' 'Version: 2.6.12-1' 'Architecture: all' 'Maintainer: nobody <nobody@example.org>' \
        'Description: stands for that of Debian' >"$package/DEBIAN/control"
    echo /etc/haproxy/haproxy.cfg >"$package/DEBIAN/conffiles"
    # shellcheck disable=SC2016 # What is inside is the package's.
    printf '#!/bin/sh\n[ "$1" != purge ] || { deluser --system haproxy || true; rm -f %s; }\n' "$link" >"$package/DEBIAN/postrm"
    printf '#!/bin/sh\nln -sf /lib/systemd/system/haproxy.service %s\n' "$link" >"$package/DEBIAN/postinst"
    chmod 755 "$package/DEBIAN/postrm" "$package/DEBIAN/postinst"
    echo '# what Debian has' >"$package/etc/haproxy/haproxy.cfg"
    dpkg-deb --build -Znone "$package" "$machine/run-debs/haproxy.deb" >/dev/null
    inside appliance dpkg --force-confold --install /run-debs/haproxy.deb >"$scratch/alone" 2>&1 || wrong "$(<"$scratch/alone")"
    [[ $(inside appliance systemctl is-enabled appliance-proxy.service) == disabled ]] || wrong "the proxy is enabled already"
    inside appliance sh -c 'dpkg --install /run-debs/appliance-haproxy_*.deb' >"$scratch/alone" 2>&1 || wrong "$(<"$scratch/alone")"
    [[ $(inside appliance systemctl is-enabled appliance-proxy.service) == enabled ]] ||
        wrong "haproxy was enabled, and what takes its place is not"
    # shellcheck disable=SC2016 # dpkg's own.
    [[ $(inside appliance dpkg-query --show --showformat='${db:Status-Abbrev}' haproxy) == ?c* ]] || wrong "haproxy is still there"
    before=$(inside appliance sha256sum /etc/haproxy/haproxy.cfg)
    sed '1,/<!-- purge haproxy -->/d' "$here/../docs/runbooks/upgrade.md" | sed '/^```$/q' | grep -v '^```' >"$machine/run-debs/commands"
    grep --quiet 'dpkg --purge haproxy' "$machine/run-debs/commands" || wrong "docs/runbooks/upgrade.md does not say how to"
    inside appliance sh -e /run-debs/commands >"$scratch/alone" 2>&1 || wrong "$(<"$scratch/alone")"
    # shellcheck disable=SC2016 # dpkg's own; a name that others speak of has a status too.
    [[ $(inside appliance dpkg-query --show --showformat='${db:Status-Abbrev}' haproxy) == un* ]] || wrong "haproxy was not purged"
    [[ $(inside appliance sha256sum /etc/haproxy/haproxy.cfg) == "$before" ]] || wrong "haproxy.cfg has changed"
    inside appliance systemctl restart appliance-proxy appliance-dataplane
    [[ $(alone /v2/info) == 200 ]] || wrong "the API is gone" "$(unit_log appliance-dataplane)"
    inside appliance systemctl is-active --quiet haproxy.service || wrong "haproxy.service does not name the proxy"
    ! inside appliance test -L "$link" || wrong "the link of Debian's haproxy is still there"
    [[ $(inside appliance systemctl is-enabled appliance-proxy.service) == enabled ]] || wrong "the proxy would not start at a boot"
    inside appliance dpkg --purge appliance-haproxy >"$scratch/purge" 2>&1 || wrong "$(<"$scratch/purge")"
    note "Debian's haproxy is purged, and haproxy.cfg and its user stay"
}
