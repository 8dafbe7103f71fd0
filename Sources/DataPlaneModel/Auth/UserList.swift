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
            let word = Self.expanded(user.password)
            if !word.isEmpty { secrets[user.name] = user.isPlain ? .plain(word) : .hash(word) }
        }
        for line in file.section("userlist", name)?.lines ?? [] {
            let words = line.words
            guard words.count >= 4, words[0] == "user" else { continue }
            // `groups` may stand before the password.
            for place in stride(from: 2, to: words.count - 1, by: 2) {
                let word = Self.expanded(words[place + 1])
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

    /// The environment's value for `${NAME}` or `$NAME`, as HAProxy reads it between double quotes.
    private static func expanded(_ word: String) -> String {
        var name = word[...]
        if name.hasPrefix("${"), name.hasSuffix("}") {
            name = name.dropFirst(2).dropLast()
        } else if name.hasPrefix("$") {
            name = name.dropFirst()
        } else {
            return word
        }
        // `$6$salt$…` is a hash: names have letters, digits and underscores only.
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
