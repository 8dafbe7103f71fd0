internal import Diagnostics
internal import Files
internal import NetworkFiles
internal import NetworkHistory
internal import NetworkState
internal import PKI
internal import ProxyConfig

/// Whether files that are to be restored are an appliance's: checked as if they were in place.
struct RestoreCheck {
    let root: Root

    init(_ root: Root) { self.root = root }

    func problems(_ wanted: FileSet, asksKernel: Bool) -> [Diagnostic] {
        network(wanted, asksKernel) + proxy(wanted) + authority(wanted)
    }

    private func network(_ wanted: FileSet, _ asksKernel: Bool) -> [Diagnostic] {
        let paths = ConfigurationFiles.paths
        guard paths.contains(where: { wanted[$0]?.kind == .file }) else { return [] }
        do {
            let files = ConfigurationFiles(
                entries: try paths.map { path in
                    // What the set says nothing of stays.
                    let content = try wanted[path].map { $0.kind == .file ? $0.content : nil } ?? inPlace(path)
                    return ConfigurationFiles.Entry(path: path, content: content)
                }
            )
            let configuration = try files.configuration(root)
            guard asksKernel else { return configuration.warnings }
            // What cannot be had now either is no reason against it.
            let now = (try? Applier(root).problems()) ?? []
            let new = try Applier(root).problems(files).filter { !now.contains($0) }
            return new.map { Diagnostic(file: root[ApplianceFile.path], $0.message, remedy: $0.remedy) }
        } catch let error as DiagnosticsError {
            return error.diagnostics
        } catch {
            return [Diagnostic(.error, "\(error)")]
        }
    }

    private func inPlace(_ path: String) throws -> [UInt8]? {
        try AtomicFile.readText(root[path]).map { Array($0.utf8) }
    }

    private func proxy(_ wanted: FileSet) -> [Diagnostic] {
        let path = ApplianceFiles.proxyConfiguration
        guard let text = wanted.text(path) else { return [] }
        return ConfigurationFile(text, file: root[path]).checked().diagnostics.filter { $0.severity == .error }
    }

    /// Certificate and key of the CA belong together. Their dates are not asked: the clock of a machine that is being
    /// rebuilt may be anything.
    private func authority(_ wanted: FileSet) -> [Diagnostic] {
        guard let certificate = wanted.text(PKIPaths.caCertificate) else { return [] }
        let key = wanted.text(PKIPaths.caKey) ?? wanted.text(PKIPaths.caKeyLink) ?? ""
        do throws(PKIError) {
            _ = try PEMIntake.authority(
                certificate: .given(PKIPaths.caCertificate, certificate),
                key: .given(PKIPaths.caKey, key),
                now: nil
            )
            return []
        } catch {
            return error.problems.map { Diagnostic(file: $0.subject, $0.message, remedy: $0.remedy) }
        }
    }
}
