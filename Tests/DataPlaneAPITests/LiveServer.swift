@testable import DataPlaneAPI
import Files
import RuntimeAPI
import DataPlaneModel
import Syscalls
import TestSupport

/// A proxy that takes everything.
struct WillingReloader: Reloader {
    func reload() throws(SystemError) -> ReloadAnswer? { ReloadAnswer(success: true, text: "kept=0\n") }
    func isUp() -> Bool? { true }
}

/// The program, serving over TLS on a free port of the loopback, asked by curl.
///
/// It is a process of its own: in that of the tests, the few threads that run tasks are everybody's, and each step of an
/// answer would wait for other tests.
struct LiveServer {
    let directory: String
    let port: Int
    /// The same without TLS.
    let plainPort: Int

    var path: String { directory + "/haproxy.cfg" }

    /// What was logged, changes among it.
    var log: String { get throws { try AtomicFile.readText(directory + "/log") ?? "" } }

    /// One request over a bare socket; what comes until the connection closes.
    func exchange(_ bytes: [UInt8], from source: UInt8? = nil) throws -> String {
        let socket = try TestSocket.connect(port: UInt16(plainPort), from: source)
        try socket.send(bytes)
        return try socket.receiveAll()
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
    ) throws -> Answer {
        let command =
            [
                "curl", "--silent", "--show-error", "--max-time", "60", "--cacert", directory + "/server.crt",
                "--config", "-", "--path-as-is", "--request", method, "--include",
            ] + arguments + ["https://127.0.0.1:\(port)\(target)"]
        let output = try Subprocess.run(command, input: Array((user.map { "user = \"\($0)\"\n" } ?? "").utf8))
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

/// A certificate for 127.0.0.1 that is its own authority.
func makeCertificate(_ directory: String, _ name: String, subject: String = "127.0.0.1") throws {
    let text = """
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj "/CN=$3" \
            -addext subjectAltName=IP:127.0.0.1 -keyout "$1/$2.key" -out "$1/$2.crt"
        """
    try run("sh", "-c", text, "sh", directory, name, subject)
}

/// Serves `configuration` while `body` runs.
///
/// - Parameters:
///   - options: Beside those that every test needs.
///   - asksForCertificates: client.crt of the server's directory is the authority of `--tls-ca`, and its own.
func withLiveServer(
    _ configuration: String,
    _ options: String...,
    asksForCertificates: Bool = false,
    _ body: (LiveServer) throws -> Void
) throws {
    try withTemporaryDirectory { directory in
        try AtomicFile.replace(directory + "/haproxy.cfg", with: configuration, mode: 0o640)
        try makeCertificate(directory, "server")
        var arguments = [
            try builtProgram("appliance-dataplaned"), "-f", "/dev/null", "--scheme=https", "--scheme=http",
            "--host=127.0.0.1", "--tls-certificate=\(directory)/server.crt", "--tls-key=\(directory)/server.key",
            "--config-file=\(directory)/haproxy.cfg", "--general-storage-dir=\(directory)/general",
            "--haproxy-bin=haproxy", "--reload-cmd=true", "--reload-delay=0", "--log-level=info", "--log-to=file",
            "--log-file=\(directory)/log",
        ]
        if asksForCertificates {
            try makeCertificate(directory, "client", subject: "controller")
            arguments.append("--tls-ca=\(directory)/client.crt")
        }
        let output = directory + "/output"
        let process = try SpawnedProcess(arguments + options, output: output, isPatient: false)
        var ports: [Int?] = []
        let isServing = try eventually {
            let log = try AtomicFile.readText(directory + "/log") ?? ""
            ports = ["https", "http"].map { scheme in
                let place = log.ranges(of: "address=\(scheme)://127.0.0.1:").first
                return place.flatMap { Int(log[$0.upperBound...].prefix { $0.isNumber }) }
            }
            return !ports.contains(nil) || process.hasEnded
        }
        guard isServing, let port = ports[0], let plainPort = ports[1] else {
            let words = try AtomicFile.readText(output) ?? ""
            throw ProgramFailed(arguments: arguments, status: 1, text: words)
        }
        try body(LiveServer(directory: directory, port: port, plainPort: plainPort))
        withExtendedLifetime(process) {}
    }
}
