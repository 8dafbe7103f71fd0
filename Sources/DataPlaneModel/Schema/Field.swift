/// What a JSON member may hold.
public indirect enum FieldType: Sendable {
    case string(Pattern = .line)
    /// A whole number.
    case integer(ClosedRange<Int>? = nil)
    /// Milliseconds in JSON; `5s`, `10m` or a bare number of milliseconds in the file (HAProxy 2.4).
    case time
    case boolean
    /// `enabled` or `disabled`.
    case toggle
    case enumeration([String])
    /// An array of words, written with commas between them.
    case list([String])
    case object([Field])

    /// What a string may consist of. None may hold control characters: a line break would start a new keyword.
    public enum Pattern: Sendable {
        /// `^[A-Za-z0-9-_.:]+$`: names of sections.
        case name
        /// `^[^\s]+$`: one word.
        case word
        /// Any text of one line.
        case line
    }
}

/// How a member is written in haproxy.cfg: as a line of its section, or as words of its object's line.
public enum Form: Sendable {
    /// The name in the section's header.
    case sectionName
    /// `from <defaults>` in the section's header.
    case sectionFrom
    /// Fixed words, then one word with the value: `log-tag X`, `timeout client 10s`, `weight 100`.
    case value([String])
    /// Fixed words, then everything up to the end of the line: `description X Y`.
    case remainder([String])
    /// Words whose presence is the value: `option tcplog`; `off` are those that say the opposite (`no-check`).
    case flag([String], off: [String]?)
    /// One of several groups of words, each standing for a value: `option tcp-check`, `option httpchk`.
    case choice([(value: String, words: [String])])
    /// The word at a place of the line: the name after `server`.
    case position(Int)
    /// A part of the address word at a place of the line: `10.0.0.1:80-90`.
    case endpoint(Int, EndpointPart)
    /// The place among the lines of the same keyword.
    case index
    /// `balance <algorithm>[(<argument>)] [<option> …]`.
    case balance
    /// An object written as one line of parameters: `default-server check inter 1s`.
    case parameters([String])
}

public enum EndpointPart: Sendable {
    case address
    case port
    case portRangeEnd
}

/// One member of a resource: the single place its name, type and keyword are stated.
public struct Field: Sendable {
    /// The member's name in JSON, as the specification of the Data Plane API 2.9 has it.
    public var name: String
    public var type: FieldType
    public var form: Form
    public var isRequired: Bool

    public init(_ name: String, _ type: FieldType, _ form: Form, required: Bool = false) {
        self.name = name
        self.type = type
        self.form = form
        isRequired = required
    }
}
