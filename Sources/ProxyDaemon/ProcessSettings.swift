internal import CLinux
internal import Glibc
internal import ProxyConfig
internal import Syscalls

/// What the global section says of the process: who it is and where it is locked in.
struct ProcessSettings: Hashable, Sendable {
    var chroot: String?
    /// 0: stay.
    var user: UInt32 = 0
    var group: UInt32 = 0
    var pidFile: String?
    var masterWorker = false
    var daemon = false
    /// What it keeps of root's power.
    var capabilities: Capabilities = []
    /// Another process ends when this one serves.
    var replaces = false

    /// `-q`: standard error is not told what happens to servers.
    var isQuiet = false

    init() {}

    init(_ global: Global) {
        chroot = global.chroot
        pidFile = global.pidFile
        masterWorker = global.isMasterWorker
        daemon = global.isDaemon
        if let id = global.userID { user = UInt32(clamping: id) }
        if let id = global.groupID { group = UInt32(clamping: id) }
        // As HAProxy: `user` gives the user only, `group` the group.
        if let name = global.user, let entry = getpwnam(name) { user = entry.pointee.pw_uid }
        if let name = global.group, let entry = getgrnam(name) { group = entry.pointee.gr_gid }
    }

    /// A worker with these settings cannot become one with `next`.
    func isOther(than next: ProcessSettings) -> Bool {
        (chroot, user, group, capabilities.rawValue) != (next.chroot, next.user, next.group, next.capabilities.rawValue)
    }

    /// Locks this process into the chroot and gives up root. Who is not root stays who it is, and goes into the chroot where
    /// it may (CAP_SYS_CHROOT): the unit gives the master that power, and a worker keeps none of it.
    func drop() throws(SystemError) {
        let isRoot = geteuid() == 0
        var step: UnsafePointer<CChar>?
        // A user that is not root has none, unless they are kept across the change.
        clinux_bound_capabilities(capabilities.rawValue)
        if isRoot, !capabilities.isEmpty { _ = clinux_keep_capabilities_across_users() }
        let code = clinux_drop_privileges(chroot, isRoot ? user : 0, isRoot ? group : 0, &step) < 0 ? errno : 0
        if code != 0, isRoot || code != EPERM {
            let name = step.map { String(cString: $0) } ?? "drop privileges"
            throw SystemError(code: code, operation: name == "chroot" ? "chroot to \(chroot ?? "")" : name)
        }
        try capabilities.keep()
    }
}
