# shellcheck shell=bash
# What every boot waits for, and how it ends, be it a container's or a machine's: `inside`, `stop_appliance` and `show_logs` are
# theirs.

state=

# settle SECONDS: until systemd has started what it could: state is what it says then.
settle() {
    local deadline=$((SECONDS + $1))
    until state=$(inside appliance systemctl is-system-running --wait 2>"$scratch/settle.log") || [[ $state == degraded ]]; do
        [[ $SECONDS -lt $deadline ]] || wrong "systemd is not done after $1 s: $state" "$(<"$scratch/settle.log")"
        sleep 0.1
    done
}

# wait_until_booted SECONDS: until systemd has started everything.
wait_until_booted() {
    settle "$1"
    [[ $state == running ]] || wrong "systemd says $state:" "$(inside appliance systemctl --failed --no-pager --plain --no-legend)"
}

# The EXIT trap.
end_boot() {
    local code=$?
    trap - EXIT
    if [[ $code -ne 0 && $code -ne 130 ]]; then show_logs >&2; fi
    stop_appliance
    # The lab is taken down by the end of the report; what it would show has been shown.
    show_logs() { :; }
    set +e
    (exit "$code")
    finish
}
