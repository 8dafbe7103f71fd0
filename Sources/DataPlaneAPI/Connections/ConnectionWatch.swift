internal import NIOCore

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
        if let context, timer.phase != former { table.changed(context.channel, timer.phase, since: now) }
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
