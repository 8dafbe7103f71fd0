internal import Addresses
public import Files
internal import NetworkFiles
internal import PKI

/// What somebody who restores has to know beside which files change.
public enum RestoreNotes {
    /// - Parameter wanted: What is to be restored into `root`, which is as it was.
    public static func all(_ wanted: FileSet, _ root: Root) throws -> [String] {
        let wanted = try wanted.settled(in: root)
        return try authority(wanted, root) + passphrase(wanted, root) + settings(wanted, root)
    }

    private static func authority(_ wanted: FileSet, _ root: Root) throws -> [String] {
        func before(_ path: String) throws -> String? {
            try AtomicFile.readText(root[path], limit: 1 << 20).flatMap { PKIStore.fingerprints(of: $0).first }
        }
        func after(_ path: String) -> String? { wanted.text(path).flatMap { PKIStore.fingerprints(of: $0).first } }
        guard let new = after(PKIPaths.caCertificate) else { return [] }
        var notes: [String] = []
        let next = after(PKIPaths.nextCertificate)
        let own = try before(PKIPaths.caCertificate)
        if let own, own == next, own != new {
            let isEnough = PKIStore.isNextEnough(
                authority: wanted.text(PKIPaths.caCertificate) ?? "",
                next: wanted.text(PKIPaths.nextCertificate) ?? ""
            )
            notes.append(
                "the CA becomes SHA-256 \(new) again, and the present one (SHA-256 \(own)) is the second CA that is to take "
                    + "over, as it was when the bundle was made: "
                    + (isEnough
                        ? "clients that trust either of them are served; see appliance-net cert show"
                        : "clients that trust the present one alone are refused until appliance-net cert rotate-ca --finish")
            )
        } else if let own, own != new {
            notes.append(
                "the CA becomes another: SHA-256 \(new) in the place of SHA-256 \(own); clients that do not trust it yet are "
                    + "refused until they do: appliance-net cert export gives it out"
            )
        }
        if let former = try before(PKIPaths.nextCertificate), former != next, former != new {
            notes.append(
                "the second CA that was to take over (SHA-256 \(former)) goes: clients that trust it alone are refused; "
                    + "appliance-net cert rotate-ca makes another"
            )
        }
        if let next, next != own, try before(PKIPaths.nextCertificate) != next {
            notes.append(
                "a second CA is to take over (SHA-256 \(next)), as it was when the bundle was made: see appliance-net cert show"
            )
        }
        return notes
    }

    private static func passphrase(_ wanted: FileSet, _ root: Root) throws -> [String] {
        var notes: [String] = []
        func before(_ path: String) throws -> String? { try AtomicFile.readText(root[path], limit: 65536) }
        // What the files say nothing of stays.
        func after(_ path: String) throws -> String? { wanted[path] == nil ? try before(path) : wanted.text(path) }
        let own = Backup.settings(root)
        let new = wanted.text(ApplianceFile.path).map { ApplianceFile.parse($0).value.recovery } ?? own
        let former = try Passphrase.place(own) { try before($0) != nil }.flatMap { try before($0) }
        if let place = try Passphrase.place(new, isThere: { try after($0) != nil }) {
            let text = try after(place)
            switch place {
            case _ where text != nil && text == former: break
            case Passphrase.path:
                notes.append("bundles are sealed with the passphrase that was given to the appliance of these files")
            case Passphrase.generatedPath:
                notes.append(
                    "bundles are sealed with the passphrase that the appliance of these files had made for itself"
                )
            default:
                let missing = text == nil ? ", which is not there: no bundle can be made without it" : ""
                notes.append("bundles are sealed with the passphrase in \(place), as [recovery] says\(missing)")
            }
        }
        if let kept = wanted.text(Passphrase.formerPath), try before(Passphrase.formerPath) != kept {
            notes.append(
                "the passphrase that this machine has made for itself, with which its bundles so far are sealed, is kept in "
                    + "\(Passphrase.formerPath); restore opens them with it"
            )
        }
        return notes
    }

    private static func settings(_ wanted: FileSet, _ root: Root) throws -> [String] {
        guard let text = wanted.text(ApplianceFile.path) else { return [] }
        let (own, new) = (Backup.settings(root), ApplianceFile.parse(text).value.recovery)
        if own == RecoverySettings(), new.target == nil { return [] }
        if own == new {
            return ["[recovery] stays what it is here" + (own.target.map { ": bundles are brought to \($0)" } ?? "")]
        }
        if own.target == nil, let target = new.target {
            return ["bundles are brought to \(target) from now on, as these files say; so far they are brought nowhere"]
        }
        let targets = [new.target, own.target].map { $0?.description ?? "nowhere" }
        if targets[0] == targets[1] { return ["[recovery] becomes what these files say"] }
        return ["bundles are brought to \(targets[0]), as these files say, no longer to \(targets[1])"]
    }
}
