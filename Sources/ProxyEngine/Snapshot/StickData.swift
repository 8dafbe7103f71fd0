/// A kind of data that a stick table keeps for each key (`store`; HAProxy's manual, 4.2).
public struct StickData: Hashable, Sendable {
    /// In the order in which HAProxy shows them, with the numbers that its peers protocol has for them.
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        case serverID = 0
        case gpt0
        case gpc0
        case gpc0Rate
        case connections
        case connectionRate
        case currentConnections
        case sessions
        case sessionRate
        case requests
        case requestRate
        case requestErrors
        case requestErrorRate
        case bytesIn
        case bytesInRate
        case bytesOut
        case bytesOutRate
        case gpc1
        case gpc1Rate
        case serverKey
        case requestFailures
        case requestFailureRate
        case gpt
        case gpc
        case gpcRate
    }

    /// How values are kept.
    public enum Form: Hashable, Sendable {
        case signed
        case unsigned
        case wide
        /// Events in a period that slides.
        case rate
        /// A number for a text.
        case name
    }

    public var kind: Kind
    /// Of the arrays `gpt`, `gpc` and `gpc_rate`; else 1.
    public var count: UInt16
    /// Of a rate: milliseconds.
    public var period: UInt32

    public init(_ kind: Kind, count: UInt16 = 1, period: UInt32 = 0) {
        self.kind = kind
        self.count = max(1, count)
        self.period = period
    }

    /// What a table has that only `stick` rules use.
    public static let servers = [StickData(.serverID), StickData(.serverKey)]
}

extension StickData.Kind {
    public var name: String { Self.names[Int(rawValue)] }

    /// - Parameter name: As after `store` and `data.`; `server_name` is an older word for `server_key`.
    public init?(name: String) {
        guard let index = Self.names.firstIndex(of: name == "server_name" ? "server_key" : name) else { return nil }
        self.init(rawValue: UInt8(index))
    }

    private static let names = [
        "server_id", "gpt0", "gpc0", "gpc0_rate", "conn_cnt", "conn_rate", "conn_cur", "sess_cnt", "sess_rate",
        "http_req_cnt", "http_req_rate", "http_err_cnt", "http_err_rate", "bytes_in_cnt", "bytes_in_rate",
        "bytes_out_cnt", "bytes_out_rate", "gpc1", "gpc1_rate", "server_key", "http_fail_cnt", "http_fail_rate",
        "gpt", "gpc", "gpc_rate",
    ]

    public var form: StickData.Form {
        switch self {
        case .serverID: .signed
        case .gpc0Rate, .connectionRate, .sessionRate, .requestRate, .requestErrorRate, .bytesInRate, .bytesOutRate,
            .gpc1Rate, .requestFailureRate, .gpcRate:
            .rate
        case .bytesIn, .bytesOut: .wide
        case .serverKey: .name
        default: .unsigned
        }
    }

    public var isArray: Bool { self == .gpt || self == .gpc || self == .gpcRate }
}
