/// The environment variables that a double-quoted word may name: those of the process, what `setenv` and its like made
/// of them, and the pseudo-variables `.FILE`, `.LINE` and `.SECTION` (configuration manual, section 2.3).
struct Variables: Sendable {
    /// The environment that the check began with.
    private var initial: @Sendable (String) -> String?
    /// What the configuration changed; nil for a variable that it removed.
    private(set) var changes: [String: String?] = [:]
    /// The variables that the last `resetenv` kept; nil without one.
    private var kept: Set<String>?

    var file = ""
    var line = 0
    var section = ""

    init(_ initial: @escaping @Sendable (String) -> String?) { self.initial = initial }

    subscript(name: String) -> String? {
        if name.utf8.first == UInt8(ascii: ".") { return pseudo(name) }
        if let change = changes[name] { return change }
        return kept?.contains(name) == false ? nil : initial(name)
    }

    /// False for a name with a full stop that is none of the pseudo-variables'.
    static func canName(_ name: String) -> Bool {
        name.utf8.first != UInt8(ascii: ".") || [".FILE", ".LINE", ".SECTION"].contains(name)
    }

    private func pseudo(_ name: String) -> String? {
        switch name {
        case ".FILE": file
        case ".LINE": String(line)
        case ".SECTION": section
        default: nil
        }
    }

    /// The same, with another way to the environment that the check began with.
    func asking(_ initial: @escaping @Sendable (String) -> String?) -> Variables {
        var result = self
        result.initial = initial
        return result
    }

    mutating func set(_ name: String, to value: String) { changes[name] = value }

    mutating func unset(_ name: String) { changes[name] = .some(nil) }

    /// Forgets every variable but these.
    mutating func reset(keeping names: Set<String>) {
        kept = kept?.intersection(names) ?? names
        changes = changes.filter { names.contains($0.key) }
    }
}
