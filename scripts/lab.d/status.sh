# shellcheck shell=bash
# scripts/lab status [--json]

lab_status() {
    case ${1:-} in
        "" | --json) ;;
        *) fail "usage: scripts/lab status [--json]" 64 ;;
    esac
    [[ -r $state/topology.json ]] || fail "no lab \"$lab\" is up"
    "$python" "$lab_d/status.py" "$lab" "$state" "$@"
}
