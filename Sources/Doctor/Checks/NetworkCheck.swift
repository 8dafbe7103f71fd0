internal import Diagnostics
internal import Explanation
internal import Files
internal import NetworkFiles
internal import NetworkHistory
internal import NetworkState
internal import NetworkWatch

/// The network is as the files want it, and somebody keeps it so.
struct NetworkCheck: DoctorCheck {
    static let name = "network"

    func findings(_ context: DoctorContext) throws -> [Finding] {
        guard let configuration = context.configuration else { return DoctorContext.unreadable(Self.name) }
        if StandbyMarker(context.root).isSet {
            return [Finding(.warning, Self.name, "appliance-net down was run", remedy: "appliance-net up")]
        }
        let plan = try NetworkReconciler(files: context.root).plan(configuration)
        var findings = plan.problems.map { Finding(.failed, Self.name, $0.message, remedy: $0.remedy) }
        if !plan.isEmpty {
            let some = plan.operations.prefix(5).map { $0.description }.joined(separator: ", ")
            let more = plan.operations.count > 5 ? " and \(plan.operations.count - 5) more" : ""
            let message = "not as the files want it: \(some)\(more)"
            findings.append(Finding(.failed, Self.name, message, remedy: "appliance-net apply, or doctor --fix"))
        }
        return findings.isEmpty ? [.ok(Self.name, "as the files want it")] : findings
    }

    /// Applies, unless somebody waits for something else.
    func fix(_ context: DoctorContext) throws -> [String] {
        guard let configuration = context.configuration, !StandbyMarker(context.root).isSet,
            try !NetworkReconciler(files: context.root).plan(configuration).isEmpty
        else { return [] }
        return try Applier(context.root).apply(.apply).result.operations.map { "applied: \($0)" }
    }
}
