internal import Glibc
internal import ProxyConfig

/// The users of one `userlist` section (HAProxy 3.4) and how each proves who it is.
struct UserList: Sendable {
    enum Secret: Sendable, Hashable {
        /// In the form of crypt(5).
        case hash(String)
        case plain(String)
    }

    private(set) var secrets: [String: Secret] = [:]

    /// - Parameter users: Users beside those of the section; of one name, that of the section counts.
    init(_ name: String, in file: ConfigurationFile, beside users: [DataPlane.Settings.User] = []) {
        for user in users {
            let word = Self.setting(user.password)
            if !word.isEmpty { secrets[user.name] = user.isPlain ? .plain(word) : .hash(word) }
        }
        for line in file.section("userlist", name)?.lines ?? [] {
            let words = line.words { getenv($0).map { String(cString: $0) } }
            // With a word less, the one behind an unset variable would be the password.
            guard words.count >= 4, words[0] == "user", words.count >= line.words.count else { continue }
            // `groups` may stand before the password.
            for place in stride(from: 2, to: words.count - 1, by: 2) {
                let word = words[place + 1]
                // An empty one, which is what an unset variable leaves, is no password: it proves nothing.
                guard !word.isEmpty else { continue }
                switch words[place] {
                case "password": secrets[words[1]] = .hash(word)
                case "insecure-password": secrets[words[1]] = .plain(word)
                default: break
                }
            }
        }
    }

    /// The value of `${NAME}` in dataplaneapi.yaml; any other word is what it is.
    private static func setting(_ word: String) -> String {
        guard word.hasPrefix("${"), word.hasSuffix("}") else { return word }
        let name = word.dropFirst(2).dropLast()
        // Names have letters, digits and underscores only.
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 == 0x5F || isalnum(CInt($0)) != 0 }) else { return word }
        return getenv(String(name)).map { String(cString: $0) } ?? ""
    }
}

extension DataPlane.Settings {
    /// Somebody who may log in without being in a userlist: `dataplaneapi.user` of dataplaneapi.yaml.
    public struct User: Sendable, Hashable {
        public var name: String
        /// May be `${NAME}`, of the environment.
        public var password: String
        /// A hash of crypt(5) if not.
        public var isPlain: Bool

        public init(name: String, password: String, isPlain: Bool) {
            self.name = name
            self.password = password
            self.isPlain = isPlain
        }
    }
}
