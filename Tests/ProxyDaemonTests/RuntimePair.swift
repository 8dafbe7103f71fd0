import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// A program with a stats socket, whose listeners are on `host`.
struct RuntimeSide {
    let program: Background
    let client: MasterClient
    /// Of 127.0.0.x
    let host: UInt8
    /// The path of the master socket, if there is a master.
    var master = ""

    func ask(_ port: UInt16, _ words: String = "hello") throws -> String {
        let socket = try TestSocket.connect(port: port, host: host)
        if !words.isEmpty { try socket.send(words) }
        // A proxy without a server resets.
        return (try? socket.receiveAll()) ?? ""
    }

    /// `show stat` by `proxy/server` and column.
    func statistics() throws -> [String: [String: String]] {
        let lines = try client.send("show stat").split(separator: "\n")
        let names = lines[0].dropFirst(2).split(separator: ",", omittingEmptySubsequences: false)
        var table: [String: [String: String]] = [:]
        for line in lines.dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            let row = Dictionary(zip(names, cells).map { (String($0), String($1)) }) { first, _ in first }
            table["\(cells[0])/\(cells[1])"] = row
        }
        return table
    }

    /// The answer line by line, or object by object, without the values.
    func shape(_ command: String) throws -> [String] {
        let answer = try client.send(command)
        if command.contains("json") {
            return answer.split(separator: "{\"objType\":").flatMap { $0.split(separator: "{\"field\":") }.map { part in
                part.split(separator: "\"value\":").dropLast().joined()
            }
        }
        guard command.contains("typed") else {
            return answer.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line.hasPrefix("#") ? String(line) : String(line.prefix { $0 != ":" && $0 != "," })
            }
        }
        return answer.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let parts = line.split(separator: ":", omittingEmptySubsequences: false)
            let meaning = command.contains("desc") ? parts.last.map { [$0] } ?? [] : []
            return (parts.prefix(3) + meaning).joined(separator: ":")
        }
    }

    /// `show servers state`, but for the numbers of backends and the seconds since the last change.
    func states() throws -> [[Substring]] {
        try client.send("show servers state").split(separator: "\n").map { line in
            var words = line.split(separator: " ")
            if words.count > 20, words[0] != "#" {
                words[0] = ""
                words[9] = ""
            }
            return words
        }
    }
}

/// - Parameter lines: Further sections; `HOST` in them is the last number of the side's address.
func withRuntimePair(
    level: String = "admin",
    isMaster: Bool = false,
    global words: String = "",
    defaults: String = "",
    backend lines: String = "",
    _ body: @escaping @Sendable (RuntimeSide, RuntimeSide) throws -> Void
) throws {
    try withDaemonRoom { directory in
        let servers = try (1...2).map { number in
            try TestServer { connection in
                _ = try connection.receive()
                try connection.send("\(number)")
            }
        }
        let (closed, closedPort) = try TestSocket.bound(listening: false)
        func start(_ program: String, _ host: UInt8) throws -> RuntimeSide {
            let name = program.split(separator: "/").last ?? ""
            let text = """
                global
                  stats socket \(directory)/\(name).sock level \(level)
                  stats socket ipv4@127.0.0.\(host):999 level operator
                  stats timeout 60s
                  stats maxconn 20
                  node n1
                  \(words)
                  nbthread 1
                  maxconn 1000
                defaults
                  mode tcp
                  timeout connect 60s
                  timeout client 60s
                  timeout server 60s
                  retries 0
                  \(defaults)
                frontend f
                  option socket-stats
                  bind 127.0.0.\(host):1000
                  default_backend b
                frontend g
                  bind 127.0.0.\(host):1001
                  default_backend c
                backend b
                  balance leastconn
                  server s1 127.0.0.1:\(servers[0].port) weight 10 maxconn 20
                  server s2 127.0.0.1:\(servers[1].port) backup
                  server s3 127.0.0.1:9 disabled
                backend c
                  server refused 127.0.0.1:\(closedPort)
                  server up 127.0.0.1:\(servers[1].port) check inter 100ms weight 0
                  server down 127.0.0.1:\(closedPort) check inter 100ms
                \(lines.replacing("HOST", with: "\(host)"))

                """
            let path = "\(directory)/\(name).cfg"
            try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(text.utf8))
            let master = "\(directory)/\(name)-master.sock"
            let process = try Background(
                [program, "-db", "-f", path] + (isMaster ? ["-W", "-S", master] : []),
                in: directory
            )
            let listens = try eventually {
                try Oracle.listens("127.0.0.\(host):1000") && Oracle.listens("127.0.0.\(host):1001")
                    && access("\(directory)/\(name).sock", F_OK) == 0
            }
            try #require(listens, "\(process.errors)")
            if isMaster {
                // HAProxy's starts itself again once its worker runs, and nobody listens for a moment.
                let isThere = eventually {
                    (try? MasterClient(path: master).send("@1 show info"))?.contains("Name:") ?? false
                }
                try #require(isThere, "\(process.errors)")
            }
            return RuntimeSide(
                program: process,
                client: MasterClient(path: "\(directory)/\(name).sock", timeoutMilliseconds: 60000),
                host: host,
                master: master
            )
        }
        try body(start(proxyd, 3), start("haproxy", 2))
        _ = closed
    }
}
