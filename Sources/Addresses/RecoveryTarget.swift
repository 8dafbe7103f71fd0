/// Where recovery bundles are brought to: a directory, an SFTP server, or an HTTPS address that takes PUT.
public enum RecoveryTarget: Sendable, Hashable, LosslessStringConvertible {
    /// Absolute path of a directory, perhaps a mount.
    case directory(String)
    case sftp(user: String?, host: String, port: UInt16?, path: String)
    /// The whole address; a name is added where it ends with a slash.
    case https(String)

    /// What an admin is told to write.
    public static let wanted =
        "an absolute path, \"sftp://user@host/path\" or \"https://host/path\" without ?query; "
        + "what gives the right to write goes to the file of credentials in [recovery]"

    /// nil for what is none of them. An address with a password or a query, which may be a token, is refused: the
    /// file that it stands in is no secret.
    public init?(_ description: String) {
        let text = description
        guard !text.isEmpty, text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            !text.contains("\""), !text.contains("\\")
        else { return nil }
        if text.hasPrefix("/") {
            self = .directory(text)
        } else if text.hasPrefix("https://") {
            let rest = text.dropFirst("https://".count)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            guard !authority.isEmpty, !authority.contains("@"), rest.contains("/"),
                !rest.contains(where: { $0 == "#" || $0 == "?" })
            else { return nil }
            self = .https(text)
        } else if text.hasPrefix("sftp://") {
            guard let target = Self.sftp(text.dropFirst("sftp://".count)) else { return nil }
            self = target
        } else {
            return nil
        }
    }

    private static func sftp(_ text: Substring) -> RecoveryTarget? {
        guard let slash = text.firstIndex(of: "/") else { return nil }
        var host = text[..<slash]
        var user: String?
        if let at = host.lastIndex(of: "@") {
            user = String(host[..<at])
            host = host[host.index(after: at)...]
        }
        var port: UInt16?
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            guard let number = UInt16(host[host.index(after: colon)...]), number > 0 else { return nil }
            port = number
            host = host[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        // What begins with a dash would be an option.
        func isName(_ name: some StringProtocol) -> Bool {
            !name.isEmpty && name.first != "-"
                && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_:".contains($0)) }
        }
        guard isName(host), user.map({ isName($0) && !$0.contains(":") }) ?? true else { return nil }
        return .sftp(user: user, host: String(host), port: port, path: String(text[slash...]))
    }

    public var description: String {
        switch self {
        case .directory(let path): return path
        case .https(let address): return address
        case .sftp(let user, let host, let port, let path):
            let name = host.contains(":") ? "[\(host)]" : host
            return "sftp://" + (user.map { $0 + "@" } ?? "") + name + (port.map { ":\($0)" } ?? "") + path
        }
    }
}
