import Files
import NetworkFiles
import NetworkHistory
import TestSupport
import Testing

@testable import NetworkWatch

/// An appliance in the calling thread's network namespace, its files in a directory, and the service between them;
/// the test turns its loop by hand.
final class Box {
    let directory: String
    private(set) var service: WatchService
    private final class Record {
        var log: [String] = []
        var notes: [String] = []
        /// What applying fails with; nil: it works.
        var failure: String?
    }
    private let record = Record()

    var log: [String] { record.log }
    var notes: [String] { record.notes }
    var report: WatchReport { service.report }
    var root: Root { Root(directory) }
    var failure: String? {
        get { record.failure }
        set { record.failure = newValue }
    }

    static let routeTables = """
        2,workload,00:50:56:b4:ca:fd,10.13.201.10/24,10.13.201.1
        2,workload,00:50:56:b4:ca:fd,10.13.201.10/24
        3,frontend,00:50:56:b4:ef:d1,10.13.200.10/24,10.13.200.1
        3,frontend,00:50:56:b4:ef:d1,10.13.200.10/24

        """
    static let settings = """
        [interface.management]
        mac = "00:50:56:b4:aa:01"
        address = "10.13.10.199/24"
        gateway = "10.13.10.1"

        [interface.workload]
        mac = "00:50:56:b4:ca:fd"
        address = "10.13.201.10/24"

        [interface.frontend]
        mac = "00:50:56:b4:ef:d1"
        address = "10.13.200.10/24"

        """
    static let ranges = "/etc/vmware/anyip-routes.cfg"

    /// A fresh namespace with an appliance whose service has started.
    static func with(receiveBuffer: Int? = nil, _ body: @escaping @Sendable (Box) throws -> Void) throws {
        try withNetworkNamespace {
            try withTemporaryDirectory { directory in
                try Self.plugIn()
                let box = try Box(directory, receiveBuffer)
                try #require(try box.turns { box.report.state == .inSync })
                try body(box)
            }
        }
    }

    static func plugIn() throws {
        let macs = ["00:50:56:b4:aa:01", "00:50:56:b4:ca:fd", "00:50:56:b4:ef:d1"]
        for (index, mac) in macs.enumerated() {
            try run("ip", "link", "add", "eth\(index)", "type", "veth", "peer", "name", "peer\(index)")
            try run("ip", "link", "set", "eth\(index)", "address", mac)
            try run("ip", "link", "set", "peer\(index)", "up")
            // Router solicitations and link-local addresses would come at times of their own.
            for name in ["eth\(index)", "peer\(index)"] {
                try run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/\(name)/addr_gen_mode")
            }
        }
    }

    init(_ directory: String, _ receiveBuffer: Int?) throws {
        self.directory = directory
        let root = Root(directory)
        for path in ["/etc/vmware", "/etc/appliance-net"] { try AtomicFile.makeDirectory(root[path]) }
        try AtomicFile.replace(root[RouteTablesFile.path], with: Self.routeTables)
        try AtomicFile.replace(root[ApplianceFile.path], with: Self.settings)
        try AtomicFile.replace(root[Self.ranges], with: "10.13.200.32/27\n")
        service = try Self.start(root, record, receiveBuffer)
    }

    /// Another service in the place of this one, as after a crash.
    func restart() throws {
        record.log = []
        record.notes = []
        service = try Self.start(root, record, nil)
    }

    private static func start(_ root: Root, _ record: Record, _ receiveBuffer: Int?) throws -> WatchService {
        var applier = Applier(root, patience: .zero)
        var settings = WatchService.Settings(
            apply: { configuration, isAllowed in
                if let failure = record.failure { throw ControlError(message: failure) }
                applier.beforeOperation = { _, _ in try isAllowed() }
                return try applier.apply(.watch, configuration)
            },
            log: { _, text in record.log.append(text) },
            notify: { record.notes.append($0) }
        )
        settings.root = root
        settings.takesSignals = false
        settings.receiveBuffer = receiveBuffer
        return try WatchService(settings)
    }

    /// Turns the loop until `condition` holds; false after half a minute.
    func turns(until condition: () throws -> Bool) throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if try condition() { return true }
            try service.turn(atMost: .milliseconds(20))
        }
        return try condition()
    }

    /// Turns until nothing has happened for longer than any of its delays.
    func quiet() throws {
        let settled = ContinuousClock.now + .milliseconds(1200)
        while ContinuousClock.now < settled { try service.turn(atMost: .milliseconds(50)) }
    }

    func shell(_ script: String) throws { try run("sh", "-c", "cd \(directory)/etc/vmware; " + script) }

    func hasRange(_ range: String) throws -> Bool {
        try run("ip", "route", "show", "table", "local").contains("local \(range) dev lo")
    }

    /// All of ours, and what the kernel makes of it.
    func witness() throws -> String {
        try run("ip", "rule") + run("ip", "route", "show", "table", "2") + run("ip", "route", "show", "table", "3")
            + run("ip", "route", "show", "table", "main") + run("ip", "-o", "-4", "address")
    }
}
