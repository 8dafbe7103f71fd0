import Syscalls
import TestSupport

/// A key and a certificate that it has signed itself, for a server of a test.
struct ThrowawayCertificate {
    let key: String
    let certificate: String

    /// - Parameter name: Its subject.
    init(_ name: String, in directory: String) throws {
        key = "\(directory)/key"
        certificate = "\(directory)/crt"
        let kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        let command =
            ["openssl", "req", "-x509"] + kind + ["-subj", "/CN=\(name)", "-keyout", key, "-out", certificate]
        let result = try Subprocess.run(command)
        if result.status != 0 { throw ProgramFailed(arguments: command, status: result.status, text: result.errors) }
    }
}
