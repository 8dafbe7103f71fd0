internal import Appliance
public import Diagnostics
public import OVF
public import Recovery

extension FirstBoot {
    /// Opens the bundle that stands in the properties, as a first boot of a new machine would; it takes the time that making
    /// its key takes. What lies elsewhere (`recovery.source`) is not looked at.
    ///
    /// - Returns: The properties, with what the bundle says where nothing was typed, its files, and why it cannot be used.
    public static func openBundle(
        _ typed: OVFEnvironment
    ) -> (environment: OVFEnvironment, files: FileSet?, diagnostics: [Diagnostic]) {
        let recovery = SettingsReader.recovery(typed).0
        guard let text = recovery.bundle else { return (typed, nil, []) }
        func problem(_ key: PropertyKey, _ message: String, _ remedy: String) -> [Diagnostic] {
            let name = key.rawValue
            return [typed.diagnostic(at: typed[name]?.position, "\(name): \(message)", remedy: remedy)]
        }
        do throws(BundleError) {
            let bytes = try RecoveryBundle.bytes(text: text)
            _ = try RecoveryBundle.manifest(bytes)
            guard let passphrase = recovery.passphrase else {
                // One that is wrong is told by the checks of the properties.
                guard typed[PropertyKey.recoveryPassphrase.rawValue]?.text == nil else { return (typed, nil, []) }
                let remedy = "give the passphrase of the appliance that made it as recovery.passphrase"
                return (typed, nil, problem(.recoveryBundle, "it cannot be opened without its passphrase", remedy))
            }
            let files = try RecoveryBundle.open(bytes, passphrase: passphrase)
            try files.requireAuthority()
            return (PropertyRecord.overlay(typed, on: files.text(PropertyRecord.path) ?? "{}"), files, [])
        } catch {
            let key = error == .wrongPassphrase ? PropertyKey.recoveryPassphrase : .recoveryBundle
            return (typed, nil, problem(key, "\(error)", error.remedy))
        }
    }
}
