internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOSSL

/// Sets up one connection: admission, TLS with the certificate that is on disk now, deadlines, HTTP/1.1.
struct ListenerChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let base: HTTP1Channel
    let limits: ServerLimits
    let table: ConnectionTable
    /// nil for a listener without TLS.
    let certificates: CertificateStore?

    init(
        _ responder: @escaping HTTPChannelHandler.Responder,
        _ limits: ServerLimits,
        _ certificates: CertificateStore?
    ) {
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: limits.headerSize,
            maxHeaderListSize: limits.headerSize
        )
        base = HTTP1Channel(
            responder: responder,
            configuration: .init(additionalChannelHandlers: [RequestWatch()], httpDecoderConfiguration: decoder)
        )
        self.limits = limits
        self.certificates = certificates
        table = ConnectionTable(limit: limits.connections)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            guard table.opened(channel, now: .now) else { throw ChannelError.ioOnClosedChannel }
            if let certificates {
                let context = certificates.context(logger)
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
            }
            try channel.pipeline.syncOperations.addHandler(ConnectionWatch(limits, table))
        }.flatMap {
            base.setup(channel: channel, logger: logger)
        }.flatMapErrorThrowing { error in
            channel.close(promise: nil)
            throw error
        }
    }

    func handle(value: Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
