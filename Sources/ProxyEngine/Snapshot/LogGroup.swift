public import Addresses

/// Where the lines of a proxy go and as what: its `log` lines, and the process's `log-send-hostname`.
///
/// Thousands of proxies mostly say the same: they name the group by its ``number``, which follows from what it says. What each
/// may have for itself, its `log-tag`, stands beside the number.
public struct LogGroup: Hashable, Sendable {
    public var outputs: [LogOutput]
    /// `log-tag` of those that have none of their own; for formats that carry a tag.
    public var tag: String
    /// `log-send-hostname`: what stands for the machine; nil for what a format has without.
    public var hostName: String?
    /// `log-format-sd`: the structured data of lines in RFC 5424's format.
    public var structuredData: LineFormat?
    /// `error-log-format`: what is told of connections that came to nothing; nil for HAProxy's words.
    public var errorFormat: LineFormat?
    /// So many different targets of a configuration get lines.
    public static let mostTargets = 8192

    /// The proxy, where lines are counted for a sample: each counts its own.
    public var owner: String?

    public init(outputs: [LogOutput], tag: String = "haproxy", hostName: String? = nil) {
        self.outputs = outputs
        self.tag = tag
        self.hostName = hostName
    }

    /// The same for groups that say the same, in every process; never 0, which stands for no group.
    public var number: UInt64 {
        var writer = ByteWriter()
        writer.write(self)
        // FNV-1a.
        let hash = writer.bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        return hash == 0 ? 1 : hash
    }
}

/// One `log` line (HAProxy's manual, 4.2, "log").
public struct LogOutput: Hashable, Sendable {
    public var destination: LogDestination
    public var format: LogFormat
    public var facility: UInt8
    /// Lines less severe than this are not sent.
    public var level: LogLevel
    /// Lines more severe than this are sent as if they were of this level.
    public var minimumLevel: LogLevel
    /// Bytes of the longest line, without its newline.
    public var length: UInt32
    /// nil: all lines are sent.
    public var sample: LogSample?

    public init(
        _ destination: LogDestination,
        format: LogFormat = .local,
        facility: UInt8 = 16,
        level: LogLevel = .debug,
        minimumLevel: LogLevel = .emergency,
        length: UInt32 = 1024,
        sample: LogSample? = nil
    ) {
        self.destination = destination
        self.format = format
        self.facility = facility
        self.level = level
        self.minimumLevel = minimumLevel
        self.length = length
        self.sample = sample
    }
}

/// Who takes lines.
public enum LogDestination: Hashable, Sendable {
    case standardOutput
    case standardError
    /// UDP.
    case datagrams(Endpoint)
    /// A unix socket for datagrams: a path, or `@` and a name of the abstract namespace.
    case unix(String)
    case ring(LogRing)
    /// An inherited descriptor.
    case descriptor(Int32)
}

/// Which of so many lines are sent (HAProxy's manual, 4.2, "log", `sample`).
public struct LogSample: Hashable, Sendable {
    /// Places from 1.
    public var ranges: [ClosedRange<UInt32>]
    public var size: UInt32

    public init(ranges: [ClosedRange<UInt32>], size: UInt32) {
        self.ranges = ranges
        self.size = size
    }
}

/// What stands before the text of a line (HAProxy's manual, 4.2, "log", `format`).
public enum LogFormat: String, Hashable, Sendable {
    case local
    case rfc3164
    case rfc5424
    case priority
    case short
    case timed
    case iso
    case raw
}

/// How severe a line is (RFC 5424, section 6.2.1); greater is less severe.
public enum LogLevel: UInt8, Hashable, Sendable, Comparable {
    case emergency
    case alert
    case critical
    case error
    case warning
    case notice
    case informational
    case debug

    public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }
}

/// Which connections of a frontend are told of.
public enum LogStyle: UInt8, Hashable, Sendable {
    /// None: there is no `log`, or its lines have a format that is not known.
    case none
    /// One line when a connection begins.
    case connect
    /// `option tcplog`: one line when it ends.
    case tcp
    /// `log-format`: one line when everything it tells is known, at the latest when the connection ends.
    case format
}
