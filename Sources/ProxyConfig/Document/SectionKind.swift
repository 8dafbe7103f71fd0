/// The keywords that start a section (configuration manual, sections 3 and 4).
public enum SectionKind: String, Sendable, Hashable, CaseIterable {
    case global
    case defaults
    case frontend
    case backend
    case listen
    case userlist
    case peers
    case resolvers
    case mailers
    case ring
    case program
    case cache
    case logForward = "log-forward"
    case httpErrors = "http-errors"
    case fcgiApp = "fcgi-app"
    case namespaceList = "namespace_list"

    /// Nearly every line of a file is asked: the first letter and the length tell most of them apart.
    private static let byLetter: [[(kind: SectionKind, bytes: [UInt8])]] = {
        var table = [[(kind: SectionKind, bytes: [UInt8])]](repeating: [], count: 26)
        for kind in allCases {
            let bytes = Array(kind.rawValue.utf8)
            table[Int(bytes[0] - UInt8(ascii: "a"))].append((kind, bytes))
        }
        return table
    }()

    /// The kind that a word names.
    static func of(_ word: UnsafeBufferPointer<UInt8>) -> SectionKind? {
        guard let letter = word.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) else { return nil }
        for (kind, bytes) in byLetter[Int(letter - UInt8(ascii: "a"))] where bytes.count == word.count {
            if bytes.elementsEqual(word) { return kind }
        }
        return nil
    }

    /// True if the first word of the line is one of the keywords.
    static func startsSection(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Line) -> Bool {
        guard let start = bytes.firstIndex(where: { !Lexer.isBlank($0) }) else { return false }
        switch bytes[start] {
        case Lexer.doubleQuote, Lexer.singleQuote, Lexer.backslash:
            return line.words.first.flatMap { SectionKind(rawValue: $0) } != nil
        case UInt8(ascii: "a")...UInt8(ascii: "z"):
            break
        default:
            return false
        }
        let rest = bytes[start...]
        let end = rest.firstIndex { Lexer.isSpecial($0) } ?? bytes.count
        guard end == bytes.count || Lexer.endsPlainWord(bytes[end]) else {
            return line.words.first.flatMap { SectionKind(rawValue: $0) } != nil
        }
        return of(UnsafeBufferPointer(rebasing: bytes[start..<end])) != nil
    }
}
