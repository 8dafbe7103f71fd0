internal import Appliance
internal import Crypto
public import FoundationEssentials
internal import _CryptoExtras

/// How the key of a bundle is made of its passphrase: scrypt (RFC 7914).
public struct KeyDerivation: Sendable, Hashable, Codable {
    /// A power of two; memory is 128 bytes × this × ``blockSize``.
    public var rounds: Int
    public var blockSize: Int
    public var parallelism: Int
    public var salt: Data

    public init(rounds: Int, blockSize: Int, parallelism: Int, salt: Data) {
        self.rounds = rounds
        self.blockSize = blockSize
        self.parallelism = parallelism
        self.salt = salt
    }

    /// 32 MiB three times over: one of OWASP's equal choices, the one whose memory the service may have.
    public static func standard() -> KeyDerivation {
        KeyDerivation(rounds: 1 << 15, blockSize: 8, parallelism: 3, salt: random(16))
    }

    /// Bytes of the system's generator.
    static func random(_ count: Int) -> Data {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<count).map { _ in UInt8.random(in: 0 ... .max, using: &generator) })
    }

    /// A bundle that came from outside must not take all memory, nor hours.
    private var isAllowed: Bool {
        (1 << 10...1 << 20).contains(rounds) && rounds & (rounds - 1) == 0 && (1...32).contains(blockSize)
            && (1...16).contains(parallelism) && 128 * rounds * blockSize <= 256 << 20 && (8...64).contains(salt.count)
    }

    func key(_ passphrase: Secret) throws(BundleError) -> SymmetricKey {
        guard isAllowed else { throw .badDerivation }
        do {
            return try KDF.Scrypt.deriveKey(
                from: Array(passphrase.revealed().utf8),
                salt: salt,
                outputByteCount: 32,
                rounds: rounds,
                blockSize: blockSize,
                parallelism: parallelism
            )
        } catch {
            throw .badDerivation
        }
    }
}
