internal import Addresses
public import Appliance
public import Diagnostics
public import Files

internal import NetworkFiles
public import OVF
public import PKI
public import Recovery

extension FirstBoot {
    /// What the properties alone do not show: CA material that cannot be used, an address without an adapter, files that
    /// would be refused when they are read.
    ///
    /// Part of validation, so that nothing is changed when first boot could not be finished.
    ///
    /// - Parameters:
    ///   - settings: What the properties ask for.
    ///   - environment: Where they come from, for the places of the problems.
    ///   - root: Where it would run: what is in place there already needs no dates.
    ///   - files: Of an appliance that is restored there before: nor does what was in place there.
    ///   - now: For the dates of certificates (`CertificateClock.now()`).
    public static func check(
        _ settings: Settings,
        from environment: OVFEnvironment,
        root: Root = Root(),
        restoring files: FileSet? = nil,
        now: CertificateClock.Reading
    ) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        func report(_ key: String, _ message: String, remedy: String) {
            problems.append(
                environment.diagnostic(at: environment[key]?.position, "\(key): \(message)", remedy: remedy)
            )
        }
        for (role, interface) in settings.network.interfaces
        where !interface.addresses.isEmpty && interface.mac == nil {
            report(
                "network.\(role.rawValue)_ip\(interface.address == nil ? "6" : "")",
                "it is given, but no network adapter for it: its interface cannot be found",
                remedy: "connect the adapter, or give its MAC address under adapters of the JSON properties"
            )
        }
        let placed = files.map { ProvidedCertificates.Placed($0) } ?? ProvidedCertificates.Placed(root)
        let provided = ProvidedCertificates(settings.appliance, placed: placed, now: now)
        for problem in provided.problems { report(problem.subject, problem.message, remedy: problem.remedy) }
        if problems.isEmpty {
            // Whatever the checks of the properties let through, the files are never written wrong.
            let refused = NetworkFilesStep.configuration(settings).checked().filter { $0.severity == .error }
            problems += refused.map {
                Diagnostic(
                    file: environment.file,
                    "the properties together give a wrong \($0.file ?? "file"): \($0.message)",
                    remedy: $0.remedy
                )
            }
        }
        let request = try? CertificateRequest(
            NetworkFilesStep.configuration(settings),
            hostName: settings.network.hostname,
            now: now
        )
        if let request {
            problems += provided.remarks(request.names, now: now).map {
                environment.diagnostic(
                    .warning,
                    at: environment[$0.subject]?.position,
                    "\($0.subject): \($0.message)",
                    remedy: $0.remedy
                )
            }
        }
        return problems
    }
}
