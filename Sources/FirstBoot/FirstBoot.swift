public import Files

/// Turns settings into a configured appliance: files, network, certificates, proxy and API configuration.
public enum FirstBoot {
    /// The steps in their order. Network first: whatever fails later, the box can be reached. What is told to the host
    /// comes last, and the secrets are taken out of the properties when all of them are in place.
    static let steps: [any FirstBootStep] = [
        PropertiesCopyStep(),
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
        var context = context
        var report = FirstBootReport()
        let clock = ContinuousClock()
        for step in steps {
            beginning(step.name)
            var entry = FirstBootReport.Step(name: step.name, changes: [], failure: nil, milliseconds: 0)
            let start = clock.now
            do {
                entry.changes = try step.run(context)
            } catch {
                entry.failure = "\(error)"
                if step.takesSecrets { context.hasSecretsInPlace = false }
            }
            entry.milliseconds = (clock.now - start) / .milliseconds(1)
            context.changes += entry.changes
            report.steps.append(entry)
            progress(entry)
        }
        // Where it cannot be written the next boot writes it.
        if report.failed.isEmpty { try? context.settle(finished, "") }
        return report
    }

    /// Has the services of this machine take up files that were changed otherwise.
    ///
    /// - Parameter changes: Texts that end with ` /path/of/a/file`.
    /// - Returns: What was done; nothing where no systemd runs, or the root is another.
    public static func handOver(_ root: Root, changes: [String]) throws -> [String] {
        root.isReal ? try HandOverStep.handOver(changes) : []
    }
}
