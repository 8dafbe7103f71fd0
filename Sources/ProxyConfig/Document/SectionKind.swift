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

    private static let keywords = allCases.map { Array($0.rawValue.utf8) }

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
        let word = bytes[start..<end]
        return keywords.contains { $0.count == word.count && $0.elementsEqual(word) }
    }
}
