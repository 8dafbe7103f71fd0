# shellcheck shell=bash
# scripts/lab crash and scripts/lab replace: the end of the appliance, and another machine in its place.

# As a host that fails: no process of it does another step, and its links are gone.
lab_crash() {
    [[ $# -eq 0 ]] || fail "usage: scripts/lab crash" 64
    local pid deadline=$((SECONDS + 10))
    pid=$(node_pid appliance)
    [[ -n $pid ]] || fail "no appliance in lab \"$lab\" ($(known_nodes))"
    # Process 1 of its namespace takes all others with it, and the namespace its links.
    kill -KILL "$pid"
    rm -f "$state/nodes/appliance.pid"
    with_netns_lock ip netns delete "$lab-appliance"
    while ip -netns "$lab-switch" link show appliance.0 &>/dev/null; do
        [[ $SECONDS -lt $deadline ]] || fail "the links of the appliance do not go away"
        sleep 0.01
    done
}

lab_replace() {
    local option='' file='' firstboot=yes
    read_settings "$@"
    [[ -r $state/input ]] || fail "lab \"$lab\" is not up"
    [[ -z $(node_pid appliance) ]] || lab_crash
    printf '%s\n' "$option" >"$state/input"
    "$python" "$lab_d/topology.py" "$lab" "$option" "$file" "$state"
    with_netns_lock ip netns add "$lab-appliance"
    grep -F ' appliance.' "$state/switch.batch" | ip -netns "$lab-switch" -batch -
    start_nodes appliance
    furnish_appliance "$option" "$file"
    [[ -z $firstboot ]] || boot_or_explain
}
