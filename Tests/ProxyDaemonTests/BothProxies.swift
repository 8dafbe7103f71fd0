import TestSupport
import Testing

/// Ours on 127.0.0.1 and the real HAProxy on 127.0.0.2, with the same configuration but for that address.
final class BothProxies {
    /// Ours and theirs, as the last number of an address.
    static let hosts: [UInt8] = [1, 2]

    let ours: DaemonFixture
    let theirs: Oracle

    /// - Parameters:
    ///   - ports: Those that both listen on.
    ///   - body: The configuration for a host.
    init(in directory: String, ports: [UInt16], _ body: (_ host: UInt8) -> String) throws {
        ours = try DaemonFixture(body(1), in: directory)
        theirs = try Oracle(body(2), in: directory, ports: ports)
    }

    func output(_ host: UInt8) -> String { host == 1 ? ours.program.output : theirs.program.output }

    /// Waits until `condition` holds for the log of either.
    func wait(_ condition: (_ log: String) -> Bool) throws {
        for host in Self.hosts { try #require(eventually { condition(output(host)) }, "\(output(host))") }
    }

    /// The lines that are not about connections, in order, durations masked.
    func serverLines(_ host: UInt8) -> [String] {
        output(host).split(separator: "\n").filter { !$0.contains(" [") }.map { Self.masked(String($0)) }
    }

    /// The lines about connections, sorted by frontend. Addresses and times are masked, and how many connections the
    /// process and the frontend have: where several end at once, that is chance.
    func connectionLines(_ host: UInt8) -> [String] {
        output(host).split(separator: "\n").filter { $0.contains(" [") }.map { line in
            var words = line.split(separator: " ").map { String($0) }
            guard words.count > 7 else { return String(line) }
            words[4] = words[4].split(separator: "/").map { $0 == "-1" ? "-1" : "t" }.joined(separator: "/")
            words[7] = "n/n/" + words[7].split(separator: "/").dropFirst(2).joined(separator: "/")
            return words.dropFirst(2).joined(separator: " ")
        }.sorted()
    }

    private static func masked(_ line: String) -> String {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        return words.enumerated().map { index, word in
            if word.hasSuffix("ms,") || word.hasSuffix("ms.") { return "N" }
            // Whether those that are cut have ended yet is chance.
            return words.dropFirst(index + 1).first == "sessions" && words.dropFirst(index + 2).first == "active,"
                ? "N" : String(word)
        }.joined(separator: " ")
    }
}

/// A client's side of a connection through a proxy to a server that answers with its name and stays.
extension TestSocket {
    /// Connects to a proxy, says something, and gives who answers.
    static func asking(port: UInt16, host: UInt8 = 1) throws -> (socket: TestSocket, answer: String) {
        let socket = try TestSocket.connect(port: port, host: host)
        try socket.send("?")
        return (socket, String(decoding: try socket.receive(), as: UTF8.self))
    }

    /// Ends in order; the proxy is through with the connection when this returns.
    func finish() {
        shutdownWrite()
        _ = try? receiveAll()
    }

    /// The other end has ended it, by an end or by a reset.
    func isCut() -> Bool { ((try? receive()) ?? []).isEmpty }
}

extension TestServer {
    /// Answers with its name, and stays until the client ends.
    static func staying(_ name: String) throws -> TestServer {
        try TestServer { connection in
            if try connection.receive().isEmpty { return }
            try connection.send(name)
            _ = try connection.receiveAll()
        }
    }
}
