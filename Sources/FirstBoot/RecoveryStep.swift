internal import Appliance
internal import Files
internal import OVF
internal import Recovery

/// What the next bundle needs: the passphrase, and the properties that the appliance was made of.
struct RecoveryStep: FirstBootStep {
    let name = "recovery"
    let takesSecrets = true

    func run(_ context: FirstBootContext) throws -> [String] {
        try context.root.confine(ApplianceFiles.stateDirectory)
        try AtomicFile.makeDirectory(context.root[ApplianceFiles.stateDirectory], mode: 0o700)
        var changes: [String] = []
        if let passphrase = context.settings.recovery.passphrase {
            changes += try context.replace(Passphrase.path, passphrase.revealed() + "\n", mode: 0o600)
        }
        if var environment = context.source?.environment {
            // No machine that an image is put on has those of the machine it was made on: nothing boots from such a record.
            if context.filesOnly { environment.adapters = [] }
            changes += try context.replace(PropertyRecord.path, PropertyRecord.text(environment), mode: 0o600)
        }
        return changes
    }
}
