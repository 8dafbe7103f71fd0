public import Addresses
public import Diagnostics

/// The table `[certificates]`.
extension ApplianceFile {
    /// Every key of the table.
    public static let certificatesKeys = ["key_type", "names"]

    /// What the API's certificate is to be like.
    public struct Certificates: Sendable, Hashable {
        /// nil: what is there stays, and what is new is `p256`.
        public var keyType: Located<CertificateKeyType>?
        /// Names and addresses that the certificate is valid for beside the appliance's own.
        public var names: [Located<String>]

        public init(keyType: CertificateKeyType? = nil, names: [String] = []) {
            let nowhere = SourcePosition(line: 1, column: 1)
            self.keyType = keyType.map { Located($0, at: nowhere) }
            self.names = names.map { Located($0, at: nowhere) }
        }

        /// As a table of appliance.toml; empty if nothing is given.
        var text: String {
            var lines: [String] = []
            if let keyType { lines.append("key_type = \"\(keyType.value.rawValue)\"") }
            if !names.isEmpty {
                lines.append("names = [" + names.map { TOMLDocument.quoted($0.value) }.joined(separator: ", ") + "]")
            }
            return lines.isEmpty ? "" : "\n[certificates]\n" + lines.map { $0 + "\n" }.joined()
        }
    }

    static func parseCertificates(_ table: TOMLTable, _ parsed: inout ParsedFile<Self>) -> Certificates {
        reportUnknownKeys(of: table, known: certificatesKeys, &parsed)
        var certificates = Certificates()
        let types = CertificateKeyType.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        certificates.keyType = value("key_type", of: table, "one of \(types)", &parsed) {
            CertificateKeyType(rawValue: $0)
        }
        let names = "names and addresses, such as [\"lb.corp.example\", \"192.0.2.10\"]"
        certificates.names = list("names", of: table, names, &parsed) { text in
            HostName.isValid(text) || IPAddress(text) != nil ? text : nil
        }
        return certificates
    }
}
