import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Programs that others wrote for HAProxy, against ours and the real one: what they make of either is the same.
@Suite(.blocking) struct ClientToolTests {
    /// What a tool of `scripts/clients.d` prints, for ours and for HAProxy's.
    private static func outputs(_ script: String, _ arguments: [[String]]) throws -> [[Substring]] {
        try arguments.map { arguments in
            try run(["scripts/clients", script] + arguments).split(separator: "\n", omittingEmptySubsequences: false)
        }
    }

    private static func compare(_ outputs: [[Substring]], least: Int) {
        #expect(outputs[0].count == outputs[1].count)
        #expect(outputs[1].count >= least, "\(outputs[1])")
        for (mine, their) in zip(outputs[0], outputs[1]) { #expect(mine == their) }
    }

    /// Both have taken a connection, and nothing is going on any more that a tool could see or not.
    private static func settle(_ sides: [RuntimeSide]) throws {
        for side in sides {
            #expect(try side.ask(1000) == "1")
            let settled = try eventually {
                let table = try side.statistics()
                return table["c/down"]?["status"] == "DOWN" && table["c/up"]?["status"] == "UP"
                    && table.values.allSatisfy { row in
                        ["scur", "rate", "conn_rate"].allSatisfy { row[$0] ?? "" == "" || row[$0] == "0" }
                    }
            }
            #expect(settled, "\(side.host)")
        }
    }

    /// hatop on a terminal of 110 columns: its four tables, the keys that change a server, its command line.
    @Test func hatopShowsAndChangesWhatItDoesOfHAProxy() throws {
        try withRuntimePair { ours, theirs in
            try Self.settle([ours, theirs])
            let sockets = [[ours.client.path], [theirs.client.path]]
            Self.compare(try Self.outputs("hatop_screens.py", sockets), least: 100)
        }
    }

    /// haproxyadmin (PyPI): every property and metric of frontends, backends and servers, and every order.
    @Test func haproxyadminFindsAndOrdersTheSame() throws {
        try withTemporaryDirectory { directory in
            let (map, list) = (directory + "/map", directory + "/list")
            try FileDescriptor.open(map, O_WRONLY | O_CREAT, mode: 0o644).writeAll(
                Array("10.0.0.1 one\n10.0.0.2 two\n".utf8)
            )
            try FileDescriptor.open(list, O_WRONLY | O_CREAT, mode: 0o644).writeAll(Array("10.1.0.0/16\n".utf8))
            let rules = """
                backend m
                  tcp-request content reject if { src,map_ip(\(map)) -m found }
                  tcp-request content reject if { src -f \(list) }
                """
            try withRuntimePair(backend: rules) { ours, theirs in
                try Self.settle([ours, theirs])
                let arguments = [ours, theirs].map { [$0.client.path, map, list] }
                let outputs = try Self.outputs("admin.py", arguments).enumerated().map { index, lines in
                    // HAProxy counts what is asked on its own sockets, too.
                    lines.filter { !$0.hasPrefix("totalrequests") }.map { line in
                        index == 0 ? Substring(line.replacing("127.0.0.3", with: "127.0.0.2")) : line
                    }
                }
                Self.compare(outputs, least: 450)
            }
        }
    }

    private static func pages(_ host: UInt8, _ directory: String) -> String {
        "global\n  stats socket \(directory)/stats\(host)\n" + PageTests.http + """
            listen page from http
              bind 127.0.0.\(host):80
              stats enable
              stats uri /
              stats auth u:p
            frontend metrics from http
              bind 127.0.0.\(host):81
              http-request use-service prometheus-exporter if { path /metrics }
            listen l
              mode tcp
              bind 127.0.0.\(host):82
              fullconn 40
              option socket-stats
              server one 127.0.0.1:1 weight 7 maxconn 9
              server off 127.0.0.1:2 disabled
              server spare 127.0.0.1:2 backup
            backend unused
              mode tcp
              server one 127.0.0.1:1

            """
    }

    /// haproxy-stats (PyPI): the table by HTTP, with and without the right password.
    @Test func haproxyStatsReadsTheSamePage() throws {
        try withDaemonRoom { directory in
            let both = try BothProxies(in: directory, ports: [80, 81, 82]) { Self.pages($0, directory) }
            for password in ["p", "wrong"] {
                let arguments = BothProxies.hosts.map { ["127.0.0.\($0):80", "u", password] }
                // The page's own frontend has counted the request that asks for it, or not yet.
                let outputs = try Self.outputs("page.py", arguments).map { lines in
                    lines.filter { !($0.contains("\"pxname\": \"page\"") && $0.contains("\"svname\": \"FRONTEND\"")) }
                        .map { line in Substring(line.replacing("127.0.0.1:82", with: "127.0.0.2:82")) }
                }
                Self.compare(outputs, least: password == "p" ? 8 : 1)
            }
            _ = both
        }
    }

    /// What hangs on the moment, on the machine, or is one of the differences that are documented.
    private static let chance: Set<String> = [
        "haproxy_process_max_fds", "haproxy_process_max_sockets", "haproxy_process_current_tasks",
        "haproxy_process_connections_total", "haproxy_process_requests_total", "haproxy_process_build_info",
        "haproxy_process_current_connections", "haproxy_process_idle_time_percent",
        "haproxy_process_start_time_seconds",
        "haproxy_process_uptime_seconds", "haproxy_process_jobs", "haproxy_process_bytes_out_total",
        "haproxy_process_bytes_out_rate", "haproxy_process_pool_allocated_bytes", "haproxy_process_pool_used_bytes",
    ]

    /// prometheus_client (PyPI), which Prometheus' own readers of the text format were compared with: names, types, words,
    /// labels and values.
    @Test func prometheusReadsTheSameMetrics() throws {
        try withDaemonRoom { directory in
            let both = try BothProxies(in: directory, ports: [80, 81, 82]) { Self.pages($0, directory) }
            let arguments = BothProxies.hosts.map { ["http://127.0.0.\($0):81/metrics"] }
            let outputs = try Self.outputs("metrics.py", arguments).map { lines in
                lines.map { line -> Substring in
                    let words = line.split(separator: " ")
                    guard line.hasPrefix("  "), let name = words.first else { return line }
                    let isOwn = line.contains("('proxy', 'metrics')")
                    let isRate = name.hasSuffix("_rate") || name.contains("_seconds")
                    return isOwn || isRate || Self.chance.contains(String(name))
                        ? Substring(words.dropLast().joined(separator: " ")) : line
                }.filter { !$0.hasPrefix("haproxy_process_build_info") }
            }
            Self.compare(outputs, least: 700)
            _ = both
        }
    }
}
