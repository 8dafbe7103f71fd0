# shellcheck shell=bash
# What goes wrong, what is done again, and the end.

check_with_haproxy() {
    local code=0
    inside appliance haproxy -c -f /etc/haproxy/haproxy.cfg >"$scratch/check" 2>&1 || code=$?
    [[ $code -eq 0 ]] || wrong "haproxy -c ended with $code:" "$(<"$scratch/check")"
    note "$(inside appliance haproxy -v | head -1 | cut -d- -f1): $(tail -1 "$scratch/check")"
}

backend2_pid() { "$here/lab" status --json | jq '.nodes[] | select(.name == "backend2").programs[] | select(.name == "responder").pid'; }

# Until the health check has seen it, a request may still be given to the dead server.
lose_backend() {
    local begin deadline=$((SECONDS + 20)) row=0 failed=0
    inside backend2 kill -KILL "$(backend2_pid)"
    begin=$(now_us)
    while [[ $row -lt 6 ]]; do
        [[ $SECONDS -lt $deadline ]] || wrong "requests still fail 20 s after backend2 died"
        if ask client "http://$vip1:443/" >"$scratch/answers" 2>&1; then row=$((row + 1)); else row=0 failed=$((failed + 1)); fi
    done
    note "noticed within $((($(now_us) - begin) / 1000)) ms; $failed requests were refused until then"
    in_turn client "$vip1" 443 18 backend1 backend3
    note "then 18 requests, none failed: 9 from backend1, 9 from backend3"
}

return_backend() {
    local deadline=$((SECONDS + 20))
    inside backend2 setsid python3 "$here/lab.d/responder" backend2 </dev/null >/dev/null 2>&1 &
    : >"$scratch/answers"
    until grep -q '^backend2 ' "$scratch/answers"; do
        [[ $SECONDS -lt $deadline ]] || wrong "backend2 gets no request 20 s after it returned"
        sleep 0.05
        ask client "http://$vip1:443/[1-6]" >"$scratch/answers" 2>&1 || wrong "a request failed: $(<"$scratch/answers")"
    done
    in_turn client "$vip1" 443 9 backend1 backend2 backend3
}

check_same_process() {
    local pids
    pids=$(proxy_processes)
    [[ $pids == "$proxy_pids" ]] || wrong "the processes were $proxy_pids and are $pids"
    note "master and worker: $pids, as at the start"
}

# Everything that first boot writes, by content and mode, and what the kernel holds.
fingerprint() {
    inside appliance bash -c '
        find /etc /var/lib/appliance-net -xdev \( -type f -o -type l \) -printf "%p %m %l\n" | sort
        find /etc /var/lib/appliance-net -xdev -type f -print0 | sort -z | xargs -0 sha256sum
        ip -N rule; ip -N route show table all; ip -N address | grep -v valid_lft'
}

boot_again() {
    fingerprint >"$scratch/before"
    "$here/lab" boot >"$scratch/boot.log" 2>&1 || wrong "$(<"$scratch/boot.log")"
    fingerprint >"$scratch/after"
    diff "$scratch/before" "$scratch/after" >"$scratch/difference" || wrong "something changed:" "$(<"$scratch/difference")"
    note "it says: $(tail -1 "$scratch/boot.log")"
}

take_network_down() {
    expect_exit 0 appliance-net down
    compare_network none
    inside appliance nft list tables >"$scratch/tables"
    [[ ! -s $scratch/tables ]] || wrong "tables are left: $(<"$scratch/tables")"
}

bring_network_back() {
    expect_exit 0 appliance-net apply
    expect_exit 0 appliance-net plan
    compare_network settings
    in_turn client "$vip1" 443 9 backend1 backend2 backend3
}

lab_down() {
    "$here/lab" down >"$scratch/down.log" 2>&1 || wrong "$(<"$scratch/down.log")"
    note "$(tail -1 "$scratch/down.log" | sed 's/^lab: //')"
}
