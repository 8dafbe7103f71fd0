internal import Addresses
public import Appliance
public import Diagnostics
internal import FoundationEssentials
internal import PKI

extension FirstBoot {
    /// What the properties alone do not show: CA material that cannot be used, an address without an adapter.
    ///
    /// Part of validation, so that nothing is changed when first boot could not be finished.
    ///
    /// - Parameter now: Seconds since 1970.
    public static func check(_ settings: Settings, now: Int64) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        for (role, interface) in settings.network.interfaces
        where !interface.addresses.isEmpty && interface.mac == nil {
            let suffix = interface.address == nil ? "6" : ""
            problems.append(
                Diagnostic(
                    .error,
                    "network.\(role.rawValue)_ip\(suffix) is given, but no network adapter for it: its interface cannot be found",
                    remedy: "connect the adapter, or give its MAC address under adapters of the JSON properties"
                )
            )
        }
        do {
            _ = try CertificatesStep.providedAuthority(
                settings.appliance,
                now: Date(timeIntervalSince1970: Double(now))
            )
        } catch {
            problems += error.problems.map { Diagnostic(.error, "\($0.subject): \($0.message)", remedy: $0.remedy) }
        }
        return problems
    }
}
