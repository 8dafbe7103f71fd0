/// The page of the console: an ``Overview`` as text of a given width and height. Plain ASCII, since the console's font
/// may have nothing else.
struct ConsolePage {
    var overview: Overview
    /// Of the API's user, where it was made by first boot and still holds: `admin`, `abcde-…`.
    var generated: (user: String, password: String)?

    /// Whether it is on the machine's screen, which takes no keys: then it tells how to log in.
    var isOnScreen = false

    /// A line and how soon it gives way where there are too many; 0 never does.
    private struct Entry {
        var text: String
        var rank: Int
    }

    private static let labelWidth = 14
    /// Narrower than this no line makes sense.
    private static let leastWidth = 20

    /// - Parameters:
    ///   - width: Columns; at least 20 are taken for granted.
    ///   - height: Lines; nil for as many as there are.
    /// - Returns: Lines of at most `width` characters, at most `height` of them.
    func lines(width: Int, height: Int?) -> [String] {
        let width = max(width, Self.leastWidth)
        var entries = head(width)
        entries += firstBoot(width)
        entries += interfaces(width)
        entries += access(width)
        entries += services(width)
        entries += problems(width)
        guard let height, entries.count > height else { return entries.map(\.text) }
        return fitted(entries, max(height, 1)).map { String($0.prefix(width)) }
    }

    /// Without the lines that give way first; the last line says that some are missing.
    private func fitted(_ entries: [Entry], _ height: Int) -> [String] {
        var kept = entries
        for rank in stride(from: entries.map(\.rank).max() ?? 0, to: 0, by: -1) {
            while kept.count > height, let last = kept.lastIndex(where: { $0.rank == rank }) { kept.remove(at: last) }
        }
        guard kept.count >= height else { return kept.map(\.text) }
        return kept.prefix(height - 1).map(\.text) + ["... appliance-net status --long"]
    }

    // MARK: Parts

    private func head(_ width: Int) -> [Entry] {
        let name = Self.plain(overview.hostname)
        let title = "appliance-net \(overview.version)"
        let gap = width - title.count - name.count
        let first = gap >= 1 ? title + String(repeating: " ", count: gap) + name : String(name.prefix(width))
        return [
            Entry(text: first, rank: 0),
            Entry(text: String(repeating: "-", count: width), rank: 9),
        ] + row("State", overview.state.rawValue, width, rank: 0)
    }

    private func firstBoot(_ width: Int) -> [Entry] {
        guard let boot = overview.firstBoot else { return [] }
        let source = boot.source.map { ", properties of \($0)" } ?? ""
        return row("First boot", "\(boot.state), \(boot.progress)\(source)", width, rank: 3)
            + boot.problems.flatMap { row("", "! " + $0, width, rank: 1) }
            + (boot.adapters ?? []).flatMap { row("", $0, width, rank: 6) }
    }

    private func interfaces(_ width: Int) -> [Entry] {
        [Entry(text: "", rank: 9)]
            + overview.interfaces.flatMap { interface in
                let addresses = interface.addresses.isEmpty ? ["no address"] : interface.addresses
                let state = interface.state == "up" ? "" : "  (\(interface.state))"
                let mac = interface.mac.map { "  " + $0 } ?? ""
                return row(interface.role, addresses.joined(separator: "  ") + state + mac, width, rank: 2)
            }
    }

    private func access(_ width: Int) -> [Entry] {
        var entries = [Entry(text: "", rank: 9)]
        if isOnScreen { entries += row("Log in", login, width, rank: 6) }
        if let api = overview.api { entries += row("API", api.url, width, rank: 2) }
        if let generated {
            entries += row("API user", generated.user, width, rank: 2)
            entries += row("API password", generated.password, width, rank: 2)
            entries += row("", "made by first boot; change it, then this goes", width, rank: 8)
        }
        if let certificates = overview.certificates {
            entries += row("CA SHA-256", certificates.fingerprint, width, rank: 4)
            let server = certificates.serverExpires.map { ", server's \($0.prefix(10))" } ?? ""
            let text = "CA's ends \(certificates.authorityExpires.prefix(10))\(server)"
            entries += row("Certificates", text, width, rank: 7)
        }
        return entries
    }

    private var login: String {
        let management = overview.interfaces.first { $0.role == "management" }?.addresses.first
        guard let address = management?.prefix(while: { $0 != "/" }) else { return "Alt-F2" }
        return "Alt-F2, or SSH to \(address)"
    }

    private func services(_ width: Int) -> [Entry] {
        guard !overview.services.isEmpty else { return [] }
        let text = overview.services.map { "\($0.name) \($0.state)" }.joined(separator: ", ")
        return [Entry(text: "", rank: 9)] + row("Services", text, width, rank: 3)
    }

    private func problems(_ width: Int) -> [Entry] {
        overview.problems.flatMap { row("", "! " + $0, width, rank: 5) }
    }

    // MARK: Lines

    /// A label and a text that goes on below itself.
    private func row(_ label: String, _ text: String, _ width: Int, rank: Int) -> [Entry] {
        let isNarrow = width < 2 * Self.labelWidth
        let indentation = isNarrow ? 2 : Self.labelWidth
        var entries = Self.wrapped(Self.plain(text), width - indentation).map { line in
            Entry(text: String(repeating: " ", count: indentation) + line, rank: rank)
        }
        guard !label.isEmpty else { return entries }
        let label = String(Self.plain(label).prefix(Self.labelWidth - 1))
        if isNarrow {
            entries.insert(Entry(text: label, rank: rank), at: 0)
        } else {
            entries[0].text = label + entries[0].text.dropFirst(label.count)
        }
        return entries
    }

    /// Lines of at most `width` characters, broken behind a blank or a colon where there is one; at least one line.
    static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var rest = Substring(text)
        while rest.count > width {
            let piece = rest.prefix(width)
            let isBetween = rest.dropFirst(width).first == " "
            let blank = isBetween ? nil : piece.lastIndex(of: " ") ?? piece.lastIndex(of: ":")
            let end = blank.map { piece.index(after: $0) } ?? piece.endIndex
            lines.append(trimmed(rest[..<end]))
            rest = rest[end...].drop { $0 == " " }
        }
        lines.append(trimmed(rest))
        return lines
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// What a name server, a lease or an error says must not steer the terminal.
    static func plain(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x20...0x7e: plain.unicodeScalars.append(scalar)
            case 0x09, 0x0a, 0x0d: plain += " "
            default: plain += "?"
            }
        }
        return plain
    }
}
