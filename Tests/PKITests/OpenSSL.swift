import FoundationEssentials
import Syscalls
import TestSupport

@testable import PKI

/// 2026-11-21 12:00:00 UTC. What openssl signs starts with the machine's own time instead: tests with such
/// certificates take `Date()`.
let noon = Date(timeIntervalSince1970: 1_795_262_400)
let day: Double = 86400

func certificateProperty(_ text: String) -> PEMSource { .property("appliance.ca_cert", text) }
func keyProperty(_ text: String) -> PEMSource { .property("appliance.ca_cert_key", text) }

/// What an admin pastes, made by openssl: the independent witness.
struct Pasted: Sendable {
    enum KeyKind: String, CaseIterable, Sendable {
        case rsaPKCS1, rsaPKCS8, ecSEC1, ecPKCS8, ecWithParameters, p384, p521, ed25519

        var generate: [String] {
            switch self {
            case .rsaPKCS1, .rsaPKCS8: ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
            case .ecSEC1, .ecPKCS8: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
            case .ecWithParameters: ["ecparam", "-name", "prime256v1", "-genkey"]
            case .p384: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]
            case .p521: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"]
            case .ed25519: ["genpkey", "-algorithm", "ED25519"]
            }
        }

        /// How the key is written: `-traditional` is PKCS#1 and SEC1.
        var isTraditional: Bool { self == .rsaPKCS1 || self == .ecSEC1 }
    }

    static let authority = "basicConstraints=critical,CA:TRUE"

    var certificate: String
    var key: String

    /// A self-signed CA, valid from the moment of the call.
    init(
        _ kind: KeyKind,
        subject: String = "/C=DE/O=Example/emailAddress=pki@example.com/CN=Example CA",
        extensions: [String] = [authority, "keyUsage=critical,keyCertSign,cRLSign"],
        days: Int = 3650
    ) throws {
        var generated = try openssl(kind.generate)
        if kind.isTraditional { generated = try openssl(["pkey", "-traditional"], input: generated) }
        key = generated
        certificate = try withTemporaryDirectory { directory in
            let arguments = ["req", "-x509", "-new", "-key", "/dev/stdin", "-days", "\(days)", "-subj", subject]
            let configuration = directory + "/openssl.cnf"
            let section = "[req]\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\n[ext]\n"
            try run("tee", configuration, input: section + extensions.joined(separator: "\n") + "\n")
            return try openssl(arguments + ["-config", configuration], input: generated)
        }
    }
}

extension Pasted {
    /// A certificate that `issuer` signed.
    init(
        _ kind: KeyKind,
        subject: String,
        signedBy issuer: Pasted,
        extensions: [String],
        days: Int = 300,
        options: [String] = []
    ) throws {
        var generated = try openssl(kind.generate)
        if kind.isTraditional { generated = try openssl(["pkey", "-traditional"], input: generated) }
        key = generated
        certificate = try withTemporaryDirectory { directory in
            let files = [
                ("key", generated), ("ca.crt", issuer.certificate), ("ca.key", issuer.key),
                ("ext", extensions.joined(separator: "\n") + "\n"),
            ]
            for (name, text) in files { try run("tee", "\(directory)/\(name)", input: text) }
            let request = try openssl(["req", "-new", "-key", directory + "/key", "-subj", subject])
            return try openssl(
                [
                    "x509", "-req", "-CA", directory + "/ca.crt", "-CAkey", directory + "/ca.key", "-days", "\(days)",
                    "-extfile", directory + "/ext", "-CAcreateserial",
                ] + options,
                input: request
            )
        }
    }

    static let server = [
        "basicConstraints=CA:FALSE", "extendedKeyUsage=serverAuth", "subjectAltName=DNS:lb-01.example.com",
    ]

    /// As the CA that an admin pasted.
    func authority(now: Date? = Date()) throws -> CertificateAuthority {
        try PEMIntake.authority(
            certificate: certificateProperty(certificate),
            key: keyProperty(key),
            now: now.map { .init($0) }
        )
    }
}

/// Runs openssl with these arguments and gives its standard output.
@discardableResult
func openssl(_ arguments: [String], input: String = "") throws -> String {
    let result = try Subprocess.run(["openssl"] + arguments, input: Array(input.utf8))
    guard result.status == 0 else { throw OpenSSLFailed(arguments: arguments, text: result.errors + result.output) }
    return result.output
}

struct OpenSSLFailed: Error {
    var arguments: [String]
    var text: String
}
