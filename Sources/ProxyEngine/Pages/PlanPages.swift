internal import ProxyPages

/// What a frontend answers itself, ready to be asked. Immutable; it lives with its frontend.
final class PlanPages: Sendable {
    let settings: PageSettings
    let counters: PageCounters
    /// nil: in the words of a connection that begins.
    let format: PageLogFormat?
    /// `option dontlognull`, `option dontlog-normal`, `option log-separate-errors`
    let omitsNullLogs: Bool
    let omitsNormalLogs: Bool
    let separatesErrors: Bool
    /// Milliseconds.
    let clientTimeout: UInt64?
    let description: String

    /// nil where it cannot be done; the master has seen that it can.
    ///
    /// - Parameter former: What was counted before.
    init?(_ definition: PageDefinition, of frontend: Frontend, after former: PageCounters?) {
        counters = former ?? PageCounters()
        do throws(UnservablePage) {
            settings = try PageSettings(definition)
        } catch {
            return nil
        }
        format =
            switch definition.log {
            case .basic: nil
            case .tcp: .tcp
            case .http: .http
            case .custom(let text): PageLogFormat(text)
            }
        omitsNullLogs = frontend.dontLogNull
        omitsNormalLogs = frontend.omitsNormalLogs
        separatesErrors = frontend.separatesErrors
        clientTimeout = frontend.clientTimeout.map { UInt64($0) }
        description = definition.description
    }

    /// How long a request may take to come, from its first byte or the connection's begin.
    var requestTimeout: UInt64? { settings.requestTimeout.map { UInt64($0) } ?? clientTimeout }

    /// How long nothing may come after an answer.
    var idleTimeout: UInt64? { settings.keepAliveTimeout.map { UInt64($0) } ?? requestTimeout }
}
