# shellcheck shell=bash
# scripts/lab boot: first boot inside the appliance, then the daemons of the shipped units.

lab_boot() {
    [[ $# -eq 0 ]] || fail "usage: scripts/lab boot" 64
    [[ -r $state/input ]] || fail "lab \"$lab\" is not up"
    local option
    read -r option <"$state/input"
    : >"$state/booted"
    in_node appliance "$python" "$lab_d/services.py" boot "$option" /run/lab/settings
}
