# shellcheck shell=bash
# The control plane's side of the Data Plane API: curl in `control`, verified against the appliance's CA.

api_code= api_body='' api_sent= in_transaction=

inside() { "$here/lab" exec "$@"; }

# setting JQ: something out of the lab's topology.
setting() { jq -r "$1" "/run/appliance-net-lab/$LAB_ID/topology.json"; }

# property KEY: one of the appliance's properties, as its example file has it.
property() {
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/lab.d "$python" -c '
import sys, settings
print(settings.read(sys.argv[2], ovf=sys.argv[1] == "--ovf-env").properties.get(sys.argv[3], ""))
' "$choice" "$input" "$1"
}

# Everything secret goes through files that only we can read, never through a command line.
prepare_api() {
    inside appliance cat /etc/haproxy/ca.crt >"$scratch/ca.crt"
    api_url=https://$(setting '.appliance[0].address | split("/")[0]'):$(property loadbalance.dataplane_port)
    (umask 077 && printf 'user = "%s:%s"\n' "$(property loadbalance.haproxy_user)" \
        "$(property loadbalance.haproxy_pwd)" >"$scratch/curl.conf")
}

# api METHOD PATH [JSON]: sets api_code, api_body, and api_sent: when the request went out, TLS being up (µs).
api() {
    local sent
    local arguments=(--silent --show-error --max-time 10 --cacert "$scratch/ca.crt" --config "$scratch/curl.conf"
        --request "$1" --dump-header "$scratch/headers" --output "$scratch/body" --write-out '%{http_code} %{time_pretransfer}')
    [[ -z ${3:-} ]] || arguments+=(--header 'Content-Type: application/json' --data "$3")
    : >"$scratch/body"
    inside control "$here/demo.d/stamp" "$scratch/began" curl "${arguments[@]}" "$api_url/v2/$2" >"$scratch/code" ||
        wrong "$1 /v2/$2: curl failed"
    read -r api_code sent <"$scratch/code" || true
    # curl gives seconds with six decimals.
    api_sent=$(($(<"$scratch/began") + 10#${sent/./}))
    api_body=$(<"$scratch/body")
}

# expect CODE METHOD PATH [JSON]
expect() {
    local code=$1
    shift
    api "$@"
    [[ $api_code == "$code" ]] || wrong "$1 /v2/$2 gave $api_code where $code belongs:" "$api_body"
}

services=services/haproxy

# The Supervisor reads the version from a wrapped GET.
begin_transaction() {
    local version
    expect 200 GET "$services/configuration/frontends"
    version=$(jq -e ._version <<<"$api_body") || wrong "GET frontends is not wrapped: $api_body"
    expect 201 POST "$services/transactions?version=$version"
    in_transaction=transaction_id=$(jq -er .id <<<"$api_body")
}

# create COLLECTION[?QUERY] JSON, in the open transaction.
create() {
    local separator='?'
    [[ $1 != *\?* ]] || separator='&'
    expect 202 POST "$services/configuration/$1$separator$in_transaction" "$2"
}

commit() {
    expect 202 PUT "$services/transactions/${in_transaction#*=}"
    [[ $(jq -r .status <<<"$api_body") == success ]] || wrong "the commit answers: $api_body"
    in_transaction=
}

# The reload that the last answer names must have succeeded.
check_reload() {
    local reload
    reload=$(tr -d '\r' <"$scratch/headers" | sed -n 's/^[Rr]eload-[Ii][Dd]: *//p')
    [[ -n $reload ]] || wrong "the commit's answer has no Reload-ID"
    expect 200 GET "$services/reloads/$reload"
    [[ $(jq -r .status <<<"$api_body") == succeeded ]] || wrong "reload $reload: $api_body"
}
