import Addresses
import Diagnostics

/// The table `[recovery]`.
extension ApplianceFile {
    static func parseRecovery(_ table: TOMLTable, _ parsed: inout ParsedFile<Self>) -> RecoverySettings {
        reportUnknownKeys(of: table, known: RecoverySettings.keys, &parsed)
        var settings = RecoverySettings()
        settings.target = value("target", of: table, RecoveryTarget.wanted, &parsed) { RecoveryTarget($0) }?.value
        if let keep = table["keep"] {
            if case .integer(let number) = keep.value, (1...1000).contains(number) {
                settings.keep = number
            } else {
                parsed.report(at: keep.position, "keep is not possible", remedy: "write a number from 1 to 1000")
            }
        }
        func path(_ key: String) -> String? {
            value(key, of: table, "the absolute path of a file", &parsed) { isPath($0) ? $0 : nil }?.value
        }
        settings.passphrase = path("passphrase")
        settings.key = path("key")
        settings.knownHosts = path("known_hosts")
        settings.credentials = path("credentials")
        settings.ca = path("ca")
        let paths = "absolute paths, such as [\"/etc/ssl/private\"]"
        settings.include = list("include", of: table, paths, &parsed) { isPath($0) ? $0 : nil }.map { $0.value }
        return settings
    }

    private static func isPath(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        return text.hasPrefix("/") && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
}
