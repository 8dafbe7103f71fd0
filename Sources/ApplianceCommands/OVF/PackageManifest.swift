internal import Diagnostics

/// A `.mf` file (DSP0243, 5.1): `SHA256(name)= digest` in each line.
struct PackageManifest {
    struct Entry {
        var name: String
        /// In lower case.
        var digest: String
        /// Of the name.
        var position: SourcePosition
        var digestPosition: SourcePosition
    }

    let source: SourceText
    private(set) var entries: [Entry] = []
    private(set) var problems: [Diagnostic] = []

    init(_ bytes: [UInt8], file: String) {
        source = SourceText(String(decoding: bytes, as: UTF8.self), file: file)
        for (index, line) in source.lines.enumerated() where !line.allSatisfy({ $0.isWhitespace }) {
            read(line, SourcePosition(line: index + 1, column: 1))
        }
    }

    subscript(name: String) -> Entry? { entries.first { $0.name == name } }

    private mutating func read(_ line: Substring, _ start: SourcePosition) {
        func place(_ index: Substring.Index) -> SourcePosition {
            SourcePosition(line: start.line, column: 1 + line.utf8.distance(from: line.startIndex, to: index))
        }
        guard let open = line.firstIndex(of: "("), let equals = line.lastIndex(of: "="),
            let close = line[..<equals].lastIndex(of: ")"), open < close
        else {
            return report(start, "it is not a line of a manifest", remedy: "write SHA256(name)= and 64 digits")
        }
        let algorithm = line[..<open].filter { !$0.isWhitespace }
        guard algorithm.uppercased() == "SHA256" else {
            return report(
                start,
                "the digest is not SHA-256",
                remedy: "make the manifest by sha256sum --tag, or ovftool"
            )
        }
        let nameStart = line.index(after: open)
        let rest = line[line.index(after: equals)...]
        let digest = rest.filter { !$0.isWhitespace }
        let digestPlace = place(rest.firstIndex { !$0.isWhitespace } ?? rest.endIndex)
        guard digest.utf8.count == 64, digest.allSatisfy({ $0.isHexDigit }) else {
            return report(digestPlace, "it is not a SHA-256 digest of 64 digits", remedy: "make the manifest anew")
        }
        let name = String(line[nameStart..<close])
        if let other = self[name] {
            return report(
                place(nameStart),
                "\(name) is there twice, first on line \(other.position.line)",
                remedy: "keep one of them"
            )
        }
        entries.append(
            Entry(name: name, digest: digest.lowercased(), position: place(nameStart), digestPosition: digestPlace)
        )
    }

    private mutating func report(_ position: SourcePosition, _ message: String, remedy: String) {
        problems.append(source.diagnostic(at: position, message, remedy: remedy))
    }
}
