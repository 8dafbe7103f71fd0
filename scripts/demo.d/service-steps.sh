# shellcheck shell=bash
# The Supervisor's sequence, and traffic.

# The names are those of seed 001; addresses are the example's own.
domain=domain-c8:5071d9d4-373d-49aa-a202-4c4ed81adc3b

host_of() { setting ".nodes.$1.addresses.eth0 | split(\"/\")[0]"; }

# vip N: the Nth address of the first range. Seed 001 used the second and the third.
vip() { "$python" -c 'import ipaddress, sys; print(ipaddress.ip_network(sys.argv[1])[int(sys.argv[2])])' "$(setting '.ranges[0]')" "$1"; }

# add_frontend NAME VIP PORT:PORTNAME...: one bind and one switching rule per port.
add_frontend() {
    local name=$1 address=$2 port index=0
    shift 2
    create frontends "$(jq -nc --arg n "$name" '{name: $n, mode: "tcp", tcplog: true, log_tag: $n}')"
    for port in "$@"; do
        create "binds?frontend=$name" "$(jq -nc --arg n "$name-$address:${port#*:}" --arg a "$address" \
            --argjson p "${port%:*}" '{name: $n, address: $a, port: $p}')"
    done
    for port in "$@"; do
        create "backend_switching_rules?frontend=$name" "$(jq -nc --arg n "$name-${port#*:}" --argjson i "$index" \
            --arg t "{ dst_port ${port%:*} }" '{index: $i, name: $n, cond: "if", cond_test: $t}')"
        index=$((index + 1))
    done
}

# add_backend SERVICE PORT:PORTNAME ADDRESS...
add_backend() {
    local service=$1 port=${2%:*} name=$1-${2#*:} address
    shift 2
    create backends "$(jq -nc --arg n "$name" \
        '{name: $n, mode: "tcp", balance: {algorithm: "roundrobin"}, adv_check: "tcp-check", log_tag: $n}')"
    for address in "$@"; do
        create "servers?backend=$name" "$(jq -nc --arg n "$service-$address:$port" --arg a "$address" --argjson p "$port" \
            '{name: $n, address: $a, port: $p, check: "enabled", weight: 100, verify: "none"}')"
    done
}

program_apiserver() {
    local service=$domain-kube-system-kube-apiserver-lb-svc servers elapsed
    vip1=$(vip 2) vip2=$(vip 3)
    servers=("$(host_of backend1)" "$(host_of backend2)" "$(host_of backend3)")
    expect 200 GET info
    expect 200 GET "$services/configuration/version"
    begin_transaction
    add_frontend "$service" "$vip1" 443:nginx 6443:kube-apiserver
    add_backend "$service" 6443:kube-apiserver "${servers[@]}"
    add_backend "$service" 443:nginx "${servers[@]}"
    start_poller "$vip1" 443
    commit
    wait "$poller" || wrong "nothing answers on $vip1:443 after the commit"
    poller=
    elapsed=$((($(sed -n 2p "$scratch/first-byte") - api_sent) / 1000))
    # Its link is asked for 150 ms whether another host has the address.
    figure "commit sent to first answer through the new VIP" "$elapsed" 250 ms
    note "$vip1:443 answered a client $elapsed ms after the control plane sent its commit"
    check_reload
}

# start_poller ADDRESS PORT: asks from `client` until it is answered, and then writes the time (µs).
start_poller() {
    local deadline=$((SECONDS + 10))
    : >"$scratch/first-byte"
    inside client python3 "$here/demo.d/first-byte" "$1" "$2" >"$scratch/first-byte" 2>&1 &
    poller=$!
    until [[ -s $scratch/first-byte ]]; do
        [[ $SECONDS -lt $deadline ]] || wrong "the poller does not start"
        sleep 0.01
    done
    [[ $(<"$scratch/first-byte") == silent ]] || wrong "$1:$2 answers before the commit: $(<"$scratch/first-byte")"
}

# What the proxy listens on answers to whoever scans, and nothing else does: not the API, which is on management only.
check_guard() {
    inside client "$here/lab.d/scan" "$vip1" 1-7000 >"$scratch/scan" 2>&1 || wrong "$(<"$scratch/scan")"
    printf '%s syn-ack\n' "$vip1 443" "$vip1 6443" | diff - <(grep -v '^sent ' "$scratch/scan") >"$scratch/difference" ||
        wrong "other ports of $vip1 answer than 443 and 6443:" "$(<"$scratch/difference")"
    note "client -> $vip1: of ports 1 to 7000 only 443 and 6443 answer"
    note "$(inside appliance appliance-net status 2>/dev/null | grep '^guard: ')"
}

check_file_apiserver() { compare_file seed001-apiserver.cfg; }

# compare_file FIXTURE...: the service sections of haproxy.cfg against the seed's, with the example's addresses.
compare_file() {
    local fixtures=("${@/#/$here/demo.d/}")
    cat "${fixtures[@]}" | sed -e "s/10\.13\.200\.34/$vip1/g; s/10\.13\.200\.35/$vip2/g" \
        -e "s/10\.13\.201\.20/$(host_of backend1)/g; s/10\.13\.201\.21/$(host_of backend2)/g" \
        -e "s/10\.13\.201\.22/$(host_of backend3)/g; s/10\.13\.21\.20/$(host_of backend4)/g" >"$scratch/expected.cfg"
    inside appliance cat /etc/haproxy/haproxy.cfg >"$scratch/haproxy.cfg"
    "$python" "$here/demo.d/compare-config" "$scratch/expected.cfg" "$scratch/haproxy.cfg" >"$scratch/compare" 2>&1 ||
        wrong "$(<"$scratch/compare")"
    note "$(<"$scratch/compare")"
}

# ask NODE URL-WITH-GLOB: the bodies of all answers; fails when one request does.
ask() { inside "$1" curl --silent --show-error --fail --max-time 5 "$2"; }

# in_turn NODE ADDRESS PORT COUNT BACKEND...: COUNT requests, answered by each backend equally often.
in_turn() {
    local node=$1 address=$2 port=$3 count=$4 backend got
    shift 4
    ask "$node" "http://$address:$port/[1-$count]" >"$scratch/answers" 2>&1 || wrong "a request failed: $(<"$scratch/answers")"
    for backend in "$@"; do
        got=$(grep -c "^$backend $port " "$scratch/answers" || true)
        [[ $got -eq $((count / $#)) ]] || wrong "$backend answered $got of $count requests from $node to $address:$port:" \
            "$(sort "$scratch/answers" | uniq -c)"
    done
}

check_round_robin() {
    local node port
    for node in client client2; do
        for port in 443 6443; do
            in_turn "$node" "$vip1" "$port" 9 backend1 backend2 backend3
            note "$node -> $vip1:$port: 9 requests, 3 from each of the three backends"
        done
    done
}

reach_second_network() {
    local network deadline=$((SECONDS + 20))
    network=$(setting '.networks.workload2.network')
    if [[ $(setting '.additional | length') -gt 0 ]]; then
        note "$network came with the settings (additional_workload_networks)"
    else
        inside appliance bash -c 'printf "%s\n" "$1" >>/etc/vmware/workload-networks.cfg' _ "$network"
        until inside appliance appliance-net plan >"$scratch/output" 2>&1; do
            [[ $SECONDS -lt $deadline ]] || wrong "20 s later there is still something to do:" "$(<"$scratch/output")"
        done
        note "an admin adds $network to /etc/vmware/workload-networks.cfg, and the service makes it so"
    fi
    inside appliance ip route get "$(host_of backend4)" >"$scratch/route" || wrong "no route to backend4"
    grep -q ' dev workload ' "$scratch/route" || wrong "backend4 is not reached by workload: $(<"$scratch/route")"
    note "$(head -1 "$scratch/route" | sed 's/ uid.*//')"
}

# expect_exit CODE CMD... inside the appliance
expect_exit() {
    local wanted=$1 code=0
    shift
    inside appliance "$@" >"$scratch/output" 2>&1 || code=$?
    [[ $code -eq $wanted ]] || wrong "$* ended with $code where $wanted belongs:" "$(<"$scratch/output")"
}

program_guest_cluster() {
    local service=$domain-ns-stc-wld-1-cluster-2-control-plane-service
    begin_transaction
    add_frontend "$service" "$vip2" 6443:apiserver
    add_backend "$service" 6443:apiserver "$(host_of backend4)"
    commit
    check_reload
    in_turn client "$vip2" 6443 3 backend4
    in_turn client2 "$vip2" 6443 3 backend4
    note "$vip2:6443 is answered at once: $(head -1 "$scratch/answers")"
    compare_file seed001-apiserver.cfg seed001-cluster-2.cfg
}
