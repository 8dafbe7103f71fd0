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
    /// Fixed words, then a word for each element: `compression algo gzip deflate`.
    case words([String])
    /// Fixed words and one word with the value, again for each element: `default-crt a default-crt b`.
    case repeated([String])
    /// Words whose presence is the value: `option tcplog`; `off` are those that say the opposite (`no-check`).
    case flag([String], off: [String]?)
    /// One of several groups of words, each standing for a value: `option http-server-close`.
    case choice([(value: String, words: [String])])
    /// The word at a place of the line: the name after `server`.
    case position(Int)
    /// A part of the address word at a place of the line: `10.0.0.1:80-90`.
    case endpoint(Int, EndpointPart)
    /// The place among the lines of the same keyword.
    case index
    /// An object written as one line of parameters in any order: `default-server check inter 1s`.
    case parameters([String], grammar: LineGrammar? = nil)
    /// An object written as one line, in one of several ways: `option redispatch 3`.
    case templates([Template])
    /// A list of objects, a line each: `errorfile 503 /etc/errors/503.http`.
    case lines([Template])
    /// A list of objects, a line of parameters each: `stats socket /run/haproxy.sock level admin`.
    case parameterLines([String], grammar: LineGrammar? = nil)
    /// A line that says several members of the object that this one stands in: `option httpchk GET /`.
    case inline([Template])
    /// An object whose members are lines of the section.
    case group
    /// The place that the template of the object's line gives it.
    case slot
    /// The comment behind the line, or behind the header of the section.
    case metadata
}

extension Form {
    /// Whether the header of the section says it.
    var isInHeader: Bool {
        switch self {
        case .sectionName, .sectionFrom, .metadata: true
        default: false
        }
    }

    /// Whether each line is an element of a list.
    var isManyLines: Bool {
        switch self {
        case .lines, .parameterLines: true
        default: false
        }
    }
}

public enum EndpointPart: Sendable {
    case address
    case port
    case portRangeEnd
}
