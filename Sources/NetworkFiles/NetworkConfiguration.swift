public import Diagnostics
public import Files
public import Syscalls

/// Everything the files say about the network, as one value.
public struct NetworkConfiguration: Sendable, Hashable {
    public var routeTables: RouteTablesFile
    public var anyIPRoutes: AnyIPRoutesFile
    public var workloadNetworks: WorkloadNetworksFile
    public var appliance: ApplianceFile
    /// What loading found that forbids nothing.
    public var warnings: [Diagnostic] = []

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

    /// Reads and checks the four files under `root`. One that is missing counts as empty; all missing is an error,
    /// because "nothing is configured" must not be read as "take everything down".
    public static func load(_ root: Root = Root()) throws(DiagnosticsError) -> NetworkConfiguration {
        var unreadable: [Diagnostic] = []
        var found = 0
        func read(_ path: String) -> String {
            let path = root[path]
            do throws(SystemError) {
                guard let text = try AtomicFile.readText(path, limit: 16 << 20) else { return "" }
                found += 1
                return text
            } catch {
                unreadable.append(Diagnostic(file: path, "cannot be read: \(error)"))
                return ""
            }
        }
        let files = ParsedNetworkFiles(
            routeTables: RouteTablesFile.parse(read(RouteTablesFile.path), file: root[RouteTablesFile.path]),
            anyIPRoutes: AnyIPRoutesFile.parse(read(AnyIPRoutesFile.path), file: root[AnyIPRoutesFile.path]),
            workloadNetworks: WorkloadNetworksFile.parse(
                read(WorkloadNetworksFile.path),
                file: root[WorkloadNetworksFile.path]
            ),
            appliance: ApplianceFile.parse(read(ApplianceFile.path), file: root[ApplianceFile.path])
        )
        if found == 0, unreadable.isEmpty {
            unreadable.append(
                Diagnostic(
                    file: root[ApplianceFile.path],
                    "there is no network configuration",
                    remedy: "run appliance-net firstboot, or write \(RouteTablesFile.path) and \(ApplianceFile.path)"
                )
            )
        }
        let diagnostics = unreadable + files.diagnostics
        if diagnostics.hasErrors { throw DiagnosticsError(diagnostics) }
        var configuration = files.configuration
        configuration.warnings = diagnostics
        return configuration
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
