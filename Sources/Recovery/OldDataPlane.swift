internal import DataPlaneModel

/// `dataplaneapi.cfg` of the appliance that we succeed: the shell variables of which its unit made flags.
///
/// What says how the API works becomes ours. Where it listens, and where things lie, is this appliance's.
struct OldDataPlane {
    private let values: [(name: String, value: String)]

    init(_ text: String) { values = Self.values(text) }

    private static func values(_ text: String) -> [(name: String, value: String)] {
        text.split { $0.isNewline }.compactMap { line in
            let sides = line.drop { $0 == " " || $0 == "\t" }.split(separator: "=", maxSplits: 1)
            guard let name = sides.first, !name.hasPrefix("#") else { return nil }
            return (String(name), unquoted(sides.count > 1 ? sides[1] : ""))
        }
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, let first = text.first, first == "\"" || first == "'", text.last == first else {
            return String(text)
        }
        return String(text.dropFirst().dropLast())
    }

    /// This appliance's file with what becomes of the old one's.
    ///
    /// - Parameters:
    ///   - own: The text of this appliance's.
    ///   - userlists: Those of the old haproxy.cfg.
    /// - Returns: The text, and what is not taken, each with the reason.
    func merged(into own: String, userlists: Set<String>) -> (text: String, notes: [String]) {
        let current = Dictionary(Self.values(own), uniquingKeysWith: { $1 })
        var lines = own.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        var notes: [String] = []
        for (name, value) in values where current[name] != value {
            let taken: String
            switch name {
            case "LOG_LEVEL": taken = value
            case "USERLIST" where userlists.contains(value): taken = value
            case "ADDITIONAL_FLAGS":
                let flags = Flags(value)
                notes += flags.others.map { "\($0.flag) is not taken: \($0.reason)" }
                if flags.taken.isEmpty { continue }
                taken = flags.taken.joined(separator: " ")
            default:
                notes.append("\(name)=\(value) is not taken: \(Self.reasons[name] ?? "it is not known here")")
                continue
            }
            if current[name] == taken { continue }
            lines.removeAll { $0.hasPrefix(name + "=") }
            lines.insert("\(name)=\(taken)", at: lines.last == "" ? lines.count - 1 : lines.count)
        }
        return (lines.joined(separator: "\n"), notes.map { "dataplaneapi.cfg: " + $0 })
    }

    private static let reasons = [
        "SCHEME": "the API speaks TLS only",
        "LOG_TO": "the journal has what it tells",
        "HAPROXY_BIN": "it lies elsewhere here",
        "CONFIG_FILE": "it lies elsewhere here",
        "TLS_CERTIFICATE": "it lies elsewhere here",
        "TLS_KEY": "it lies elsewhere here",
        "RELOAD_CMD": "the proxy takes every change by itself",
        "RELOAD_DELAY": "every change is in effect when it is answered",
        "TLS_HOST": "the API listens where the properties say",
        "TLS_PORT": "the API listens where the properties say",
        "USERLIST": "haproxy.cfg has no such userlist",
    ]

    /// Words of a command line: those that our API understands and that say something, and the others.
    private struct Flags {
        var taken: [String] = []
        var others: [(flag: String, reason: String)] = []

        init(_ text: String) {
            var words = text.split(whereSeparator: \.isWhitespace)[...]
            while let word = words.popFirst() {
                let sides = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1)
                var value = sides.count > 1 ? sides[1] : nil
                if value == nil, let next = words.first, !next.hasPrefix("-") { value = words.popFirst() }
                let name = sides.first ?? ""
                let known = DataPlaneFlag(name: name)
                let flag = "--" + (known?.rawValue ?? String(name)) + (value.map { "=" + $0 } ?? "")
                if known == nil || value == nil {
                    others.append((flag, "it has no meaning here"))
                } else if known == .tlsAuthority, value != "/etc/haproxy/ca.crt" {
                    others.append((flag, "that file is not taken"))
                } else if known?.takes(String(value ?? "")) == false {
                    others.append((flag, "the API does not understand the value"))
                } else {
                    taken.append(flag)
                }
            }
        }
    }
}
