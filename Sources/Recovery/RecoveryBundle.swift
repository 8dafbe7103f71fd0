public import Appliance
internal import Crypto
internal import FoundationEssentials

/// A recovery bundle: one file with everything that makes this appliance this one, sealed with a passphrase.
///
/// ```
///  0  8  magic: 89 "ANB" 0D 0A 1A 0A
///  8  2  format version, 1; numbers are big-endian
/// 10  4  length of the manifest
/// 14     manifest: JSON in a Zstandard frame, readable by everybody
///     8  length of the sealed part
///        AES-256-GCM of the contents in a Zstandard frame, then its tag of 16 bytes; authenticates everything before
///    32  SHA-256 of everything before: tells a damaged bundle from a wrong passphrase
/// ```
///
/// The key is scrypt (RFC 7914) of the passphrase with the numbers and the salt of the manifest.
public enum RecoveryBundle {
    public static let formatVersion = 1
    /// Most characters of a vApp property.
    public static let longestText = 65535

    static let magic: [UInt8] = [0x89, 0x41, 0x4e, 0x42, 0x0d, 0x0a, 0x1a, 0x0a]
    /// Most bytes of a file that may hold a bundle, or its text.
    public static let largestFile = 300 << 20
    private static let headerSize = 14
    private static let digestSize = 32
    private static let tagSize = 16
    private static let largestManifest = 4 << 20

    /// Makes a bundle.
    ///
    /// - Parameters:
    ///   - small: Whether it is worth seconds to have it small.
    ///   - derivation: How the key is made; each bundle has a salt of its own.
    public static func seal(
        _ files: FileSet,
        origin: BundleManifest.Origin,
        passphrase: Secret,
        small: Bool = false,
        derivation: KeyDerivation = .standard()
    ) throws(BundleError) -> [UInt8] {
        let nonce = KeyDerivation.random(12)
        let manifest = BundleManifest(files, origin: origin, derivation: derivation, nonce: nonce)
        guard manifest.files.payloadSize != nil else { throw .tooLarge(files.size) }
        let level = small ? Zstandard.small : Zstandard.fast
        let packed = try Zstandard.compress(files.payload, level: level)
        var bytes = magic + bigEndian(formatVersion, 2)
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let plain = Array(try encoder.encode(manifest))
            let text = try Zstandard.compress(plain, level: Zstandard.small)
            // What could not be opened is not sealed.
            guard plain.count <= largestManifest, text.count <= largestManifest else {
                throw BundleError.tooManyFiles(files.files.count)
            }
            bytes += bigEndian(text.count, 4) + text + bigEndian(packed.count + tagSize, 8)
            let box = try AES.GCM.seal(
                packed,
                using: try derivation.key(passphrase),
                nonce: try AES.GCM.Nonce(data: nonce),
                authenticating: bytes
            )
            bytes += box.ciphertext
            bytes += box.tag
        } catch let error as BundleError {
            throw error
        } catch {
            throw .compression("\(error)")
        }
        return bytes + Array(SHA256.hash(data: bytes))
    }

    /// What a bundle tells without its passphrase. Not authenticated: whoever could write the file could write this.
    public static func manifest(_ bytes: [UInt8]) throws(BundleError) -> BundleManifest {
        try parts(bytes).manifest
    }

    /// The files of a bundle. Nothing of it is believed before all of it has been authenticated.
    public static func open(_ bytes: [UInt8], passphrase: Secret) throws(BundleError) -> FileSet {
        let parts = try parts(bytes)
        let key = try parts.manifest.derivation.key(passphrase)
        let packed: [UInt8]
        do {
            let box = try AES.GCM.SealedBox(
                nonce: try AES.GCM.Nonce(data: parts.manifest.nonce),
                ciphertext: bytes[parts.sealed].dropLast(tagSize),
                tag: bytes[parts.sealed].suffix(tagSize)
            )
            packed = Array(try AES.GCM.open(box, using: key, authenticating: bytes[..<parts.sealed.lowerBound]))
        } catch {
            throw .wrongPassphrase
        }
        guard let size = parts.manifest.files.payloadSize,
            let files = parts.manifest.files.files(try Zstandard.decompress(packed, limit: size))
        else { throw .damaged("the contents are not those of the manifest") }
        return files
    }

    private static func parts(_ bytes: [UInt8]) throws(BundleError) -> (manifest: BundleManifest, sealed: Range<Int>) {
        let end = try headSize(bytes)
        guard bytes.count >= end + 8 + digestSize else { throw .truncated }
        let sealedLength = number(bytes[end..<end + 8])
        guard sealedLength >= tagSize, sealedLength <= FileList.largestPayload + (1 << 20) else {
            throw .damaged("its lengths are wrong")
        }
        let sealed = end + 8..<end + 8 + sealedLength
        guard bytes.count >= sealed.upperBound + digestSize else { throw .truncated }
        guard bytes.count == sealed.upperBound + digestSize else { throw .damaged("something stands after its end") }
        guard Array(SHA256.hash(data: bytes[..<sealed.upperBound])) == Array(bytes[sealed.upperBound...]) else {
            throw .damaged("its checksum is wrong")
        }
        return (try manifest(ofHead: bytes), sealed)
    }

    /// Bytes of which ``headSize(_:)`` tells how many ``manifest(ofHead:)`` needs.
    static let shortestHead = headerSize
    /// Bytes that are enough for every manifest.
    static let longestHead = headerSize + largestManifest

    /// How many bytes there are up to the end of the manifest.
    static func headSize(_ bytes: [UInt8]) throws(BundleError) -> Int {
        guard bytes.starts(with: magic.prefix(bytes.count)), !bytes.isEmpty else { throw .notABundle }
        guard bytes.count >= headerSize else { throw .truncated }
        let version = number(bytes[8..<10])
        guard version == formatVersion else { throw .otherVersion(version) }
        let length = number(bytes[10..<14])
        guard length <= largestManifest else { throw .damaged("its lengths are wrong") }
        return headerSize + length
    }

    /// The manifest of a bundle of which no more may be there: whether the rest is whole nobody knows then.
    static func manifest(ofHead bytes: [UInt8]) throws(BundleError) -> BundleManifest {
        let end = try headSize(bytes)
        guard bytes.count >= end else { throw .truncated }
        let text = try Zstandard.decompress(Array(bytes[headerSize..<end]), limit: largestManifest)
        guard let manifest = try? JSONDecoder().decode(BundleManifest.self, from: Data(text)),
            manifest.files.payloadSize != nil, manifest.nonce.count == 12
        else { throw .damaged("its manifest cannot be read") }
        return manifest
    }

    private static func bigEndian(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - $0))) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(clamping: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
