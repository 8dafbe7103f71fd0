internal import DataPlaneModel
internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// HTTP in front of ``DataPlaneModel/DataPlane``: bounds the body, moves the work off the event loop, logs.
///
/// It routes nothing itself: what a path means is said by the descriptions of the resources, once for all versions.
struct APIResponder: Sendable {
    /// Longest body that is read.
    static let bodyLimit = 16 << 20
    /// Longest body that is read of anybody.
    static let anonymousLimit = 64 << 10

    let dataPlane: DataPlane
    let threads: WorkThreads
    var asksForCertificates = false
    var audit = AuditLog(Logger(label: "audit") { _ in SwiftLogNoOpLogHandler() })
    let logger: Logger

    /// Answers a request on its connection, whatever becomes of it.
    ///
    /// - Throws: What the connection cannot go on after.
    @concurrent func serve(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws
    {
        var response: Response
        do {
            response = try await respond(to: request, on: channel)
        } catch let error as HTTPParserError {
            // The connection says so itself.
            throw error
        } catch {
            logger.error("request failed", metadata: ["error": "\(error)"])
            response = Response(status: .internalServerError)
        }
        response.headers[.date] = HTTPDate.now
        do {
            try await writer.write(response: response.head, body: response.body)
        } catch is HTTPParserError {
            // An answer has begun: another one must not follow.
            throw ChannelError.inputClosed
        }
    }

    func respond(to request: Request, on channel: any Channel) async throws -> Response {
        var head = APIRequest(
            request.method.rawValue,
            request.head.path ?? "/",
            contentType: request.headers[.contentType]
        )
        head.accept = request.headers[.accept]
        let client = await client(request, channel)
        var user: String?
        var answer: APIResponse
        do {
            // A short body is read of anybody, so that the connection can go on after a refusal.
            if isShort(request) { head.body = try await collect(request) }
            user = try await admit(client, to: head)
            if !isShort(request) { head.body = try await collect(request) }
            answer = try await threads.run(head.work) { [dataPlane, head] in dataPlane.respond(to: head) }
        } catch let error as APIError {
            answer = dataPlane.refusal(error, of: head)
        }
        log(head, answer, client, user: user, logger)
        return Self.response(answer, withBody: request.method != .head)
    }

    private func client(_ request: Request, _ channel: any Channel) async -> Client {
        var address = channel.remoteAddress?.ipAddress ?? ""
        // Who comes by IPv4 to a socket of both families.
        if address.hasPrefix("::ffff:"), address.contains(".") { address.removeFirst("::ffff:".count) }
        let authorization = request.headers[.authorization]
        var certificate: String?
        if asksForCertificates { certificate = await channel.clientCertificateName() }
        return Client(address: address, authorization: authorization, certificate: certificate)
    }

    /// - Returns: Who asks.
    /// - Throws: The refusal, once it has been held back for as long as it must.
    private func admit(_ client: Client, to head: APIRequest) async throws -> String {
        var admission = try await threads.run(.memory) { [dataPlane] in
            dataPlane.admission(of: client, to: head, mayHash: false)
        }
        if admission == nil {
            admission = try await threads.runLogin { [dataPlane] in
                dataPlane.admission(of: client, to: head, mayHash: true)
            }
        }
        switch admission {
        case nil: throw APIError.unauthenticated
        case .accepted(let user)?: return user
        case .refused(let error, let delay)?:
            if delay > 0 { try await Task.sleep(for: .milliseconds(delay)) }
            throw error
        }
    }

    private func isShort(_ request: Request) -> Bool {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }) { return length <= Self.anonymousLimit }
        return request.headers[.transferEncoding] == nil
    }

    private func collect(_ request: Request) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.bodyLimit { throw tooLarge }
        do {
            var body = try await request.body.collect(upTo: Self.bodyLimit)
            return body.readBytes(length: body.readableBytes) ?? []
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }

    private var tooLarge: APIError { APIError(413, "the body is longer than \(Self.bodyLimit) bytes") }

    private static func response(_ answer: APIResponse, withBody: Bool) -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        headers[.cacheControl] = "no-store"
        return Response(status: .init(code: answer.status), headers: headers, body: body(answer.body, isSent: withBody))
    }

    private static func body(_ bytes: [UInt8], isSent: Bool) -> ResponseBody {
        if bytes.isEmpty { return ResponseBody() }
        if isSent { return ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)) }
        // HEAD tells the length of what GET would answer.
        return ResponseBody(contentLength: bytes.count) { writer in try await writer.finish(nil) }
    }

    /// One line for each request; never a query value, a header or a body: they may hold secrets.
    private func log(_ head: APIRequest, _ answer: APIResponse, _ client: Client, user: String?, _ logger: Logger) {
        var metadata: Logger.Metadata = ["method": "\(head.method)", "status": "\(answer.status)"]
        metadata["path"] = "/\(head.path.joined(separator: "/"))"
        metadata["from"] = "\(client.address.isEmpty ? "unix" : client.address)"
        if let user, !user.isEmpty { metadata["user"] = "\(user)" }
        if let reload = answer.header("Reload-ID") { metadata["reload"] = "\(reload)" }
        if let remark = answer.remark {
            logger.warning("applied, but not every bind serves", metadata: ["binds": "\(remark)"])
        }
        if let change = answer.change { audit.log(change, head, user: user ?? "", client) }
        if let action = answer.action { audit.log(action, head, user: user ?? "", client) }
        switch answer.status {
        case 500...: logger.error("request failed", metadata: metadata)
        case 401, 429: logger.warning("request refused", metadata: metadata)
        default: logger.info("request", metadata: metadata)
        }
    }
}
