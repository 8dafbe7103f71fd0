internal import Addresses
public import Appliance
public import Diagnostics
internal import FoundationEssentials
internal import NetworkFiles
public import OVF
internal import PKI

extension FirstBoot {
    /// What the properties alone do not show: CA material that cannot be used, an address without an adapter, files that
    /// would be refused when they are read.
    ///
    /// Part of validation, so that nothing is changed when first boot could not be finished.
    ///
    /// - Parameters:
    ///   - settings: What the properties ask for.
    ///   - environment: Where they come from, for the places of the problems.
    ///   - now: Seconds since 1970.
    public static func check(_ settings: Settings, from environment: OVFEnvironment, now: Int64) -> [Diagnostic] {
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
        let time = Date(timeIntervalSince1970: Double(now))
        func check<Value>(_ body: () throws(PKIError) -> Value?) -> Value? {
            do throws(PKIError) {
                return try body()
            } catch {
                for problem in error.problems { report(problem.subject, problem.message, remedy: problem.remedy) }
                return nil
            }
        }
        _ = check { () throws(PKIError) in try CertificatesStep.providedAuthority(settings.appliance, now: time) }
        let server = check { () throws(PKIError) in try CertificatesStep.providedServer(settings.appliance, now: time) }
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
        if let server {
            problems += remarks(server, settings, time).map {
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
    /// What of a server certificate that can be used is not as it should be.
    private static func remarks(
        _ server: ServerCertificate,
        _ settings: Settings,
        _ now: Date
    ) -> [PKIError.Problem] {
        let configuration = NetworkFilesStep.configuration(settings)
        let request = try? CertificateRequest(configuration, hostName: settings.network.hostname, now: now)
        guard let request else { return [] }
        return PEMIntake.remarks(server, request.names, of: PropertyKey.serverCertificate.rawValue, now: now)
    }
}
