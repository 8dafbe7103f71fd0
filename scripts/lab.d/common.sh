# shellcheck shell=bash
# What every subcommand of scripts/lab shares: names, messages, and the way into a node.

repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
lab_d=$repository/scripts/lab.d
lab=${LAB_ID:-lab}
state_root=/run/appliance-net-lab
state=$state_root/$lab
programs=(appliance-net appliance-proxyd appliance-dataplaned)
# The switch holds every bridge, so that this machine's own namespace gets no interface at all.
all_nodes=(switch gateway appliance control backend1 backend2 backend3 backend4 client client2)
export PYTHONDONTWRITEBYTECODE=1

say() { printf 'lab: %s\n' "$*" >&2; }

fail() {
    say "$1"
    exit "${2:-1}"
}

require_root_and_tools() {
    [[ -z ${APPLIANCE_NET_LAB:-} ]] || fail "this is inside a node of lab \"$APPLIANCE_NET_LAB\"; labs do not nest" 64
    [[ $lab =~ ^[a-z0-9][a-z0-9-]{0,31}$ ]] || fail "LAB_ID \"$lab\": lower-case letters, digits and dashes, up to 32" 64
    [[ $EUID -eq 0 ]] || fail "namespaces need root: sudo scripts/lab ..." 77
    local tool
    for tool in ip nsenter unshare flock sysctl setsid; do
        command -v "$tool" >/dev/null || fail "\"$tool\" is not installed: run scripts/bootstrap"
    done
    # The system's own interpreter starts at once; a version manager's shim does not.
    python=/usr/bin/python3
    [[ -x $python ]] || python=$(command -v python3) || fail "\"python3\" is not installed: run scripts/bootstrap"
}

# The directory of the programs, absolute, whether it exists or not.
bin_directory() { realpath -m -- "${APPLIANCE_NET_BIN:-$repository/.build/release}"; }

# `ip netns` shares one directory between all labs (and with others); flock on /run leaves no lock file behind. An
# interrupted `up` cleans up while it still holds the lock: a lock of its own would wait for itself.
netns_lock=
with_netns_lock() {
    if [[ -n $netns_lock ]]; then
        "$@"
        return
    fi
    exec {netns_lock}</run
    flock --wait 60 "$netns_lock" || fail "another lab holds the lock on /run for more than 60 s"
    "$@"
    exec {netns_lock}<&-
    netns_lock=
}

# The pid of a node's init as this machine sees it; empty when the node is not running.
node_pid() {
    local pid=
    [[ -r $state/nodes/$1.pid ]] && read -r pid <"$state/nodes/$1.pid"
    [[ -n $pid ]] && grep -qzxF "APPLIANCE_NET_LAB=$lab" "/proc/$pid/environ" 2>/dev/null && printf '%s' "$pid"
    return 0
}

# Puts the command line that enters a node into the array `enter`. PATH starts with the programs.
enter_node() {
    local pid path
    pid=$(node_pid "$1")
    [[ -n $pid ]] || fail "no node \"$1\" in lab \"$lab\" ($(known_nodes))"
    path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin
    [[ ! -r $state/bin ]] || path=$(<"$state/bin"):$path
    enter=(nsenter --target "$pid" --mount --uts --ipc --net --pid)
    [[ -z ${2:-} ]] || enter+=(--wdns="$2")
    enter+=(env -u HOSTNAME "APPLIANCE_NET_LAB=$lab" "PATH=$path:$PATH" HOME=/root)
}

known_nodes() {
    if [[ -d $state/nodes ]]; then printf 'nodes: %s' "${all_nodes[*]:1}"; else printf 'scripts/lab up builds it'; fi
}

in_node() {
    local node=$1 enter
    shift
    enter_node "$node"
    "${enter[@]}" "$@"
}

# The options of `up` and `replace`, into `option`, `file` and `firstboot` of the caller, who has set what holds without
# them.
read_settings() {
    while [[ $# -gt 0 ]]; do
        case $1 in
            --ovf-env | --properties)
                [[ $# -ge 2 ]] || fail "$1 takes a file" 64
                option=$1 file=$2
                shift
                ;;
            --no-firstboot) firstboot= ;;
            *) fail "no option: $1 (scripts/lab help)" 64 ;;
        esac
        shift
    done
    [[ -f $file && -r $file ]] || fail "cannot read the file $file" 64
}
