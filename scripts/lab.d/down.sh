# shellcheck shell=bash
# scripts/lab down: also takes away what a broken or interrupted `up` left.

lab_down() {
    [[ $# -eq 0 ]] || fail "usage: scripts/lab down" 64
    local found=
    [[ ! -e $state && -z $(lab_namespaces) && -z $(lab_processes) ]] || found=yes
    stop_processes
    with_netns_lock remove_namespaces
    rm -rf -- "$state"
    with_netns_lock remove_shared
    verify_nothing_left
    if [[ -n $found ]]; then say "lab \"$lab\" is down, nothing is left of it"; else say "no lab \"$lab\" was up"; fi
}

# The namespaces of this lab that exist, by name.
lab_namespaces() {
    local node
    for node in "${all_nodes[@]}"; do
        [[ ! -e /run/netns/$lab-$node ]] || printf '%s\n' "$lab-$node"
    done
}

# Every process that was started in the lab carries its name; so no pid file has to be right for `down` to be.
lab_processes() {
    local file
    { grep -lzxF "APPLIANCE_NET_LAB=$lab" /proc/[0-9]*/environ 2>/dev/null || true; } | while read -r file; do
        file=${file#/proc/}
        printf '%s\n' "${file%/environ}"
    done
}

stop_processes() {
    local deadline=$((SECONDS + 10)) pids
    while mapfile -t pids < <(lab_processes) && [[ ${#pids[@]} -gt 0 ]]; do
        [[ $SECONDS -lt $deadline ]] || fail "processes do not end: ${pids[*]}"
        kill -KILL "${pids[@]}" 2>/dev/null || true
        sleep 0.02
    done
}

remove_namespaces() {
    local name
    for name in $(lab_namespaces); do
        ip netns delete "$name"
    done
}

# What labs share goes with the last of them. The first `ip netns add` of a machine mounts /run/netns: if that was a
# lab's and nobody else uses it, it goes as well.
remove_shared() {
    [[ -d $state_root && -z $(ls "$state_root") ]] || return 0
    if [[ -e $state_root/.mounted-netns && -d /run/netns && -z $(ls -A /run/netns) ]]; then
        umount /run/netns && rmdir /run/netns
    fi
    rm -rf -- "$state_root"
}

verify_nothing_left() {
    local left=()
    [[ -z $(lab_processes) ]] || left+=("processes $(lab_processes | tr '\n' ' ')")
    [[ -z $(lab_namespaces) ]] || left+=("namespaces $(lab_namespaces | tr '\n' ' ')")
    [[ ! -e $state ]] || left+=("files in $state")
    ! grep -qF " $state/" /proc/self/mountinfo || left+=("mounts in $state")
    [[ ${#left[@]} -eq 0 ]] || fail "lab \"$lab\" did not go away: ${left[*]}"
}
