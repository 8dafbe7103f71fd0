/// The converters that are followed, by HAProxy's names (configuration manual, 7.3.1).
enum SampleConverter: String, CaseIterable {
    case add
    case subtract = "sub"
    case multiply = "mul"
    case divide = "div"
    case modulo = "mod"
    case and
    case or
    case xor
    case complement = "cpl"
    case negate = "neg"
    case boolean = "bool"
    case not
    case even
    case odd
    case lower
    case upper
    case length
    case bytes
    case hexadecimal = "hex"
    case fromHexadecimal = "hex2i"
    case decimalChunks = "be2dec"
    case hexadecimalChunks = "be2hex"
    case field
    case word
    case trimStart = "ltrim"
    case trimEnd = "rtrim"
    case cutLine = "cut_crlf"
    case concatenate = "concat"
    case compare = "strcmp"
    case choose = "iif"
    case mask = "ipmask"
    case crc32
    case crc32c
    case djb2
    case sdbm
    case wt6
    case xxh32
    case xxh64
    case base64
    case fromBase64 = "b64dec"
    case urlBase64 = "ub64enc"
    case fromURLBase64 = "ub64dec"
    case sha1
    case sha2
    case digest
    case hmac
    case toURL = "url_enc"
    case json
    case httpDate = "http_date"
    case hostOnly = "host_only"
    case portOnly = "port_only"
    case addItem = "add_item"
    case replace = "regsub"
    case compareSecretly = "secure_memcmp"
    case networkOrder = "htonl"
    case fromURL = "url_dec"
    case localTime = "ltime"
    case universalTime = "utime"
    case setVariable = "set-var"
    case unsetVariable = "unset-var"
    /// ``TableSample``
    case tableNumber = "table_*"
    case tableFlag = "in_table"
    /// Looks up; its names are ``MapLookup/converter(_:)``'s.
    case map = ""

    /// - Parameter name: One of HAProxy's.
    init?(name: String) {
        if TableSample.isConverter(name) {
            self = name == "in_table" ? .tableFlag : .tableNumber
        } else {
            self.init(rawValue: name)
        }
    }

    var asksTable: Bool { self == .tableNumber || self == .tableFlag }

    /// What goes in; nil takes anything.
    var takes: SampleType? {
        switch self {
        case .add, .subtract, .multiply, .divide, .modulo, .and, .or, .xor, .complement, .negate, .boolean, .not, .even,
            .odd, .localTime, .universalTime, .networkOrder, .httpDate:
            .integer
        case .choose: .boolean
        case .mask: .address
        case .bytes, .hexadecimal, .decimalChunks, .hexadecimalChunks, .crc32, .crc32c, .djb2, .sdbm, .wt6, .xxh32,
            .xxh64, .base64, .urlBase64, .sha1, .sha2, .digest, .hmac, .compareSecretly:
            .binary
        case .setVariable, .unsetVariable, .tableNumber, .tableFlag, .map: nil
        default: .string
        }
    }

    /// What comes out; nil: what went in.
    var gives: SampleType? {
        switch self {
        case .boolean, .not, .even, .odd, .tableFlag, .compareSecretly: .boolean
        case .add, .subtract, .multiply, .divide, .modulo, .and, .or, .xor, .complement, .negate, .length,
            .fromHexadecimal, .compare, .crc32, .crc32c, .djb2, .sdbm, .wt6, .xxh32, .xxh64, .tableNumber, .portOnly:
            .integer
        case .mask: .address
        case .bytes, .fromBase64, .fromURLBase64, .networkOrder, .sha1, .sha2, .digest, .hmac: .binary
        case .setVariable, .unsetVariable, .map: nil
        default: .string
        }
    }
}
