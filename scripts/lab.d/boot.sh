# shellcheck shell=bash
# scripts/lab boot: first boot inside the appliance, then the services of the shipped units.

lab_boot() {
    [[ $# -eq 0 ]] || fail "usage: scripts/lab boot" 64
    [[ -r $state/input ]] || fail "lab \"$lab\" is not up"
    local option
    build_programs
    read -r option <"$state/input"
    : >"$state/booted"
    in_node appliance "$python" "$lab_d/services.py" boot "$option" /run/lab/settings
}

build_programs() {
    local program bin missing=()
    bin=$(bin_directory)
    for program in "${programs[@]}"; do
        [[ -x $bin/$program && ${APPLIANCE_NET_BUILD:-} != always ]] || missing+=("$program")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0
    [[ -z ${APPLIANCE_NET_BIN:-} ]] || fail "no ${missing[*]} in $bin (APPLIANCE_NET_BIN)"
    for program in "${missing[@]}"; do
        say "building $program"
        # The same settings as `make release`, so that neither builds again what the other has built.
        (cd "$repository" && APPLIANCE_NET_CHECKS=1 swift build -c release --static-swift-stdlib --product "$program" >&2)
    done
}
