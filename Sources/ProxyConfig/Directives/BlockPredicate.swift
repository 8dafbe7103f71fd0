/// The predicates of `.if` and `.elif`: those of HAProxy 2.6, answered as Debian's haproxy 2.6 answers them, so that a
/// file made for it takes the same branches here.
enum BlockPredicate: String {
    case defined
    case feature
    case streq
    case strneq
    case versionAtLeast = "version_atleast"
    case versionBefore = "version_before"
    case libraryVersionAtLeast = "openssl_version_atleast"
    case libraryVersionBefore = "openssl_version_before"
    case libraryNameStartsWith = "ssllib_name_startswith"

    var argumentCount: Int { self == .streq || self == .strneq ? 2 : 1 }

    func holds(_ values: [String], _ variables: Variables) -> Bool {
        let value = values.first ?? ""
        switch self {
        case .defined: return !value.isEmpty && variables[value] != nil
        case .feature: return value.isEmpty || BuildFeatures.ofHAProxy.contains(value)
        case .streq: return values.first == values.last
        case .strneq: return values.first != values.last
        case .versionAtLeast: return !Self.version.isBefore(Version(value))
        case .versionBefore: return Self.version.isBefore(Version(value))
        case .libraryVersionAtLeast: return !Self.libraryVersion.isBefore(Version(value))
        case .libraryVersionBefore: return Self.libraryVersion.isBefore(Version(value))
        case .libraryNameStartsWith: return "OpenSSL".hasPrefix(value)
        }
    }

    private static let version = Version("2.6.12")
    /// The OpenSSL that Debian's haproxy 2.6 is built with.
    private static let libraryVersion = Version("3.0.0")

    /// `2.6-dev9`, `2.6.12-3`: what is missing counts as 0, what is no number ends the version.
    struct Version {
        private var parts: [Int] = [0, 0, .max, 0, 0]

        init(_ text: String) {
            var rest = text.utf8[...]
            func number() -> Int? {
                let digits = rest.prefix { (48...57).contains($0) }
                guard !digits.isEmpty, digits.count < 10 else { return nil }
                rest = rest.dropFirst(digits.count)
                return Int(String(decoding: digits, as: UTF8.self))
            }
            func skip(_ token: String) -> Bool {
                guard rest.starts(with: token.utf8) else { return false }
                rest = rest.dropFirst(token.utf8.count)
                return true
            }
            guard let major = number() else { return }
            parts[0] = major
            guard skip("."), let minor = number() else { return }
            parts[1] = minor
            if skip("-dev") {
                // A version in the making is before the one that is made.
                parts[2] = number() ?? 0
            } else if skip(".") {
                parts[3] = number() ?? 0
            }
            if skip("-") { parts[4] = number() ?? 0 }
        }

        func isBefore(_ other: Version) -> Bool { parts.lexicographicallyPrecedes(other.parts) }
    }
}
