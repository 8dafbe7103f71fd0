# shellcheck shell=bash
# Lab, first boot, and what stands after it.

lab_up() {
    "$here/lab" up "$choice" "$input" --no-firstboot >"$scratch/up.log" 2>&1 || wrong "$(<"$scratch/up.log")"
    note "interfaces of the appliance: $(inside appliance ip -brief link show type veth | awk '{ sub("@.*", "", $1); printf "%s ", $1 }')"
}

first_boot() {
    local times
    "$here/lab" boot >"$scratch/boot.log" 2>&1 || wrong "$(<"$scratch/boot.log")"
    times=$(inside appliance cat /run/lab/boot.json)
    figure "first boot: settings read to API and proxy answering" "$(milliseconds ready <<<"$times")" 1500 ms
    figure "appliance-proxyd: start to first answer" "$(milliseconds '["appliance-proxy"]' <<<"$times")" 10 ms
    note "appliance-net firstboot took $(milliseconds firstboot <<<"$times") ms, appliance-proxyd answered after" \
        "$(milliseconds '["appliance-proxy"]' <<<"$times") ms, the API after $(milliseconds '["appliance-dataplane"]' <<<"$times") ms"
    prepare_api
}

# milliseconds KEY: one decimal, out of boot.json on stdin.
milliseconds() { jq ".${1#.} * 10 | round / 10"; }

check_network() { compare_network settings; }

# compare_network settings|none [ROOT]
compare_network() {
    local line
    "$python" "$here/demo.d/check-network" "$LAB_ID" "$@" >"$scratch/network" 2>&1 || wrong "$(<"$scratch/network")"
    while read -r line; do note "$line"; done <"$scratch/network"
}

check_certificates() {
    inside appliance openssl verify -CAfile /etc/haproxy/ca.crt /etc/haproxy/server.crt >"$scratch/verify" 2>&1 ||
        wrong "$(<"$scratch/verify")"
    note "openssl verify: $(<"$scratch/verify")"
    note "$(inside appliance openssl x509 -in /etc/haproxy/server.crt -noout -ext subjectAltName | sed -n '2s/^ *//p')"
}

# The pids of the proxy's master and of its workers, whatever they call themselves.
proxy_processes() {
    inside appliance bash -c 'read -r master </run/lab/appliance-proxy.pid && ps -o pid= --pid "$master" --ppid "$master"' |
        sort -n | xargs
}

measure_rest() {
    local kilobytes pids
    proxy_pids=$(proxy_processes)
    read -ra pids <<<"$proxy_pids"
    [[ ${#pids[@]} -ge 2 ]] || wrong "master and worker should run; there is only: $proxy_pids"
    pids=("${pids[@]/#//proc/}")
    kilobytes=$(inside appliance cat "${pids[@]/%//smaps_rollup}" | awk '/^Pss:/ { sum += $2 } END { print sum }')
    figure "appliance-proxyd: memory at rest (PSS, master and worker)" "$(awk "BEGIN { printf \"%.1f\", $kilobytes / 1024 }")" 10 MB
    note "master and worker: $proxy_pids"
}
