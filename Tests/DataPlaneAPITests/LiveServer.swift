@testable import DataPlaneAPI
import DataPlaneModel
import Dispatch
import Files
import Glibc
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
    /// The same without TLS.
    let plainPort: Int
    let path: String

    /// What was logged, changes among it.
    var log: String { get throws { try AtomicFile.readText(directory + "/log") ?? "" } }

    /// One request over a bare socket; what comes until the connection closes.
    func exchange(_ bytes: [UInt8], from source: UInt8? = nil) async throws -> String {
        let port = UInt16(plainPort)
        return try await onThread {
            let socket = try TestSocket.connect(port: port, from: source)
            try socket.send(bytes)
            return try socket.receiveAll()
        }
    }

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
        user: String? = "admin:secret"
    ) async throws -> Answer {
        let command =
            [
                "curl", "--silent", "--show-error", "--max-time", "60", "--cacert", directory + "/server.crt",
                "--config", "-", "--path-as-is", "--request", method, "--include",
            ] + arguments + ["https://127.0.0.1:\(port)\(target)"]
        let output = try await onThread {
            try Subprocess.run(command, input: Array((user.map { "user = \"\($0)\"\n" } ?? "").utf8))
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

/// What a live server does otherwise than by default.
struct LiveOptions: Sendable {
    var limits = ServerLimits()
    /// Of `--tls-ca`: client.crt of the server's directory is its own authority.
    var clientCertificate: ListenerOptions.ClientCertificate?
    var certificateSuffices = false
}

/// A certificate for 127.0.0.1 that is its own authority.
func makeCertificate(_ directory: String, _ name: String, subject: String = "127.0.0.1") throws {
    let text = """
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj "/CN=$3" \
            -addext subjectAltName=IP:127.0.0.1 -keyout "$1/$2.key" -out "$1/$2.crt"
        """
    try run("sh", "-c", text, "sh", directory, name, subject)
}

func withLiveServer(
    _ configuration: String,
    _ options: LiveOptions = LiveOptions(),
    _ body: @Sendable (LiveServer) async throws -> Void
) async throws {
    try await withTemporaryDirectory { directory in
        let path = directory + "/haproxy.cfg"
        try AtomicFile.replace(path, with: configuration, mode: 0o640)
        try makeCertificate(directory, "server")
        var files = TLSFiles(certificate: directory + "/server.crt", key: directory + "/server.key")
        if let wanted = options.clientCertificate {
            try makeCertificate(directory, "client", subject: "controller")
            files.clientAuthority = directory + "/client.crt"
            files.requiresClientCertificate = wanted == .required
        }
        var settings = DataPlane.Settings(path: path)
        settings.directories.general = directory + "/general"
        settings.certificateSuffices = options.certificateSuffices
        let dataPlane = try DataPlane(
            settings,
            checker: HAProxyChecker(program: "haproxy"),
            reloader: WillingReloader()
        )
        let (ports, continuation) = AsyncStream.makeStream(of: [Int].self)
        let log = try FileDescriptor.open(directory + "/log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let server = try APIServer(
            dataPlane,
            listeners: [
                .https(host: "127.0.0.1", port: 0, files, options.limits),
                .http(host: "127.0.0.1", port: 0, options.limits),
            ],
            logger: LogTarget(descriptor: log.raw).logger("test", level: .info)
        ) { ports in
            continuation.yield(ports.compactMap { $0 })
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var iterator = ports.makeAsyncIterator()
            guard let ports = await iterator.next(), ports.count == 2 else { return }
            try await body(LiveServer(directory: directory, port: ports[0], plainPort: ports[1], path: path))
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
