@testable import DataPlaneAPI
import DataPlaneModel
import Files
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// What is between HTTP and the model, without a socket.
@Suite struct ResponderTests {
    private func withClient(_ body: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/haproxy.cfg"
            try AtomicFile.replace(path, with: "userlist controller\n  user admin insecure-password secret\n")
            let dataPlane = try DataPlane(
                DataPlane.Settings(path: path),
                checker: ModelChecker(),
                reloader: WillingReloader()
            )
            let threads = NIOThreadPool(numberOfThreads: 2)
            threads.start()
            let application = Application(responder: APIResponder(dataPlane: dataPlane, threads: threads))
            try await application.test(.router, body)
            try await threads.shutdownGracefully()
        }
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
}
