import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// The numbers of listening sockets (`bind … id`), beside those of the real HAProxy.
@Suite(.blocking) struct ListenerNumberTests {
    private static let ports: [UInt16] = [80, 81, 82, 83, 84, 85, 86, 87, 90, 91, 92]

    private static func configuration(_ host: UInt8, _ directory: String) -> String {
        let place = "127.0.0.\(host)"
        return """
            global
              log stdout format raw local0 info
              stats socket \(directory)/stats\(host) level admin
            defaults
              mode tcp
              log global
              timeout connect 5s
              timeout client 5s
              timeout server 5s
              log-format "%fp so_id=%[so_id] so_name=%[so_name]"
            frontend told
              option socket-stats
              bind \(place):80 id 77 name x
              bind \(place):81
              bind \(place):82-84
              bind \(place):85 id 5
              bind \(place):86,\(place):87
              default_backend nowhere
            frontend untold
              bind \(place):90
              bind \(place):91 name named
              bind \(place):92 id 123456
              default_backend nowhere
            backend nowhere
              server s 127.0.0.1:9

            """
    }

    @Test func theyAreHAProxys() throws {
        try withDaemonRoom { directory in
            let both = try BothProxies(in: directory, ports: Self.ports) { Self.configuration($0, directory) }
            var rows: [[String]] = []
            for host in BothProxies.hosts {
                let path = "\(directory)/stats\(host)"
                let isThere = eventually { (try? UnixSocket.connect(path, timeoutMilliseconds: 9000)) != nil }
                try #require(isThere)
                let client = MasterClient(path: path, timeoutMilliseconds: 60000)
                rows.append(
                    try ["show stat", "show stat told 8 77", "show stat told 8 6", "show stat told 8 1"].map {
                        command in
                        try client.send(command).split(separator: "\n").filter { $0.hasPrefix("told,") }.map { line in
                            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
                            return "\(cells[1]) \(cells[28])"
                        }.sorted().joined(separator: "; ")
                    }
                )
                for port in Self.ports { try TestSocket.connect(port: port, host: host).finish() }
            }
            #expect(rows[0] == rows[1])
            #expect(rows[1][0].contains("sock-6 6; sock-8 8"))
            #expect(rows[1][1] == "x 77")
            try both.wait { $0.split(separator: "\n").count { $0.contains("so_id=") } >= Self.ports.count }
            let lines = BothProxies.hosts.map { host in
                both.output(host).split(separator: "\n").filter { $0.contains("so_id=") }.sorted()
            }
            #expect(lines[0] == lines[1])
            #expect(lines[1].contains("92 so_id=123456 so_name=-"))
        }
    }
}
