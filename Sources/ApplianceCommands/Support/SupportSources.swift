internal import Files

/// What a support bundle is made of. Keys, password hashes and what holds nothing else are not.
enum SupportSources {
    /// Files, and directories of which every file is taken.
    static let files = [
        "/etc/os-release", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/etc/vmware", "/etc/appliance-net",
        "/etc/haproxy/haproxy.cfg", "/etc/haproxy/dataplaneapi.cfg", "/etc/haproxy/dataplaneapi.yaml",
        "/etc/haproxy/ca.crt", "/etc/haproxy/server.crt", "/etc/sysctl.d/60-appliance-net.conf",
        "/etc/systemd/network", "/etc/chrony/sources.d", "/etc/ssh/sshd_config.d", "/etc/iproute2/rt_tables.d",
        "/etc/iproute2/rt_protos.d", "/var/lib/appliance-net/try.json",
        "/var/lib/appliance-net/recovery/properties.json", "/run/appliance-net/firstboot.json",
        "/run/appliance-net/leases",
        "/var/log/appliance-net.log", "/var/log/appliance-proxy.log", "/var/log/appliance-dataplane.log",
        // Last: there may be many.
        "/var/lib/appliance-net/generations",
    ]

    /// Our own commands, with how they are called in the bundle.
    static let own: [(name: String, arguments: [String])] = [
        ("console", ["console", "--once"]), ("status", ["status", "--long"]), ("status.json", ["status", "--json"]),
        ("plan", ["plan", "--verbose"]), ("validate", ["validate"]), ("history", ["history"]), ("doctor", ["doctor"]),
        ("config-history", ["config", "history"]), ("vip-list", ["vip", "list"]),
    ]

    /// Programs of the system. None shows the arguments of processes: they are not ours to tell.
    static let programs: [(name: String, arguments: [String])] = [
        ("uname", ["uname", "-a"]), ("uptime", ["uptime"]), ("date", ["date", "--utc", "+%FT%TZ"]),
        ("df", ["df", "-h"]), ("free", ["free", "-m"]),
        ("processes", ["ps", "-eo", "pid,ppid,user,rss,pcpu,etime,stat,comm"]),
        ("ip-address", ["ip", "-d", "address"]), ("ip-link", ["ip", "-s", "link"]), ("ip-rule", ["ip", "rule"]),
        ("ip6-rule", ["ip", "-6", "rule"]), ("ip-route", ["ip", "route", "show", "table", "all"]),
        ("ip6-route", ["ip", "-6", "route", "show", "table", "all"]), ("ip-neighbour", ["ip", "neighbour"]),
        ("nft", ["nft", "list", "ruleset"]), ("ss-listening", ["ss", "-ltnup"]), ("ss-summary", ["ss", "-s"]),
        ("ethtool", ["sh", "-c", "for i in management workload frontend; do ethtool $i; done"]),
        ("units", ["systemctl", "--no-pager", "--full", "status", "appliance-*", "chrony.service", "ssh.service"]),
        ("failed-units", ["systemctl", "--no-pager", "--failed"]),
        ("journal", ["journalctl", "--no-pager", "--output=short-iso", "--lines=20000", "--unit=appliance-*"]),
        ("journal-warnings", ["journalctl", "--no-pager", "--output=short-iso", "--lines=2000", "--priority=warning"]),
        ("kernel", ["dmesg"]), ("time", ["timedatectl"]), ("time-sources", ["chronyc", "-n", "sources"]),
        ("vmware-tools", ["vmware-toolbox-cmd", "-v"]),
    ]

    /// Questions to the running proxy.
    static let questions: [(name: String, socket: String, command: String)] = [
        ("proxy-processes", "/run/haproxy-master.sock", "show proc"),
        ("proxy-quarantine", "/run/haproxy-master.sock", "show quarantine"),
        ("proxy-info", "/run/haproxy.sock", "show info"), ("proxy-stat", "/run/haproxy.sock", "show stat"),
        ("proxy-errors", "/run/haproxy.sock", "show errors"),
    ]
}
