import DataPlaneAPI
import DataPlaneModel
import Dispatch
import Files
import Logging
import RuntimeAPI
import Syscalls
import TestSupport

/// A proxy that takes everything.
struct WillingReloader: Reloader {
    func reload() throws(SystemError) -> ReloadAnswer? { ReloadAnswer(success: true, text: "kept=0\n") }
    func isUp() -> Bool? { true }
}

/// The API over TLS on a free port of the loopback, asked by curl.
struct LiveServer {
    let directory: String
    let port: Int
    let path: String

    struct Answer {
        var status: Int
        var headers: String
        var body: String
    }

    struct CurlFailed: Error {
        var status: Int
        var text: String
    }

    /// Asks with the password of `controller`'s admin, in a file and not on the command line.
    func curl(
        _ method: String,
        _ target: String,
        _ arguments: String...,
        user: String = "admin:secret"
    ) async throws -> Answer {
        let command =
            [
                "curl", "--silent", "--show-error", "--max-time", "60", "--cacert", directory + "/server.crt",
                "--config", "-", "--path-as-is", "--request", method, "--include",
            ] + arguments + ["https://127.0.0.1:\(port)\(target)"]
        let output = try await onThread {
            try Subprocess.run(command, input: Array("user = \"\(user)\"\n".utf8))
        }
        guard output.status == 0 else {
            throw CurlFailed(status: output.status, text: output.errors)
        }
        // curl leaves interim answers such as `100 Continue` before the last one.
        let text = output.output.split(separator: "\r\n", omittingEmptySubsequences: false)
        let start = text.lastIndex { $0.hasPrefix("HTTP/1.1 ") } ?? 0
        let end = text[start...].firstIndex(of: "") ?? text.endIndex
        return Answer(
            status: text[start].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0,
            headers: text[start..<end].joined(separator: "\n"),
            body: text[min(end + 1, text.endIndex)...].joined(separator: "\r\n")
        )
    }
}

func withLiveServer(_ configuration: String, _ body: @Sendable (LiveServer) async throws -> Void) async throws {
    try await withTemporaryDirectory { directory in
        let path = directory + "/haproxy.cfg"
        try AtomicFile.replace(path, with: configuration, mode: 0o640)
        let (certificate, key) = (directory + "/server.crt", directory + "/server.key")
        try run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "1",
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            key,
            "-out",
            certificate
        )
        let dataPlane = try DataPlane(
            DataPlane.Settings(path: path),
            checker: HAProxyChecker(program: "haproxy"),
            reloader: WillingReloader()
        )
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = try APIServer(
            dataPlane,
            listeners: [.https(host: "127.0.0.1", port: 0, TLSFiles(certificate: certificate, key: key))],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { ports in
            if let port = ports.first ?? nil { continuation.yield(port) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { return }
            try await body(LiveServer(directory: directory, port: port, path: path))
            group.cancelAll()
        }
    }
}

/// Waits for what blocks on a thread apart: the few that run tasks are the server's.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Swift.Result { try body() }) }
    }
}
