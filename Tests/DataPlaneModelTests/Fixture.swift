import DataPlaneModel
import Files
import RuntimeAPI
import Synchronization
import Syscalls
import TestSupport
import Testing

/// The configuration that seed 001's first boot leaves, with comments and lines that no description knows.
let shipped = """
    global
      log stdout format raw local0 info
      stats timeout 30s
      master-worker
      # Setting maxconn in the global section is what successfully sets the ulimit on the
      # host, otherwise we run out of file descriptors (defaulted at 4096).
      maxconn 60000
      mworker-max-reloads 100

    defaults
      mode    tcp
      log     global
      option  tcplog
      option  dontlognull
      timeout check       5s
      timeout connect     9s
      timeout client      10s
      timeout server      10s
      timeout tunnel      5m # set low for frequent reloads

    # Stats are disabled by default.
    #frontend stats
    #  mode  http

    userlist controller
      user admin insecure-password secret

    """

/// A proxy that takes what it is told to.
final class TestReloader: Reloader {
    let answers = Mutex<[Result<ReloadAnswer, SystemError>]>([])
    let count = Mutex(0)

    func reload() throws(SystemError) -> ReloadAnswer? {
        count.withLock { $0 += 1 }
        let next = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        return try next?.get() ?? ReloadAnswer(success: true, text: "kept=0 added=1 removed=0 quarantined=0\n")
    }

    func isUp() -> Bool? { true }
}

/// What we write must be right for both proxies.
struct BothCheckers: ConfigurationChecker {
    func errors(in text: String, file: String) -> [String] {
        ModelChecker().errors(in: text, file: file) + HAProxyChecker(program: "haproxy").errors(in: text, file: file)
    }
}

/// The API on a file of its own, checked by proxyd's check and by the real HAProxy.
final class Fixture: Sendable {
    let api: DataPlane
    let path: String
    let reloader = TestReloader()
    /// admin:secret
    static let authorization = "Basic YWRtaW46c2VjcmV0"
    private let clock = Clock()

    private final class Clock: Sendable { let now = Mutex(1_800_000_000) }

    init(
        _ directory: String,
        _ text: String = shipped,
        reloader: (any Reloader)? = nil,
        checker: any ConfigurationChecker = BothCheckers(),
        _ configure: (inout DataPlane.Settings) -> Void = { _ in }
    ) throws {
        path = directory + "/haproxy.cfg"
        try AtomicFile.replace(path, with: text, mode: 0o640)
        let clock = clock
        var settings = DataPlane.Settings(path: path)
        configure(&settings)
        api = try DataPlane(
            settings,
            checker: checker,
            reloader: reloader ?? self.reloader,
            clock: { clock.now.withLock { $0 } }
        )
    }

    func advance(_ seconds: Int) { clock.now.withLock { $0 += seconds } }

    var text: String { get throws { try AtomicFile.readText(path) ?? "" } }

    /// One request as admin; paths are below /v2/services/haproxy.
    @discardableResult
    func send(_ method: String, _ target: String, _ json: String? = nil) -> APIResponse {
        sendAbsolute(method, "/v2/services/haproxy/" + target, json)
    }

    /// The same with a body that is not JSON.
    func send(_ method: String, _ target: String, type: String, body: [UInt8]) -> APIResponse {
        let request = APIRequest(method, "/v2/services/haproxy/" + target, contentType: type, body: body)
        return api.respond(to: request, authorization: Self.authorization)
    }

    func sendAbsolute(_ method: String, _ target: String, _ json: String? = nil) -> APIResponse {
        api.respond(
            to: APIRequest(
                method,
                target,
                contentType: json == nil ? nil : "application/json",
                body: Array((json ?? "").utf8)
            ),
            authorization: Self.authorization
        )
    }

    /// Opens a transaction on the version in effect; gives its identifier.
    func begin() throws -> String {
        let version = try #require(send("GET", "configuration/frontends").json?["_version"]?.integer)
        return try #require(send("POST", "transactions?version=\(version)").json?["id"]?.string)
    }
}

extension APIResponse {
    var json: JSONValue? { try? JSONParser.parse(body) }
    var text: String { String(decoding: body, as: UTF8.self) }
    var message: String { json?["message"]?.string ?? "" }
}

func withFixture(
    _ text: String = shipped,
    configure: (inout DataPlane.Settings) -> Void = { _ in },
    _ body: (Fixture) throws -> Void
) throws {
    try withTemporaryDirectory { directory in try body(Fixture(directory, text, configure)) }
}
