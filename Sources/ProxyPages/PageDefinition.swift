/// What a `mode http` frontend serves by itself, as its lines say it: `monitor-uri`, `stats`, rules that answer.
///
/// It is the form in which the master checks it and hands it to its worker; ``PageSettings`` is what it means.
public struct PageDefinition: Hashable, Sendable {
    /// The lines that say what is served, word by word, those of `defaults` first. Times are in milliseconds.
    public var lines: [[String]]
    /// The backend that takes what the frontend leaves, and its lines. It has no server.
    public var backend: Backend?
    /// What was in the files that the lines name.
    public var files: [String: [UInt8]] = [:]
    /// The `userlist` sections that conditions name.
    public var userlists: [Userlist] = []
    /// What is logged of a request.
    public var log = Log.basic
    /// The `description` of the global section.
    public var description = ""
    /// The half of a `listen` section, which is a backend as well.
    public var isListen = false

    public init(lines: [[String]], isListen: Bool = false) {
        self.lines = lines
        self.isListen = isListen
    }

    public enum Log: Hashable, Sendable {
        case basic
        case tcp
        case http
        case custom(String)
    }

    public struct Backend: Hashable, Sendable {
        public var name: String
        public var lines: [[String]]

        public init(name: String, lines: [[String]]) {
            self.name = name
            self.lines = lines
        }
    }

    /// Who may know what, by passwords that are not hashed.
    public struct Userlist: Hashable, Sendable {
        public var name: String
        public var accounts: [PageAccount]

        public init(name: String, accounts: [PageAccount]) {
            self.name = name
            self.accounts = accounts
        }
    }
}

/// A user and the password that proves it. Printing one shows no password.
public struct PageAccount: Hashable, Sendable, CustomStringConvertible {
    public var user: String
    public var password: String
    public var groups: [String]

    public init(user: String, password: String, groups: [String] = []) {
        self.user = user
        self.password = password
        self.groups = groups
    }

    public var description: String { "\(user):<password>" }
}

/// A line that is right and cannot be done; `reason` says which.
public struct UnservablePage: Error, Hashable, Sendable {
    public var reason: String

    public init(_ reason: String) { self.reason = reason }
}
