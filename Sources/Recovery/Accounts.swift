internal import Files
internal import Glibc

/// Names and numbers of users and groups out of `etc/passwd` and `etc/group` of a root: an old appliance's disk has
/// others than this machine.
struct Accounts {
    private var users: [String: UInt32]
    private var groups: [String: UInt32]
    private var userNames: [UInt32: String] = [:]
    private var groupNames: [UInt32: String] = [:]

    init(_ root: Root) {
        users = Self.read(root, "/etc/passwd")
        groups = Self.read(root, "/etc/group")
        for (name, number) in users where userNames[number].map({ $0 > name }) ?? true { userNames[number] = name }
        for (name, number) in groups where groupNames[number].map({ $0 > name }) ?? true { groupNames[number] = name }
    }

    /// The name, or the number where nobody has it.
    func user(_ number: uid_t) -> String { number == 0 ? "root" : userNames[number] ?? "\(number)" }
    func group(_ number: gid_t) -> String { number == 0 ? "root" : groupNames[number] ?? "\(number)" }

    /// The number of a name that ``user(_:)`` gave; a user who is not there leaves the file to root.
    func user(named name: String) -> uid_t { name == "root" ? 0 : users[name] ?? UInt32(name) ?? 0 }
    func group(named name: String) -> gid_t { name == "root" ? 0 : groups[name] ?? UInt32(name) ?? 0 }

    /// `name:password:number:…`
    private static func read(_ root: Root, _ path: String) -> [String: UInt32] {
        let text = ((try? root.read(path, limit: 4 << 20)) ?? nil).map { String(decoding: $0, as: UTF8.self) }
        var numbers: [String: UInt32] = [:]
        for line in (text ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 2, let number = UInt32(fields[2]) { numbers[String(fields[0])] = number }
        }
        return numbers
    }
}
