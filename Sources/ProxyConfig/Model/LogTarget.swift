/// `log <target> [len N] [format F] [sample R:S] <facility> [<level> [<minimum level>]]`.
public struct LogTarget: Sendable, Hashable {
    public enum Destination: Sendable, Hashable {
        case standardOutput
        case standardError
        /// UDP to an address, or datagrams to a unix socket.
        case socket(SocketAddress)
        /// TCP: messages wait in a ring of its own.
        case stream(SocketAddress)
        case ring(String)
    }

    /// The names that `format` knows.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        case local
        case rfc3164
        case rfc5424
        case priority
        case short
        case timed
        case iso
        case raw
    }

    /// syslog facilities, in the order of their numbers (RFC 5424, section 6.2.1, with HAProxy's names).
    public enum Facility: Int, Sendable, Hashable, CaseIterable {
        case kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, auth2, ftp, ntp, audit, alert, cron2
        case local0, local1, local2, local3, local4, local5, local6, local7
    }

    /// syslog severities, most severe first.
    public enum Level: Int, Sendable, Hashable, CaseIterable {
        case emerg, alert, crit, err, warning, notice, info, debug
    }

    public var destination: Destination
    public var format: Format?
    /// Bytes of the longest line.
    public var length: Int
    /// nil: all are sent.
    public var sample: LogSample?
    public var facility: Facility
    /// Messages less severe than this are not sent.
    public var level: Level
    /// Messages more severe than this are sent as if they were of this level.
    public var minimumLevel: Level?

    public init(
        destination: Destination,
        format: Format? = nil,
        length: Int = 1024,
        facility: Facility,
        level: Level = .debug,
        minimumLevel: Level? = nil
    ) {
        self.destination = destination
        self.format = format
        self.length = length
        self.facility = facility
        self.level = level
        self.minimumLevel = minimumLevel
    }
}
