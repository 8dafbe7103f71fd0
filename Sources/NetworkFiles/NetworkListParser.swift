import Addresses
import Diagnostics

/// Reads a file of one value per line. A repeated line is harmless and is one warning.
func parseList<Value: Hashable & Sendable & CustomStringConvertible>(
    _ text: String,
    file: String,
    _ parse: (Located<Substring>, inout ParsedFile<[Located<Value>]>) -> Value?
) -> ParsedFile<[Located<Value>]> {
    var parsed = ParsedFile<[Located<Value>]>([], SourceText(text, file: file))
    var lines: [Value: Int] = [:]
    for line in valueLines(parsed.source) {
        guard let value = parse(line, &parsed) else { continue }
        if let first = lines[value] {
            parsed.report(
                .warning,
                at: line.position,
                "\(value) stands on line \(first) already",
                remedy: "remove one of the two lines"
            )
            continue
        }
        lines[value] = line.position.line
        parsed.value.append(Located(value, at: line.position))
    }
    return parsed
}

/// The document of a list that was read. An empty file has nothing to keep: it gets the header.
func document<Value: CustomStringConvertible>(
    of parsed: ParsedFile<[Located<Value>]>,
    header: String
) -> LineDocument {
    if parsed.source.lines.allSatisfy({ $0.isEmpty }) { return LineDocument(header: header) }
    var document = LineDocument(parsed.source)
    for value in parsed.value { document.set(value.value.description, ofLine: value.position.line) }
    return document
}

/// A network in CIDR notation.
func parseNetwork<Value>(
    _ line: Located<Substring>,
    _ what: String,
    _ parsed: inout ParsedFile<Value>
) -> IPNetwork? {
    guard let address = InterfaceAddress(String(line.value)) else {
        parsed.report(
            at: line.position,
            "\(line.value) is not \(what) in CIDR notation",
            remedy: notationRemedy(line.value)
        )
        return nil
    }
    guard address.address == address.network.address else {
        parsed.report(
            at: line.position,
            "\(address) has bits set behind its prefix",
            remedy: "write \(address.network), or \(address.address)/\(address.address.family.bits) for one address"
        )
        return nil
    }
    return address.network
}

private func notationRemedy(_ value: Substring) -> String {
    if let address = IPAddress(value) { return "write \(address)/\(address.family.bits) for one address" }
    if value.utf8.contains(UInt8(ascii: "#")) { return "put the comment on a line of its own" }
    return "write one network per line, for example 10.13.200.32/27"
}

/// A network, or `<first address>-<last address>`.
func parseRange<Value>(_ line: Located<Substring>, _ parsed: inout ParsedFile<Value>) -> AddressRange? {
    guard let hyphen = line.value.utf8.firstIndex(of: UInt8(ascii: "-")) else {
        return parseNetwork(line, "a range", &parsed).map { AddressRange($0) }
    }
    let parts = [line.value[..<hyphen], line.value[line.value.index(after: hyphen)...]]
    let column = line.position.column + parts[0].utf8.count + 1
    let ends = [
        trimmed(parts[0], at: line.position),
        trimmed(parts[1], at: SourcePosition(line: line.position.line, column: column)),
    ]
    var addresses: [IPAddress] = []
    for end in ends {
        guard let address = IPAddress(end.value) else {
            parsed.report(
                at: end.position,
                "\(end.value.isEmpty ? "nothing" : "\(end.value)") is not an IP address",
                remedy: "write the first and the last address, for example 10.13.200.33-10.13.200.62"
            )
            return nil
        }
        addresses.append(address)
    }
    guard addresses[0].family == addresses[1].family else {
        parsed.report(
            at: ends[1].position,
            "\(addresses[1]) is of another family than \(addresses[0])",
            remedy: "write two IPv4 or two IPv6 addresses"
        )
        return nil
    }
    guard let range = AddressRange(addresses[0], addresses[1]) else {
        parsed.report(
            at: ends[1].position,
            "the range ends at \(addresses[1]), before it begins",
            remedy: "write \(addresses[1])-\(addresses[0])"
        )
        return nil
    }
    return range
}

/// Values that no file has a place for yet.
func located<Value>(_ values: [Value]) -> [Located<Value>] {
    values.map { Located($0, at: SourcePosition(line: 1, column: 1)) }
}

/// Adds a value behind the others; false if it stands there already.
func add<Value: Equatable>(_ value: Value, to list: inout [Located<Value>]) -> Bool {
    if list.contains(where: { $0.value == value }) { return false }
    list += located([value])
    return true
}

/// Removes a value; false if it is not there.
func remove<Value: Equatable>(_ value: Value, from list: inout [Located<Value>]) -> Bool {
    let count = list.count
    list.removeAll { $0.value == value }
    return list.count < count
}
