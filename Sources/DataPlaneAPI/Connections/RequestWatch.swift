internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes

/// Tells ``ConnectionWatch`` where requests and answers begin and end.
///
/// An answer to a request that has not come to its end, such as a refusal of a long body, ends the connection: what
/// follows is not read for long.
final class RequestWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long what still comes is read and thrown away, so that the client sees the answer and not a reset.
    static let lingering = TimeAmount.seconds(2)

    private var connection: ConnectionWatch?
    /// The answer went out before the request had come to its end.
    private var isLast = false
    private var isRequestWhole = false
    private var isAnswered = false
    /// The request's head was not read to its end, because it is too long.
    private var isHeadTooLong = false

    func handlerAdded(context: ChannelHandlerContext) {
        connection = try? context.pipeline.syncOperations.handler(type: ConnectionWatch.self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        // A request that came together with the one before it.
        case .head:
            isRequestWhole = false
            connection?.change { $0.bytesRead(now: $1) }
        case .body: break
        case .end:
            isRequestWhole = true
            connection?.change { $0.requestEnded(now: $1) }
            if isLast, isAnswered { context.close(promise: nil) }
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .headerOverflow? = error as? HTTPParserError { isHeadTooLong = true }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            // An interim answer (100 Continue) is none.
            guard head.status.kind != .informational else { break }
            // Who answers knows only that the request cannot be read.
            if isHeadTooLong, head.status == .badRequest { head.status = .requestHeaderFieldsTooLarge }
            isLast = !(connection?.change { $0.answerBegins(now: $1) } ?? true)
            if isLast { head.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
            return
        case .body: break
        case .end:
            let written = promise ?? context.eventLoop.makePromise(of: Void.self)
            let loop = context.eventLoop.assumeIsolated()
            let channel = context.channel
            written.futureResult.assumeIsolated().whenSuccess {
                self.connection?.change { $0.answerEnded(now: $1) }
                guard self.isLast else { return }
                self.isAnswered = true
                if self.isRequestWhole {
                    channel.close(promise: nil)
                } else {
                    loop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
                }
            }
            context.write(data, promise: written)
            return
        }
        context.write(data, promise: promise)
    }
}
