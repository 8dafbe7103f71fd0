internal import NetworkFiles
internal import ProxyConfig

extension DataPlane {
    /// The value of a `Warning` header (RFC 7234, 5.5: miscellaneous persistent warning).
    static func warning(_ words: String) -> String {
        let plain = words.unicodeScalars.map { scalar in
            (0x20..<0x7F).contains(scalar.value) && scalar != "\"" && scalar != "\\" ? Character(scalar) : "?"
        }
        return "299 - \"\(String(plain))\""
    }

    /// Looks whether the addresses of new binds are the appliance's.
    ///
    /// - Returns: Warnings for the client, where the policy is to warn.
    /// - Throws: 400 naming the bind, the ranges and the networks, where the policy is to refuse.
    func admit(from former: ConfigurationFile, to next: ConfigurationFile) throws(APIError) -> [String] {
        guard let root = settings.applianceRoot else { return [] }
        let added = BindAddresses.added(from: former, to: next)
        guard !added.isEmpty, let box = try BoxAddresses.load(root), box.policy != .off else { return [] }
        let strangers = added.filter { !box.holds($0.address) }
        guard !strangers.isEmpty else { return [] }
        let problems = strangers.map {
            "bind address \($0.address) of \($0.kind) \($0.frontend) is in no VIP range and on no connected network"
        }
        guard box.policy == .refuse else { return problems.map { "\($0) (\(box.description))" } }
        throw APIError(400, (problems + [box.description]).joined(separator: "\n"))
    }
}
