import Glibc
import Syscalls
import TestSupport
import Testing

/// The real HAProxy beside ours, in the caller's network namespace.
final class Oracle {
    let program: Background

    /// - Parameter ports: Those of `host` that it listens on; it has started when it does.
    init(_ body: String, in directory: String, host: String = "127.0.0.2", ports: [UInt16]) throws {
        let path = "\(directory)/oracle"
        mkdir(path, 0o755)
        try DaemonFixture.write(body, in: path)
        program = try Background(["haproxy", "-db", "-f", "\(path)/haproxy.cfg"], in: path)
        let program = program
        let listens = try eventually { try ports.allSatisfy { try Self.listens("\(host):\($0)") } }
        try #require(listens, "\(program.errors)")
    }

    /// Somebody listens there; asked of the kernel, because a connection would be seen.
    static func listens(_ place: String) throws -> Bool { try !run("ss", "-Hltn", "src = \(place)").isEmpty }

    /// Connections that somebody who listens there has not accepted yet.
    static func queue(_ place: String) throws -> Int {
        Int(try run("ss", "-Hltn", "src = \(place)").split(separator: " ").dropFirst().first ?? "") ?? -1
    }
}
