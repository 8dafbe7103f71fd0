# shellcheck shell=bash
# scripts/lab up

lab_up() {
    local option=--ovf-env file=$repository/ovf/examples/frontend.ovf-env.xml firstboot=yes
    read_settings "$@"
    refuse_second_lab
    # Before anything stands: a build that fails leaves nothing to take down.
    [[ -z $firstboot ]] || build_programs
    trap 'undo_up' EXIT
    trap 'exit 130' INT TERM HUP
    build_topology "$option" "$file"
    start_nodes "${all_nodes[@]:1}"
    start_responders
    start_dhcp
    furnish_appliance "$option" "$file"
    # From here on the lab stands: what a program gets wrong can be looked at in it.
    trap - EXIT
    [[ -z $firstboot ]] || boot_or_explain
    say "lab \"$lab\" is up: scripts/lab exec NODE CMD..., scripts/lab status, scripts/lab down"
}

refuse_second_lab() {
    local node
    if [[ -e $state && -z $(lab_processes) ]]; then
        fail "an interrupted lab \"$lab\" left something behind: scripts/lab down removes it" 75
    fi
    [[ ! -e $state ]] || fail "lab \"$lab\" is up already: take it down, or set LAB_ID for another beside it" 75
    for node in "${all_nodes[@]}"; do
        [[ ! -e /run/netns/$lab-$node ]] || fail "namespace $lab-$node exists already: scripts/lab down removes it" 75
    done
}

undo_up() {
    local code=$?
    trap '' INT TERM HUP
    say "lab \"$lab\" could not be built, taking it down again"
    (lab_down)
    exit "$code"
}

build_topology() {
    with_netns_lock make_state
    bin_directory >"$state/bin"
    printf '%s\n' "$1" >"$state/input"
    "$python" "$lab_d/topology.py" "$lab" "$1" "$2" "$state"
    with_netns_lock add_namespaces
    ip -netns "$lab-switch" -batch "$state/switch.batch"
}

make_state() {
    mkdir -p "$state_root"
    mkdir "$state"
    mkdir "$state/own"
}

add_namespaces() {
    local node
    [[ -e /run/netns ]] || : >"$state_root/.mounted-netns"
    for node in "${all_nodes[@]}"; do
        ip netns add "$lab-$node"
    done
}

# The nodes that are named.
start_nodes() {
    local node deadline=$((SECONDS + 10))
    for node in "$@"; do
        APPLIANCE_NET_LAB=$lab setsid nsenter --net="/run/netns/$lab-$node" \
            unshare --mount --uts --ipc --pid --fork --kill-child \
            bash "$lab_d/node-init" "$state" "$node" "$(bin_directory)" \
            </dev/null >"$state/nodes/$node.log" 2>&1 &
    done
    for node in "$@"; do
        until [[ -s $state/nodes/$node.pid ]]; do
            [[ $SECONDS -lt $deadline ]] || fail "node $node did not start: $(<"$state/nodes/$node.log")"
            sleep 0.01
        done
        # The filters of the gateway are in force before its links are.
        ip -netns "$lab-$node" -batch "$state/nodes/$node.batch"
        [[ ! -s $state/nodes/$node.batch6 ]] || ip -6 -netns "$lab-$node" -batch "$state/nodes/$node.batch6"
    done
}

start_responders() {
    local node
    for node in backend1 backend2 backend3 backend4; do
        in_node "$node" setsid "$python" "$lab_d/responder" "$node" </dev/null >>"$state/nodes/$node.log" 2>&1 &
    done
    for node in backend1 backend2 backend3 backend4; do
        in_node "$node" "$python" "$lab_d/wait-listening" 443 6443 2112 2113 ||
            fail "the responder of $node did not start: $(<"$state/nodes/$node.log")"
    done
}

# The interfaces without an address get the one that the lab knows them by.
start_dhcp() {
    [[ -s $state/dhcp.conf ]] || return 0
    command -v dnsmasq >/dev/null || fail "\"dnsmasq\" is not installed: run scripts/bootstrap"
    in_node gateway setsid dnsmasq --keep-in-foreground --log-facility=- --user=root --pid-file= \
        --conf-file=- --dhcp-leasefile=/run/lab/leases <"$state/dhcp.conf" >>"$state/nodes/gateway.log" 2>&1 &
}

# The shipped tree, and the settings where only the appliance sees them.
furnish_appliance() {
    [[ ! -d $repository/etc ]] || in_node appliance cp -R "$repository/etc/." /etc/
    in_node appliance "$python" "$lab_d/services.py" prepare
    in_node appliance bash -c 'umask 077 && cat >/run/lab/settings' <"$2"
}

boot_or_explain() {
    (lab_boot) || fail "the appliance did not come up; it stays for a look: scripts/lab exec appliance bash, scripts/lab down"
}
