public import Diagnostics

/// A `userlist` section.
public struct Userlist: Sendable, Hashable {
    /// How a user's password is kept. Printing one shows neither the password nor the hash.
    public enum Password: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
        /// A hash that crypt(3) understands.
        case hashed(String)
        case plain(String)

        public var description: String {
            switch self {
            case .hashed: "<hash>"
            case .plain: "<password>"
            }
        }
        public var debugDescription: String { description }
    }

    public struct User: Sendable, Hashable {
        public var name: String
        /// nil never matches.
        public var password: Password?
        public var groups: [String]

        public init(name: String, password: Password?, groups: [String] = []) {
            self.name = name
            self.password = password
            self.groups = groups
        }
    }

    public var name: String
    public var users: [User] = []
    public var groups: [String] = []
    public var position: SourcePosition

    public init(name: String, position: SourcePosition) {
        self.name = name
        self.position = position
    }
}
