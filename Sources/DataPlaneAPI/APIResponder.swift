internal import DataPlaneModel
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix

/// HTTP in front of ``DataPlaneModel/DataPlane``: bounds the body, moves the work off the event loop, logs.
///
/// It routes nothing itself: what a path means is said by the descriptions of the resources, once for all versions.
struct APIResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    /// Longest body that is read.
    static let bodyLimit = 16 << 20
    /// Longest body that is read of anybody.
    static let anonymousLimit = 64 << 10

    let dataPlane: DataPlane
    /// Threads that may wait for the disk and for the proxy.
    let threads: NIOThreadPool

    func respond(to request: Request, context: Context) async throws -> Response {
        let head = APIRequest(
            request.method.rawValue,
            request.head.path ?? "/",
            contentType: request.headers[.contentType]
        )
        let answer: APIResponse
        do {
            try await admit(request)
            var whole = head
            whole.body = try await collect(request)
            let authorization = request.headers[.authorization]
            answer = try await threads.runIfActive { [dataPlane, whole] in
                dataPlane.respond(to: whole, authorization: authorization)
            }
        } catch let error as APIError {
            answer = APIResponse(error)
        }
        log(head, answer, context.logger)
        return Self.response(answer, withBody: request.method != .head)
    }

    /// Refuses a long body of someone who may not log in, before it is kept in memory.
    private func admit(_ request: Request) async throws {
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length <= Self.anonymousLimit { return }
        if length == nil, request.headers[.transferEncoding] == nil { return }
        let authorization = request.headers[.authorization]
        let dataPlane = dataPlane
        let refusal = try await threads.runIfActive { dataPlane.refusal(of: authorization) }
        if let refusal { throw refusal }
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
    private func log(_ head: APIRequest, _ answer: APIResponse, _ logger: Logger) {
        var metadata: Logger.Metadata = ["method": "\(head.method)", "status": "\(answer.status)"]
        metadata["path"] = "/\(head.path.joined(separator: "/"))"
        if let reload = answer.header("Reload-ID") { metadata["reload"] = "\(reload)" }
        if let remark = answer.remark {
            logger.warning("applied, but not every bind serves", metadata: ["binds": "\(remark)"])
        }
        switch answer.status {
        case 500...: logger.error("request failed", metadata: metadata)
        case 401: logger.warning("request refused", metadata: metadata)
        default: logger.info("request", metadata: metadata)
        }
    }
}
