internal import Files
internal import NetworkFiles

/// The network's files with the management interface alone, where nothing was configured yet. They are not what the
/// properties want: the first boot that is given right ones writes all of them.
struct ManagementFileStep: FirstBootStep {
    let name = "network files"

    /// What was written last.
    static let record = "/management-only"

    func run(_ context: FirstBootContext) throws -> [String] {
        let text = Self.text(context)
        let files = NetworkFilesStep.configuration(context.settings)
        var changes: [String] = []
        // Nothing is in these, and they have to be there.
        for (path, empty) in [
            (RouteTablesFile.path, files.routeTables.text), (AnyIPRoutesFile.path, files.anyIPRoutes.text),
            (WorkloadNetworksFile.path, files.workloadNetworks.text),
        ] where try AtomicFile.status(context.root[path]) == nil {
            changes += try context.replace(path, empty)
        }
        changes += try context.replace(ApplianceFile.path, text)
        try context.settle(Self.record, text)
        return changes
    }

    /// Whether there is no such file yet, or one that was written here.
    static func isOwn(_ context: FirstBootContext) throws -> Bool {
        guard let existing = try AtomicFile.readText(context.root[ApplianceFile.path]) else { return true }
        return try existing == text(context) || existing == context.settled(record)
    }

    private static func text(_ context: FirstBootContext) -> String {
        NetworkFilesStep.configuration(context.settings).appliance.text
    }
}
