internal import Glibc
internal import ProxyConfig

/// A `program` section, its user and group as numbers.
struct ProgramSettings: Hashable, Sendable {
    var name: String
    var command: [String]
    /// 0: ours.
    var user: UInt32 = 0
    var group: UInt32 = 0
    var startsOnReload = true

    init(name: String, command: [String], startsOnReload: Bool = true) {
        self.name = name
        self.command = command
        self.startsOnReload = startsOnReload
    }

    init(_ program: Program) {
        name = program.name
        command = program.command
        startsOnReload = program.startsOnReload
        if let name = program.user, let entry = getpwnam(name) { user = entry.pointee.pw_uid }
        if let name = program.group, let entry = getgrnam(name) { group = entry.pointee.gr_gid }
    }
}
