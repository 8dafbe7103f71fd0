public import Diagnostics

/// Why a recovery bundle cannot be used.
public enum BundleError: Error, Sendable, Hashable, CustomStringConvertible {
    case notABundle
    /// Made by a later program.
    case otherVersion(Int)
    case truncated
    case damaged(String)
    /// Not damaged by accident: another passphrase, or somebody altered it on purpose.
    case wrongPassphrase
    /// Of a machine that no first boot had configured.
    case withoutAuthority
    case badDerivation
    case compression(String)
    case tooLarge(Int)
    case tooManyFiles(Int)

    public var description: String {
        switch self {
        case .notABundle: "this is no recovery bundle"
        case .otherVersion(let version):
            "the bundle has format version \(version), and this program reads version \(RecoveryBundle.formatVersion)"
        case .truncated: "the end of the bundle is missing"
        case .damaged(let what): "the bundle is damaged: \(what)"
        case .wrongPassphrase: "the passphrase is not the one that the bundle was sealed with"
        case .withoutAuthority: "this bundle is of a machine that was never configured: it has no CA"
        case .badDerivation: "the bundle asks for a derivation of the key that is not allowed"
        case .compression(let reason): "compress the bundle: \(reason)"
        case .tooLarge(let bytes): "the appliance's files have \(bytes) bytes, too many for a bundle"
        case .tooManyFiles(let count): "the appliance has \(count) files, too many for a bundle"
        }
    }

    public var remedy: String {
        switch self {
        case .notABundle: "give a file that appliance-net backup made, or its text as one line"
        case .otherVersion: "use the program that made it, or a later one"
        case .truncated, .damaged: "copy it again, in binary mode, or take another"
        case .wrongPassphrase: "give the passphrase of the appliance that made it"
        case .withoutAuthority: "take a bundle that backup show names a CA of"
        case .badDerivation: "take another bundle"
        case .compression: "see that there is memory"
        case .tooLarge, .tooManyFiles: "remove what is not needed from /etc/haproxy"
        }
    }

    /// The same, as a problem of an input.
    public var diagnostic: Diagnostic { Diagnostic(.error, description, remedy: remedy) }
}
