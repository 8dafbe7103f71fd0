import Addresses
import Diagnostics

/// Reads a file of one network per line. A repeated line is harmless and is one warning.
func parseNetworks(_ text: String, file: String, what: String) -> ParsedFile<[Located<IPNetwork>]> {
    var parsed = ParsedFile<[Located<IPNetwork>]>([], SourceText(text, file: file))
    for line in valueLines(parsed.source) {
        guard let address = InterfaceAddress(String(line.value)) else {
            parsed.report(
                at: line.position,
                "\(line.value) is not \(what) in CIDR notation",
                remedy: "write one network per line, for example 10.13.200.32/27"
            )
            continue
        }
        guard address.address == address.network.address else {
            parsed.report(
                at: line.position,
                "\(address) has bits set behind its prefix",
                remedy: "write \(address.network), or \(address.address)/\(address.address.family.bits) for one address"
            )
            continue
        }
        if let first = parsed.value.first(where: { $0.value == address.network }) {
            parsed.report(
                .warning,
                at: line.position,
                "\(address.network) stands on line \(first.position.line) already",
                remedy: "remove one of the two lines"
            )
            continue
        }
        parsed.value.append(Located(address.network, at: line.position))
    }
    return parsed
}
