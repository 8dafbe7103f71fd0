import Files
import Glibc
import NetworkFiles
import NetworkTestSupport
import Syscalls
import TestSupport

/// An appliance some of whose interfaces have no address, and the service; its clients are gone when it is.
final class DHCPBox {
    let root: Root
    private(set) var service: WatchProcess

    /// dhcpcd keeps its state where the machine's own would be.
    private static let ownDirectories = [
        "unshare", "--mount", "sh", "-ec",
        """
        mount -t tmpfs dhcpcd /run
        mkdir /run/dhcpcd
        mount -t tmpfs dhcpcd /var/lib/dhcpcd
        exec "$@"
        """,
        "sh",
    ]

    /// Runs `body` with a fresh one.
    ///
    /// - Parameters:
    ///   - roles: Interfaces without an address, and without lines in route-tables.cfg.
    ///   - prepare: What is done before the service starts.
    static func with(
        _ roles: InterfaceRoleNames...,
        prepare: @escaping @Sendable (Root) throws -> Void = { _ in },
        body: @escaping @Sendable (DHCPBox) throws -> Void
    ) throws {
        try inAppliance { root in
            try forget(roles.map { $0.rawValue }, root)
            try prepare(root)
            let box = try DHCPBox(root)
            try body(box)
            box.end()
        }
    }

    enum InterfaceRoleNames: String {
        case management
        case workload
        case frontend
    }

    private static func forget(_ roles: [String], _ root: Root) throws {
        let settings = try AtomicFile.readText(root[ApplianceFile.path]) ?? ""
        var isForgotten = false
        let kept = settings.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            if line.hasPrefix("[") { isForgotten = roles.contains { line == "[interface.\($0)]" } }
            return !(isForgotten && (line.hasPrefix("address") || line.hasPrefix("gateway")))
        }
        try AtomicFile.replace(root[ApplianceFile.path], with: kept.joined(separator: "\n"))
        let tables = try AtomicFile.readText(root[RouteTablesFile.path]) ?? ""
        let lines = tables.split(separator: "\n").filter { line in !roles.contains { line.contains(",\($0),") } }
        try AtomicFile.replace(root[RouteTablesFile.path], with: lines.map { $0 + "\n" }.joined())
    }

    private init(_ root: Root) throws {
        self.root = root
        service = try WatchProcess(root: root.prefix, prefix: Self.ownDirectories)
    }

    deinit { end() }

    /// Ends it as the service manager would, and looks that nothing is left.
    private func end() {
        if service.ended() == nil {
            service.signal(SIGTERM)
            _ = eventually(seconds: 30) { service.ended() != nil }
        }
    }

    /// Another service, as after a crash.
    func crash() throws {
        service.signal(SIGKILL)
        _ = eventually { service.ended() != nil }
        service = try WatchProcess(root: root.prefix, prefix: Self.ownDirectories)
    }

    /// The session of an interface's client; nil if it has none.
    func client(_ role: String) throws -> String? {
        try AtomicFile.readText(root["/run/appliance-net/dhcp/\(role).pid"]).map { $0.filter { $0.isNumber } }
    }

    /// What is left of a session.
    static func processes(_ session: String) throws -> String {
        try Subprocess.run(["ps", "-s", session, "-o", "pid=,stat=,args="]).output
    }

    var log: String { service.log }

    func program(_ arguments: String...) throws -> Subprocess.Result {
        try Subprocess.run([try builtProgram("appliance-net")] + arguments + ["--root", root.prefix])
    }

    func file(_ path: String) throws -> String { try AtomicFile.readText(root[path]) ?? "" }

    /// `10.13.10.50/24` of each address of a link that is not link-local.
    static func addresses(_ link: String, _ family: String = "-4") throws -> [String] {
        let filter = #".addr_info[]? | select(.scope == "global") | "\(.local)/\(.prefixlen)""#
        // The link may not have its name yet.
        let output = try run("ip", "-j", family, "address", "show")
        return try run("jq", "-r", ".[] | select(.ifname == \"\(link)\") | " + filter, input: output).split(
            separator: "\n"
        ).map { String($0) }.sorted()
    }

    /// The address by which a router is known.
    static func linkLocal(_ segment: Segment) throws -> String {
        let words = try segment.shell("ip -6 -oneline address show dev \(segment.link) scope link").split(
            separator: " "
        )
        let address = words.first { $0.hasPrefix("fe80::") } ?? ""
        return String(address.prefix { $0 != "/" })
    }

    static func routes(_ arguments: String...) throws -> [String] {
        let result = try Subprocess.run(["ip"] + arguments)
        return result.output.split(separator: "\n").map { $0.trimmingBlanks }
    }
}

extension Substring {
    /// Without the blank that `ip` leaves at the end of a line.
    fileprivate var trimmingBlanks: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
