# shellcheck shell=bash
# scripts/lab exec NODE CMD...

lab_exec() {
    [[ $# -ge 2 ]] || fail "usage: scripts/lab exec NODE CMD..." 64
    local node=$1 enter directory=$PWD
    shift
    # What is private to a node does not hold this machine's working directory.
    case $directory/ in
        /etc/* | /run/* | /var/lib/* | /var/log/*) directory= ;;
    esac
    enter_node "$node" "$directory"
    exec "${enter[@]}" "$@"
}
