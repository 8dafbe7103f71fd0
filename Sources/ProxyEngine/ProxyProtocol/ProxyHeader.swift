/// A header of the PROXY protocol: who the client is and where it wanted to go (`doc/proxy-protocol.txt` of HAProxy,
/// versions 1 and 2).
struct ProxyHeader: Equatable {
    /// 16 bytes, and what their 16-bit length can say.
    static let longest = 16 + 65535
    /// Longest line of version 1, with its CRLF.
    static let longestLine = 107

    var source = Party()
    var destination = Party()
    /// False for LOCAL, UNKNOWN and UNSPEC: the connection's own addresses stand.
    var hasAddresses = false
    /// Bytes of the whole header.
    var length: Int
}

/// Why a header is refused; the words are HAProxy's.
enum ProxyHeaderRefusal: UInt8, Equatable {
    case empty
    case aborted
    case timeout
    case truncated
    case notAHeader
    case invalid
    case unknownProtocol

    /// HAProxy's (`fc_err`).
    var number: UInt8 { rawValue + 11 }

    var words: StaticString {
        switch self {
        case .empty: "Connection closed while waiting for PROXY protocol header"
        case .aborted: "Connection error while waiting for PROXY protocol header"
        case .timeout: "Timeout while waiting for PROXY protocol header"
        case .truncated: "Truncated PROXY protocol header received"
        case .notAHeader: "Received something which does not look like a PROXY protocol header"
        case .invalid: "Received an invalid PROXY protocol header"
        case .unknownProtocol: "Received an unhandled protocol in the PROXY protocol header"
        }
    }
}
