internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Sees the bytes of a connection before they are HTTP, and closes it when its time is over: a client that sends one
/// byte of a header each second holds its connection no longer than one that sends all at once.
///
/// All of it runs on the connection's event loop.
final class ConnectionWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private(set) var timer: RequestTimer
    private let table: ConnectionTable
    private var context: ChannelHandlerContext?
    private var alarm: (at: ContinuousClock.Instant, task: Scheduled<Void>)?

    init(_ limits: ServerLimits, _ table: ConnectionTable) {
        timer = RequestTimer(limits, now: .now)
        self.table = table
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        setAlarm()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.task.cancel()
        alarm = nil
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        change { $0.bytesRead(now: $1) }
        context.fireChannelRead(data)
    }

    /// Tells the timer what happened.
    func change<Result>(_ body: (inout RequestTimer, ContinuousClock.Instant) -> Result) -> Result {
        let now = ContinuousClock.now
        let former = timer.phase
        let result = body(&timer, now)
        if let context, (former == .idle) != (timer.phase == .idle) {
            table.changed(context.channel, idleSince: timer.phase == .idle ? now : nil)
        }
        setAlarm()
        return result
    }

    /// One alarm at a time; it is set anew only where it would ring too late.
    private func setAlarm() {
        guard let context, let deadline = timer.deadline else { return }
        if let alarm, alarm.at <= deadline { return }
        alarm?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(deadline - .now)) { self.ring() }
        alarm = (deadline, task)
    }

    private func ring() {
        alarm = nil
        guard let deadline = timer.deadline else { return }
        if deadline <= .now {
            context?.channel.close(promise: nil)
        } else {
            setAlarm()
        }
    }
}

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

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            // An interim answer (100 Continue) is none.
            guard head.status.kind != .informational else { break }
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
