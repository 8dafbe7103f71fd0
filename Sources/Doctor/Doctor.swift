internal import Explanation

/// Looks at everything that the appliance needs to serve, and mends what can be mended without harm.
public struct Doctor {
    /// In the order of what needs what: who has no link has no gateway either.
    public static let checks: [any DoctorCheck.Type] = [
        FilesCheck.self, InterfacesCheck.self, LinksCheck.self, NetworkCheck.self, GatewaysCheck.self,
        NameServersCheck.self, TimeCheck.self, RangesCheck.self, ConflictsCheck.self, RoutingCheck.self,
        GuardCheck.self, CertificateCheck.self, ServicesCheck.self, BackendsCheck.self,
        BackupCheck.self,
    ]

    private let context: () throws -> DoctorContext

    /// - Parameter context: Reads everything anew; called again after something was mended.
    public init(_ context: @escaping () throws -> DoctorContext) { self.context = context }

    /// Runs every check.
    ///
    /// - Parameter isFixing: Whether to mend; then what is told is how things stand afterwards.
    /// - Throws: Where not even the kernel can be asked. What a single check throws is its finding.
    public func run(isFixing: Bool) throws -> DoctorReport {
        let before = try context()
        var report = DoctorReport(results: Self.checks.map { Self.result($0.init(), before) })
        guard isFixing else { return report }
        for (check, result) in zip(Self.checks, report.results) where [.failed, .warning].contains(result.state) {
            do {
                report.fixes += try check.init().fix(try context())
            } catch {
                report.obstacles.append("\(check.name) could not be mended: \(error)")
            }
        }
        if !report.fixes.isEmpty {
            let after = try context()
            report.results = Self.checks.map { Self.result($0.init(), after) }
        }
        return report
    }

    private static func result(_ check: some DoctorCheck, _ context: DoctorContext) -> DoctorReport.Result {
        let name = type(of: check).name
        do {
            return DoctorReport.Result(name: name, findings: try check.findings(context))
        } catch {
            return DoctorReport.Result(
                name: name,
                findings: [Finding(.failed, name, "could not be looked at: \(error)", remedy: "run it as root")]
            )
        }
    }
}
