public import Diagnostics

/// The text of an input that holds secrets: its lines are shown in diagnostics only as far as they tell none.
///
/// A line that names a secret (`root_pwd`, `ca_cert_key`, `ca_cert`, into which a key may have been pasted, anything with `pass`, `secret` or `token`) ends before the
/// value: in XML before the tag, since the value may stand before the key; in JSON behind the key. The columns before
/// it stay as they are, so the caret still points at its place.
public struct SourceExcerpt: Sendable {
    private let source: SourceText

    public init(_ text: String, file: String) {
        source = SourceText(text, file: file)
    }

    /// The name that diagnostics carry.
    public var file: String { source.file }

    public func diagnostic(
        _ severity: Diagnostic.Severity = .error,
        at position: SourcePosition,
        _ message: String,
        remedy: String? = nil
    ) -> Diagnostic {
        var diagnostic = source.diagnostic(severity, at: position, message, remedy: remedy)
        diagnostic.sourceLine = diagnostic.sourceLine.map { Self.masked($0) }
        return diagnostic
    }

    /// A problem of the document itself: the line is shown up to its place only. What is behind it may be a secret
    /// whose key is damaged.
    func problem(at position: SourcePosition, _ message: String, remedy: String) -> Diagnostic {
        var diagnostic = diagnostic(at: position, message, remedy: remedy)
        diagnostic.sourceLine = diagnostic.sourceLine.map { Self.cut($0, at: position.column) }
        return diagnostic
    }

    private static func cut(_ line: String, at count: Int) -> String {
        guard line.utf8.count > count else { return line }
        var kept = ""
        for character in line {
            guard kept.utf8.count + character.utf8.count <= count else { break }
            kept.append(character)
        }
        return kept + (kept.hasSuffix("…") ? "" : "…")
    }

    /// Parts of names whose values are secrets.
    private static let secretWords = ["_pwd", "pwd", "_key", "_cert", "pass", "secret", "token", "private key"]

    /// Longest line that is shown whole; a base64 certificate helps nobody.
    private static let longestLine = 160

    static func masked(_ line: String) -> String {
        // Behind the longest line only the rest of a word that begins in it counts.
        let bytes = Array(line.utf8.prefix(longestLine + 16))
        let lower = bytes.map { $0 >= 0x41 && $0 <= 0x5a ? $0 + 0x20 : $0 }
        var end = min(bytes.count, longestLine)
        for word in secretWords {
            guard let found = firstRange(of: Array(word.utf8), in: lower),
                found.upperBound <= end || found.lowerBound < end
            else { continue }
            let tag = lower[..<found.lowerBound].lastIndex(of: UInt8(ascii: "<"))
            end = min(end, tag ?? found.upperBound)
        }
        guard end < bytes.count else { return line }
        return String(decoding: bytes[..<end], as: UTF8.self) + "…"
    }

    private static func firstRange(of word: [UInt8], in bytes: [UInt8]) -> Range<Int>? {
        guard bytes.count >= word.count else { return nil }
        for start in 0...(bytes.count - word.count) where bytes[start..<(start + word.count)].elementsEqual(word) {
            return start..<(start + word.count)
        }
        return nil
    }
}
