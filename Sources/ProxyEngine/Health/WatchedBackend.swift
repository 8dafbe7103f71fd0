internal import HealthChecks

/// What the checks of a backend's servers share.
final class WatchedBackend: Sendable {
    /// How it is checked; backends that are checked alike share it.
    private final class Manner: Sendable {
        let definition: CheckDefinition
        let program: CheckProgram
        let connectTimeout: UInt32?
        let checkTimeout: UInt32?
        let logsChecks: Bool
        let isListen: Bool

        init(_ backend: Backend) {
            definition = backend.check
            // What cannot be followed was said when the configuration was read.
            program = (try? CheckProgram(backend.check)) ?? .connect
            connectTimeout = backend.connectTimeout
            checkTimeout = backend.checkTimeout
            logsChecks = backend.logsChecks
            isListen = backend.isListen
        }

        func fits(_ backend: Backend) -> Bool {
            definition == backend.check && connectTimeout == backend.connectTimeout
                && checkTimeout == backend.checkTimeout && logsChecks == backend.logsChecks
                && isListen == backend.isListen
        }
    }

    private let plan: PlanBackend
    private let manner: Manner
    /// Of the servers in order, whether they are backups; empty if none is.
    private let backups: [Bool]

    /// - Parameter other: Lends what is the same.
    init(_ backend: Backend, _ plan: PlanBackend, like other: WatchedBackend?) {
        self.plan = plan
        manner = other.flatMap { $0.manner.fits(backend) ? $0.manner : nil } ?? Manner(backend)
        let hasBackups = backend.servers.contains { $0.isBackup }
        backups = hasBackups ? backend.servers.map { $0.isBackup } : []
    }

    var name: String { plan.name }
    var isListen: Bool { manner.isListen }
    /// What a check does.
    var program: CheckProgram { manner.program }
    /// Milliseconds; nil is no limit of its own.
    var connectTimeout: UInt32? { manner.connectTimeout }
    var checkTimeout: UInt32? { manner.checkTimeout }
    /// Who is told of its servers; nil: nobody.
    var log: UnsafePointer<LogGroupEntry>? { plan.entry.pointee.log }
    var logsChecks: Bool { manner.logsChecks }

    var servers: [Shared<ServerCells>] { plan.servers }

    /// The servers, and whether they are backups. A configured weight of 0 says nothing of the present one.
    func forEachMember(_ body: (Shared<ServerCells>, Bool) -> Void) {
        for (index, server) in servers.enumerated() { body(server, !backups.isEmpty && backups[index]) }
    }
}
