internal import Diagnostics
internal import Explanation

/// The network's files and the proxy's say something, without contradictions.
struct FilesCheck: DoctorCheck {
    static let name = "files"

    /// So many of each; `validate` has all.
    private static let most = 10

    func findings(_ context: DoctorContext) throws -> [Finding] {
        var findings = Self.findings(context.diagnostics)
        let proxy = context.proxy
        if proxy.file == nil {
            findings.append(
                Finding(.warning, "proxy", "there is no \(proxy.path)", remedy: "run appliance-net firstboot")
            )
        } else {
            // What the proxy understands and does not act upon is said by validate.
            findings += Self.findings(proxy.diagnostics.filter { $0.severity == .error })
        }
        return findings.isEmpty ? [.ok("files", "the network's and the proxy's are right")] : findings
    }

    private static func findings(_ diagnostics: [Diagnostic]) -> [Finding] {
        diagnostics.filter { $0.severity != .note }.prefix(most).map { diagnostic in
            let place = diagnostic.position.map { ":\($0.line)" } ?? ""
            return Finding(
                diagnostic.severity == .error ? .failed : .warning,
                (diagnostic.file ?? "input") + place,
                diagnostic.message,
                remedy: diagnostic.remedy ?? "appliance-net validate shows the line"
            )
        }
    }
}
