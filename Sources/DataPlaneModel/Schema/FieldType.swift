/// What a JSON member may hold.
public indirect enum FieldType: Sendable {
    case string(Pattern = .line)
    /// A whole number; a bound that is that of `Int` is none.
    case integer(ClosedRange<Int>? = nil)
    /// One of a few whole numbers.
    case number([Int])
    /// Milliseconds in JSON; `5s`, `10m` or a bare number in the file (HAProxy 2.4).
    ///
    /// - Parameters:
    ///   - unit: Milliseconds that a bare number in the file counts for.
    ///   - in: Milliseconds that it may be.
    case time(unit: Int = 1, in: ClosedRange<Int>? = nil)
    /// A whole number; the file may have it with `k`, `m` or `g` behind it.
    case size
    case boolean
    /// `enabled` or `disabled`.
    case toggle
    case enumeration([String])
    case list(FieldType)
    case object([Field])
    /// Objects by a member of theirs.
    case map([Field], key: String)
    /// An object of any members: what a client wants to remember with an object.
    case free

    static let text: FieldType = .string()
    static let word: FieldType = .string(.word)
    static let name: FieldType = .string(.name)
    static let port: FieldType = .integer(1...65535)
    static let condition: FieldType = .enumeration(["if", "unless"])

    /// As it is in one version; nil if nothing is left.
    func resolved(for version: APIVersion) -> FieldType {
        switch self {
        case .object(let fields): .object(fields.compactMap { $0.resolved(for: version) })
        case .list(let element): .list(element.resolved(for: version))
        default: self
        }
    }
}
