internal import CCrypt
public import Syscalls

/// A salted password hash in the form of crypt(5): `$6$salt$…`.
///
/// Knows every method that the system's libcrypt knows; HAProxy checks its userlists the same way. Never prints itself.
public struct PasswordHash: Hashable, Sendable, CustomStringConvertible {
    /// The whole string, as it stands in `/etc/shadow` or a userlist.
    public let text: String

    public init(_ text: String) { self.text = text }

    public var description: String { "PasswordHash(…)" }

    /// How new hashes are made.
    public enum Method: String, Sendable {
        /// SHA-512: understood by every HAProxy and every libc.
        case sha512 = "$6$"
        /// yescrypt: Debian's default for `/etc/shadow`.
        case yescrypt = "$y$"
    }

    /// Hashes `password` under a fresh random salt.
    public static func make(_ password: String, method: Method = .sha512) throws(SystemError) -> PasswordHash {
        var setting = [CChar](repeating: 0, count: 256)
        try syscall("make a salt") { ccrypt_setting(method.rawValue, &setting, 256) }
        return PasswordHash(try crypt(password, setting))
    }

    /// Whether `password` is the one that was hashed. False for a hash that libcrypt does not know.
    public func matches(_ password: String) -> Bool {
        // A plain-text "hash" of few characters would be a DES setting: only modern methods count.
        guard text.hasPrefix("$"), let made = try? Self.crypt(password, Array(text.utf8CString)) else { return false }
        return constantTimeEquals(made, text)
    }

    private static func crypt(_ password: String, _ setting: [CChar]) throws(SystemError) -> String {
        var output = [CChar](repeating: 0, count: 512)
        try syscall("hash a password") { ccrypt(password, setting, &output, 512) }
        return String(decoding: output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Compares without telling by its duration where two texts first differ; lengths may be told.
public func constantTimeEquals(_ a: String, _ b: String) -> Bool {
    let a = Array(a.utf8)
    let b = Array(b.utf8)
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
