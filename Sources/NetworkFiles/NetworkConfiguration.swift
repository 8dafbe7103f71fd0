public import Diagnostics
public import Files
import Leases
public import Syscalls

/// Everything the files say about the network, as one value.
public struct NetworkConfiguration: Sendable, Hashable {
    public var routeTables: RouteTablesFile
    public var anyIPRoutes: AnyIPRoutesFile
    public var workloadNetworks: WorkloadNetworksFile
    public var appliance: ApplianceFile
    /// What loading found that forbids nothing.
    public var warnings: [Diagnostic] = []
    /// What interfaces were given by DHCP and cannot have.
    public var leaseProblems: [Diagnostic] = []

    public init(
        routeTables: RouteTablesFile = RouteTablesFile(),
        anyIPRoutes: AnyIPRoutesFile = AnyIPRoutesFile(),
        workloadNetworks: WorkloadNetworksFile = WorkloadNetworksFile(),
        appliance: ApplianceFile = ApplianceFile()
    ) {
        self.routeTables = routeTables
        self.anyIPRoutes = anyIPRoutes
        self.workloadNetworks = workloadNetworks
        self.appliance = appliance
    }

    /// Files that must be there, if only empty: one that was lost must not be read as "take it all down".
    /// workload-networks.cfg is for those who have more networks.
    static let required = [RouteTablesFile.path, AnyIPRoutesFile.path, ApplianceFile.path]

    /// Reads and checks the four files under `root`, and adds the leases that are known there. Only
    /// workload-networks.cfg may be missing, and counts as empty then.
    public static func load(_ root: Root = Root()) throws(DiagnosticsError) -> NetworkConfiguration {
        try requireDirectory(root)
        var unreadable: [Diagnostic] = []
        var texts: [String: String] = [:]
        for path in [RouteTablesFile.path, AnyIPRoutesFile.path, WorkloadNetworksFile.path, ApplianceFile.path] {
            do throws(SystemError) {
                texts[path] = try AtomicFile.readText(root[path], limit: 16 << 20)
            } catch {
                unreadable.append(Diagnostic(file: root[path], "cannot be read: \(error)"))
            }
        }
        return try parse(texts, under: root, unreadable: unreadable).leased(LeaseStore(root).read())
    }

    /// A root that is mistyped is not one without files, and is not made.
    public static func requireDirectory(_ root: Root) throws(DiagnosticsError) {
        if root.isReal || (try? AtomicFile.status(root.prefix)) != nil { return }
        let problem = Diagnostic(file: root.prefix, "there is no such directory", remedy: "correct its name")
        throw DiagnosticsError([problem])
    }

    /// Says of a machine that was never configured that it was not, and which files are missing; what is in them is not
    /// asked.
    public static func requireFiles(_ root: Root) throws(DiagnosticsError) {
        try requireDirectory(root)
        var texts: [String: String] = [:]
        for path in required {
            do throws(SystemError) {
                if try AtomicFile.status(root[path]) != nil { texts[path] = "" }
            } catch {
                // What cannot be looked at is there.
                texts[path] = ""
            }
        }
        let problems = missing(texts, root)
        if !problems.isEmpty { throw DiagnosticsError(problems) }
    }

    /// Checks texts that are to become the files under `root`, as ``load(_:)`` checks the files.
    ///
    /// - Parameters:
    ///   - texts: By path.
    ///   - root: For the names in diagnostics.
    ///   - unreadable: Why files that are not in `texts` could not be read.
    public static func parse(
        _ texts: [String: String],
        under root: Root,
        unreadable: [Diagnostic] = []
    ) throws(DiagnosticsError) -> NetworkConfiguration {
        func text(_ path: String) -> String { texts[path] ?? "" }
        let files = ParsedNetworkFiles(
            routeTables: RouteTablesFile.parse(text(RouteTablesFile.path), file: root[RouteTablesFile.path]),
            anyIPRoutes: AnyIPRoutesFile.parse(text(AnyIPRoutesFile.path), file: root[AnyIPRoutesFile.path]),
            workloadNetworks: WorkloadNetworksFile.parse(
                text(WorkloadNetworksFile.path),
                file: root[WorkloadNetworksFile.path]
            ),
            appliance: ApplianceFile.parse(text(ApplianceFile.path), file: root[ApplianceFile.path])
        )
        var diagnostics = unreadable
        if unreadable.isEmpty { diagnostics += missing(texts, root) }
        diagnostics += files.diagnostics
        if diagnostics.hasErrors { throw DiagnosticsError(diagnostics) }
        var configuration = files.configuration
        configuration.warnings = diagnostics
        return configuration
    }

    private static func missing(_ texts: [String: String], _ root: Root) -> [Diagnostic] {
        if texts.isEmpty {
            return [
                Diagnostic(
                    file: root[ApplianceFile.path],
                    "there is no network configuration",
                    remedy: "run appliance-net firstboot, or write \(required.joined(separator: ", "))"
                )
            ]
        }
        return required.filter { texts[$0] == nil }.map { path in
            Diagnostic(
                file: root[path],
                "the file is missing",
                remedy:
                    "bring it back (appliance-net history, appliance-net rollback ID), or make an empty one if nothing "
                    + "is to be in it"
            )
        }
    }

    /// Writes the four files under `root`; says of each what happened.
    @discardableResult
    public func write(_ root: Root = Root()) throws(SystemError) -> [(path: String, outcome: AtomicFile.Outcome)] {
        let files = [
            (RouteTablesFile.path, routeTables.text),
            (AnyIPRoutesFile.path, anyIPRoutes.text),
            (WorkloadNetworksFile.path, workloadNetworks.text),
            (ApplianceFile.path, appliance.text),
        ]
        var outcomes: [(path: String, outcome: AtomicFile.Outcome)] = []
        for (path, text) in files {
            try AtomicFile.makeDirectory(AtomicFile.directory(of: root[path]))
            outcomes.append((path, try AtomicFile.replace(root[path], with: text)))
        }
        return outcomes
    }

    /// The checks that loading makes, for a value made otherwise. Positions in it are of the text that
    /// ``write(_:)`` would write.
    public func checked() -> [Diagnostic] {
        ParsedNetworkFiles(
            routeTables: RouteTablesFile.parse(routeTables.text),
            anyIPRoutes: AnyIPRoutesFile.parse(anyIPRoutes.text),
            workloadNetworks: WorkloadNetworksFile.parse(workloadNetworks.text),
            appliance: ApplianceFile.parse(appliance.text)
        ).diagnostics
    }
}
