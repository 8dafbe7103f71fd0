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
        let path = root[PKIPaths.caCertificate]
        let marks = [ApplianceFiles.derivedDirectory + "/finished", ApplianceFiles.rebuildMarker]
        if try marks.contains(where: { try AtomicFile.status(root[$0]) != nil }) {
            let message = "the CA is lost: what a bundle without it makes, no client trusts"
            throw DiagnosticsError([
                Diagnostic(
                    .error,
                    file: path,
                    message,
                    remedy: "restore a bundle that has it, or see appliance-net cert show"
                )
            ])
        }
        let reason = FirstBootProgress.read(root)?.failure.map { "; \($0)" } ?? ""
        throw DiagnosticsError([
            Diagnostic(
                .error,
                file: path,
                "this machine was never configured: it has no CA\(reason)",
                remedy: "run appliance-net firstboot"
            )
        ])
    }
}
