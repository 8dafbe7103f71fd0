# shellcheck shell=bash
# Steps with their duration, figures with their targets, and what is said when a step is not as it should be.

current= notes=() table=() over=0 beyond=()

now_us() { printf '%s' "${EPOCHREALTIME/[.,]/}"; }

# note TEXT: a line under the step that runs.
note() { notes+=("$*"); }

# step TEXT FUNCTION: runs FUNCTION in this shell; a command that fails in it ends the demo.
step() {
    local begin
    current=$1 notes=()
    begin=$(now_us)
    "$2"
    print_step "$((($(now_us) - begin) / 1000))" "$1"
    current=
}

print_step() {
    printf '  [%6s ms] %s\n' "$1" "$2"
    local line
    for line in "${notes[@]}"; do printf '              %s\n' "$line"; done
}

# wrong TEXT: what is not as the step says. Ends the demo.
wrong() {
    printf '  [  FAILED ] %s\n' "$current"
    printf '%s\n' "${notes[@]}" "$@" | sed '/^$/d; s/^/              /'
    current=
    exit 1
} >&2

# figure NAME VALUE TARGET UNIT: VALUE should be below TARGET. All are whole numbers or decimals.
figure() {
    local verdict
    verdict=$(awk -v value="$2" -v target="$3" 'BEGIN { print value < target ? "ok" : "over" }')
    [[ $verdict == ok ]] || over=$((over + 1))
    # Where the caller says how many times its target a figure may have, one beyond that fails it.
    if [[ -n ${FIGURE_SLACK:-} ]]; then
        awk -v value="$2" -v target="$3" -v slack="$FIGURE_SLACK" 'BEGIN { exit !(value < target * slack) }' || beyond+=("$1: $2 $4")
    fi
    table+=("$(printf '  %-58s %8s %-2s  < %5s %-2s  %s' "$1" "$2" "$4" "$3" "$4" "$verdict")")
}

figures() {
    printf '\n  %-58s %11s  %10s\n' figure measured target
    printf '%s\n' "${table[@]}"
    # Times alone are not judged (but see FIGURE_SLACK): another load on the machine must not fail a demo whose every step is right.
    [[ $over -eq 0 ]] || printf '\nFigures over their target: %s (is the machine busy with something else?)\n' "$over"
    printf '\nAll steps are as they say.\n'
    [[ ${#beyond[@]} -eq 0 ]] || {
        printf 'Figures %s times over their targets or more:\n' "$FIGURE_SLACK"
        printf '  %s\n' "${beyond[@]}"
        exit 1
    } >&2
}

# The EXIT trap: whatever happened, the lab goes.
finish() {
    local code=$?
    trap '' INT TERM HUP
    trap - EXIT
    if [[ $code -eq 130 ]]; then
        printf '  interrupted: %s\n' "${current:-before the first step}" >&2
    elif [[ -n $current ]]; then
        printf '  [  FAILED ] %s (exit %s)\n' "$current" "$code" >&2
        [[ $code -ne 0 ]] || code=1
    fi
    [[ $code -eq 0 || $code -eq 130 ]] || show_logs >&2
    # The poller of the first byte, if the demo ends while it waits.
    [[ -z ${poller:-} ]] || kill "$poller" 2>/dev/null || true
    "$here/lab" down >"$scratch/down.log" 2>&1 || { cat "$scratch/down.log" >&2 && code=1; }
    rm -rf -- "$scratch"
    exit "$code"
}

show_logs() {
    local log
    for log in appliance-net appliance-proxy appliance-dataplane; do
        printf -- '--- %s, its last lines\n' "$log"
        "$here/lab" exec appliance tail -n 20 "/var/log/$log.log" 2>/dev/null || true
    done
}
