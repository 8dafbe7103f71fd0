# shellcheck shell=bash
# The appliance as a container: root file system, systemd-nspawn in the lab's network namespace, commands inside.

machine= container=
# A file that is the disc in the first drive.
disc=

inside() {
    if [[ $1 == appliance ]]; then
        nsenter --target "$(leader)" --all "${@:2}"
    else
        "$here/lab" exec "$@"
    fi
}

# Process 1 of the container, as this machine knows it; a restart makes another.
leader() {
    local nspawn
    nspawn=$(pgrep --parent "$container" --exact systemd-nspawn) && pgrep --parent "$nspawn" --oldest
}

unpack_root() {
    machine=$scratch/machine
    mkdir -p "$machine" "$scratch/guestinfo"
    tar --directory "$machine" --extract --file "$1"
    install -D -m 755 "$here/boot.d/vmware-rpctool" "$machine/usr/local/bin/vmware-rpctool"
    # The real one talks to the host, not to files.
    install -D -m 644 /dev/stdin "$machine/etc/systemd/system/appliance-console.service.d/stand-in.conf" <<'TEXT'
[Service]
ReadWritePaths=/guestinfo
TEXT
}

start_container() {
    # systemd on its console wants a terminal. Some shells stay beside the command they run: `leader` looks for script's child.
    # The lab's network is not systemd's: what is in /proc/sys/net is ours.
    SYSTEMD_NSPAWN_API_VFS_WRITABLE=network script --quiet --flush --return --command \
        "exec systemd-nspawn --boot --quiet --directory=$machine --register=no --keep-unit --capability=CAP_NET_ADMIN \
--network-namespace-path=/run/netns/$LAB_ID-appliance --bind=$scratch/guestinfo:/guestinfo${disc:+ --bind=$disc:/dev/sr0}" \
        "$scratch/console" </dev/null >/dev/null 2>&1 &
    container=$!
}

# A container that wants to be restarted ends with 133: whoever keeps its unit starts it again (systemd-nspawn(1)).
restart_container() {
    local code=0
    inside appliance systemctl reboot || true
    # Nothing of it may take longer than a unit may take to stop.
    timeout 120 tail --pid="$container" --follow /dev/null || wrong "it does not go down:" "$(tail -20 "$scratch/console")"
    wait "$container" || code=$?
    [[ $code -eq 133 ]] || wrong "it ended with $code instead of 133:" "$(tail -20 "$scratch/console")"
    start_container
}

stop_appliance() {
    local pid
    [[ -n $container ]] || return 0
    pid=$(leader 2>/dev/null) && kill -KILL "$pid"
    # Without its terminal the container ends too.
    timeout 30 tail --pid="$container" --follow /dev/null || kill -KILL "$container"
    wait "$container" 2>/dev/null || true
    container=
}

show_logs() {
    inside appliance journalctl --no-pager --boot --output=cat --lines=80 --unit='appliance-*' --unit=ssh 2>/dev/null || true
    tail -20 "$scratch/console" 2>/dev/null || true
}
