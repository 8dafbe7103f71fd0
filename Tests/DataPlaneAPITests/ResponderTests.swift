@testable import DataPlaneAPI
import DataPlaneModel
import Files
import Glibc
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOEmbedded
import Syscalls
import TestSupport
import Testing

/// What is between HTTP and the model, without a socket.
@Suite struct ResponderTests {
    private func withClient(
        log: CInt? = nil,
        _ body: (Client) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/haproxy.cfg"
            try AtomicFile.replace(path, with: "userlist controller\n  user admin insecure-password secret\n")
            let dataPlane = try DataPlane(
                DataPlane.Settings(path: path),
                checker: ModelChecker(),
                reloader: WillingReloader()
            )
            let threads = WorkThreads()
            threads.start()
            var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            if let log {
                logger = Logger(label: "test") { _ in LineLogHandler(LogTarget(descriptor: log), level: .info) }
            }
            try await body(Client(responder: APIResponder(dataPlane: dataPlane, threads: threads, logger: logger)))
            try await threads.stop()
        }
    }

    /// Asks without a connection.
    private struct Client {
        let responder: APIResponder

        func execute(
            uri: String,
            method: HTTPRequest.Method,
            headers: HTTPFields = [:],
            body: ByteBuffer = ByteBuffer(),
            _ check: (Answer) throws -> Void
        ) async throws {
            var headers = headers
            if body.readableBytes > 0 { headers[.contentLength] = "\(body.readableBytes)" }
            let head = HTTPRequest(method: method, scheme: nil, authority: nil, path: uri, headerFields: headers)
            let request = Request(head: head, body: RequestBody(buffer: body))
            let response = try await responder.respond(to: request, on: NIOAsyncTestingChannel())
            let collected = Collected()
            try await response.body.write(collected)
            try check(Answer(status: response.status, headers: response.headers, body: collected.bytes))
        }
    }

    private struct Answer {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let body: ByteBuffer
    }

    private final class Collected: ResponseBodyWriter {
        var bytes = ByteBuffer()

        func write(_ buffer: ByteBuffer) async throws { bytes.writeImmutableBuffer(buffer) }
        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    private static let authorization: HTTPFields = [.authorization: "Basic YWRtaW46c2VjcmV0"]

    @Test func carriesHeadersBothWays() async throws {
        try await withClient { client in
            let path = "/v2/services/haproxy/configuration/frontends"
            var headers = Self.authorization
            headers[.contentType] = "application/json; charset=utf-8"
            let body = ByteBuffer(string: #"{"name":"a:b.c"}"#)
            try await client.execute(uri: path + "?version=1", method: .post, headers: headers, body: body) {
                response in
                #expect(response.status == .accepted)
                #expect(response.headers[.contentType] == "application/json")
                let version = try #require(HTTPField.Name("Configuration-Version"))
                #expect(response.headers[version] == "2")
                #expect(response.body == ByteBuffer(string: #"{"name":"a:b.c"}"# + "\n"))
            }
            try await client.execute(uri: path + "/a%3Ab.c", method: .head, headers: Self.authorization) { response in
                #expect(response.status == .ok)
                #expect(response.headers[.contentLength] == "39")
                #expect(response.body.readableBytes == 0)
            }
            try await client.execute(uri: path, method: .patch, headers: Self.authorization) { response in
                #expect(response.status == .methodNotAllowed)
                #expect(response.headers[.allow] == "GET, POST")
            }
        }
    }

    @Test func asksForCredentials() async throws {
        try await withClient { client in
            try await client.execute(uri: "/v2/info", method: .get) { response in
                #expect(response.status == .unauthorized)
                #expect(response.headers[.wwwAuthenticate] == "Basic realm=\"API\"")
            }
        }
    }

    @Test func logsThePathOfWhatIsRefusedButNoValues() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/log"
            let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
            try await withClient(log: file.raw) { client in
                let body = ByteBuffer(repeating: 0x20, count: 100_000)
                try await client.execute(uri: "/v2/info?a=hidden-1", method: .post, body: body) { response in
                    #expect(response.status == .unauthorized)
                }
            }
            let log = try AtomicFile.readText(path) ?? ""
            #expect(log.contains("msg=\"request refused\" from=unix method=POST path=/v2/info status=401"), "\(log)")
            #expect(!log.contains("hidden"))
        }
    }

    @Test func saysTimesAsHTTPDoes() {
        #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.text(1_709_164_800) == "Thu, 29 Feb 2024 00:00:00 GMT")
        #expect(HTTPDate.text(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
    }
}
