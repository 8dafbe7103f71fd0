/// What the Data Plane API keeps in comments at the head of the file.
extension ConfigurationFile {
    /// The configuration's version, `# _version=N`; 1 if the line is absent or holds no number that could be counted on.
    public var version: Int {
        get {
            headValue("_version").flatMap { Int($0) }.flatMap { (1...Self.versionLimit).contains($0) ? $0 : nil } ?? 1
        }
        set { setHeadValue("_version", to: String(newValue)) }
    }

    /// The hash that the Data Plane API of HAProxy Technologies leaves, `# _md5hash=…`; nil removes it.
    public var md5Hash: String? {
        get { headValue("_md5hash") }
        set { setHeadValue("_md5hash", to: newValue) }
    }

    /// Greatest version that is believed: every reader of JSON keeps it exact, and there is room to count on.
    private static let versionLimit = 1 << 52

    private func headIndex(_ key: String) -> Int? {
        preamble.firstIndex { $0.isComment && ($0.comment?.hasPrefix(key + "=") ?? false) }
    }

    private func headValue(_ key: String) -> String? {
        headIndex(key).flatMap { preamble[$0].comment.map { String($0.dropFirst(key.count + 1)) } }
    }

    private mutating func setHeadValue(_ key: String, to value: String?) {
        let index = headIndex(key)
        guard let value else {
            if let index { preamble.remove(at: index) }
            return
        }
        if let index {
            // In place, so that the line keeps its ending.
            preamble[index].raw = "# \(key)=\(value)"
        } else {
            let hash = key == "_version" ? headIndex("_md5hash") : nil
            preamble.insert(Line(raw: "# \(key)=\(value)"), at: hash.map { $0 + 1 } ?? 0)
        }
    }
}
