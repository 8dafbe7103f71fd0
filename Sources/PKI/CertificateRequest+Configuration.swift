internal import Addresses
internal import Diagnostics
internal import Glibc
public import NetworkFiles

extension CertificateRequest {
    /// What the appliance's files want.
    ///
    /// Names are the host name, its first label, the host name in each search domain if it has no domain of its own, and
    /// those of `[certificates]`; addresses are those of every interface, written or leased.
    ///
    /// - Parameters:
    ///   - hostName: Where the files give none; nil: this machine's.
    ///   - now: ``CertificateClock/now()``.
    /// - Throws: ``PKIError`` for a name that no certificate can hold.
    public init(_ configuration: NetworkConfiguration, hostName: String? = nil, now: CertificateClock.Reading)
        throws(PKIError)
    {
        let system = configuration.appliance.system
        let hostName = system.hostname?.value ?? hostName ?? Self.machineName
        var names = [hostName]
        if let dot = hostName.firstIndex(of: ".") {
            names.append(String(hostName[..<dot]))
        } else {
            names += configuration.searchDomains.map { "\(hostName).\($0)" }
        }
        // The host name itself is checked; what is derived of it must not be a reason to have no certificate.
        names = names.prefix(1) + names.dropFirst().filter { ServerNames.isName($0.lowercased()) }
        let wanted = configuration.appliance.certificates
        let interfaces = configuration.appliance.interfaces
        self.init(
            names: try ServerNames(
                names: names + wanted.names.map { $0.value },
                addresses: interfaces.flatMap { $0.addresses.map { $0.value.address } }
            ),
            keyType: wanted.keyType?.value,
            now: now
        )
        // After a restart nobody knows what is leased until a server has answered.
        self.names.isComplete = !interfaces.contains { $0.usesDHCP && $0.leased == nil }
    }

    private static var machineName: String {
        var buffer = [CChar](repeating: 0, count: 65)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
