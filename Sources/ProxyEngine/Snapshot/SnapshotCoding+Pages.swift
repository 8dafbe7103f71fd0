internal import ProxyPages

extension ByteWriter {
    mutating func write(_ pages: PageDefinition) {
        write(lines: pages.lines)
        optional(pages.backend) {
            $0.string($1.name)
            $0.write(lines: $1.lines)
        }
        list(pages.files.sorted { $0.key < $1.key }) {
            $0.string($1.key)
            $0.list($1.value) { $0.number($1) }
        }
        list(pages.userlists) {
            $0.string($1.name)
            $0.list($1.accounts) {
                $0.string($1.user)
                $0.string($1.password)
                $0.list($1.groups) { $0.string($1) }
            }
        }
        switch pages.log {
        case .basic: number(UInt8(0))
        case .tcp: number(UInt8(1))
        case .http: number(UInt8(2))
        case .custom(let text):
            number(UInt8(3))
            string(text)
        }
        string(pages.description)
        flag(pages.isListen)
    }

    private mutating func write(lines: [[String]]) { list(lines) { $0.list($1) { $0.string($1) } } }
}

extension ByteReader {
    mutating func pages() throws(MalformedSnapshot) -> PageDefinition {
        var pages = PageDefinition(lines: try lines())
        pages.backend = try flag() ? PageDefinition.Backend(name: try string(), lines: try lines()) : nil
        for _ in 0..<Int(try number(UInt32.self)) {
            let path = try string()
            pages.files[path] = try list { (reader) throws(MalformedSnapshot) in try reader.number() }
        }
        pages.userlists = try list { (reader) throws(MalformedSnapshot) in
            PageDefinition.Userlist(
                name: try reader.string(),
                accounts: try reader.list { (reader) throws(MalformedSnapshot) in
                    PageAccount(user: try reader.string(), password: try reader.string(), groups: try reader.strings())
                }
            )
        }
        switch try number(UInt8.self) {
        case 0: pages.log = .basic
        case 1: pages.log = .tcp
        case 2: pages.log = .http
        case 3: pages.log = .custom(try string())
        default: throw MalformedSnapshot()
        }
        pages.description = try string()
        pages.isListen = try flag()
        return pages
    }

    private mutating func lines() throws(MalformedSnapshot) -> [[String]] {
        try list { (reader) throws(MalformedSnapshot) in try reader.strings() }
    }

    private mutating func strings() throws(MalformedSnapshot) -> [String] {
        try list { (reader) throws(MalformedSnapshot) in try reader.string() }
    }
}
