import Diagnostics
import Files
import Leases
import NetworkFiles
import Syscalls

/// What the files say, and what they said last when it was right: in memory and on disk.
struct ConfigurationStore {
    /// Where the last good files are kept, in the same tree as the real ones.
    static let lastGoodPath = "/var/lib/appliance-net/last-good"

    /// So many are told.
    static let mostProblems = 20

    let root: Root
    /// What is in force, or is to be.
    private(set) var current: NetworkConfiguration?
    /// What is wrong with the files; empty if ``current`` is what they say.
    private(set) var badFiles: [String] = []

    init(root: Root) { self.root = root }

    private var lastGood: Root { Root(root[Self.lastGoodPath]) }

    /// Reads the files. If they are bad, what they said before stays in force.
    mutating func read() {
        do throws(DiagnosticsError) {
            current = try NetworkConfiguration.load(root)
            badFiles = []
        } catch {
            let errors = error.diagnostics.filter { $0.severity == .error }
            // Another program's file put in place of ours is wrong on every line.
            badFiles = errors.prefix(Self.mostProblems).map { $0.description }
            if errors.count > Self.mostProblems {
                badFiles.append(
                    "and \(errors.count - Self.mostProblems) more errors: appliance-net validate shows them"
                )
            }
            if current == nil { readLastGood() }
            // Leases are no part of the files.
            current = current?.leased(LeaseStore(root).read())
        }
    }

    private mutating func readLastGood() {
        do throws(DiagnosticsError) {
            current = try NetworkConfiguration.load(lastGood)
        } catch {
            badFiles.append("there is no last good state either: the network is left as it is")
        }
    }

    /// Keeps ``current``, which the network has been made, for a start at which the files are bad.
    func keep() throws(SystemError) {
        guard badFiles.isEmpty, let current else { return }
        try AtomicFile.makeDirectory(lastGood.prefix, mode: 0o700)
        try current.write(lastGood)
    }

    /// The files that matter.
    static func paths(_ root: Root) -> [String] {
        [RouteTablesFile.path, AnyIPRoutesFile.path, WorkloadNetworksFile.path, ApplianceFile.path].map { root[$0] }
    }
}
