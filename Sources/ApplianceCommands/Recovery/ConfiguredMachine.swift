internal import Diagnostics
internal import Files
internal import FirstBoot
internal import NetworkFiles
internal import PKI
internal import Recovery

/// What only an appliance has, and no machine that is none yet.
enum ConfiguredMachine {
    /// Refuses a machine that no first boot has configured, with what became of the last one.
    ///
    /// - Throws: `DiagnosticsError`
    static func require(_ root: Root) throws {
        try NetworkConfiguration.requireFiles(root)
        if try ApplianceFiles.hasAuthority(root) { return }
        let reason = FirstBootProgress.read(root)?.failure.map { "; \($0)" } ?? ""
        throw DiagnosticsError([
            Diagnostic(
                .error,
                file: root[PKIPaths.caCertificate],
                "this machine was never configured: it has no CA\(reason)",
                remedy: "run appliance-net firstboot"
            )
        ])
    }
}
