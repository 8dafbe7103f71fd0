public import Files

/// Turns settings into a configured appliance: files, network, certificates, proxy and API configuration.
public enum FirstBoot {
    /// The steps in their order. Network first: whatever fails later, the box can be reached. What is told to the host
    /// comes last, and the secrets are taken out of the properties when all of them are in place.
    static let steps: [any FirstBootStep] = [
        NetworkFilesStep(),
        NetworkStep(),
        RecoveryStep(),
        RootPasswordStep(),
        SSHServerStep(),
        CertificatesStep(),
        ProxyConfigurationStep(),
        DataPlaneConfigurationStep(),
        HandOverStep(),
        PublishStep(),
        ScrubStep(),
    ]

    /// What of that an admin needs to reach a machine whose properties are wrong.
    static let managementSteps: [any FirstBootStep] = [
        ManagementFileStep(),
        NetworkStep(),
        RootPasswordStep(),
        SSHServerStep(),
        HandOverStep.management,
    ]

    /// The record of a first boot that has done all of it.
    static let finished = "/finished"

    /// Runs every step, those after a failed one too.
    ///
    /// - Parameters:
    ///   - beginning: Told the name of each step before it runs.
    ///   - progress: Told of each step when it has ended.
    public static func run(
        _ context: FirstBootContext,
        beginning: (String) -> Void = { _ in },
        progress: (FirstBootReport.Step) -> Void = { _ in }
    ) -> FirstBootReport {
        let report = run(steps, context, beginning: beginning, progress: progress)
        // Where it cannot be written the next boot writes it. Of files alone, for an image, none was booted.
        if report.failed.isEmpty, !context.filesOnly { try? context.settle(finished, "") }
        return report
    }

    /// Starts the management interface alone, and lets root in: for properties that are refused.
    ///
    /// - Parameter context: With the settings that ``SettingsReader/management(_:)`` gives.
    /// - Returns: nil where the machine was configured before: then its network is what its files say.
    public static func runManagement(
        _ context: FirstBootContext,
        progress: (FirstBootReport.Step) -> Void = { _ in }
    ) throws -> FirstBootReport? {
        guard try ManagementFileStep.isOwn(context) else { return nil }
        return run(managementSteps, context, beginning: { _ in }, progress: progress)
    }

    private static func run(
        _ steps: [any FirstBootStep],
        _ context: FirstBootContext,
        beginning: (String) -> Void,
        progress: (FirstBootReport.Step) -> Void
    ) -> FirstBootReport {
        var context = context
        var report = FirstBootReport()
        var hasToldRoom = false
        let clock = ContinuousClock()
        for step in steps {
            beginning(step.name)
            var entry = FirstBootReport.Step(name: step.name, changes: [], failure: nil, milliseconds: 0)
            let start = clock.now
            do {
                entry.changes = try step.run(context)
            } catch {
                let failure = "\(error)"
                // Each step that writes meets it; what to do is said once.
                let remedy = hasToldRoom ? nil : FullDisk.remedy(failure)
                hasToldRoom = hasToldRoom || remedy != nil
                entry.failure = failure + (remedy.map { " (remedy: \($0))" } ?? "")
                if step.takesSecrets { context.hasSecretsInPlace = false }
            }
            entry.milliseconds = (clock.now - start) / .milliseconds(1)
            context.changes += entry.changes
            report.steps.append(entry)
            progress(entry)
        }
        return report
    }

    /// Has the services of this machine take up files that were changed otherwise.
    ///
    /// - Parameter changes: Texts that end with ` /path/of/a/file`.
    /// - Returns: What was done; nothing where no systemd runs, or the root is another.
    public static func handOver(_ root: Root, changes: [String]) throws -> [String] {
        root.isReal ? try HandOverStep().handOver(changes) : []
    }
}
