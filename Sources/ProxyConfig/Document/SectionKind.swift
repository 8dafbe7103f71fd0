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

    var isProxy: Bool { self == .frontend || self == .backend || self == .listen }

    /// Nearly every line of a file is asked: the first letter and the length tell most of them apart.
    private static let byLetter: [[(place: Int, bytes: [UInt8])]] = {
        var table = [[(place: Int, bytes: [UInt8])]](repeating: [], count: 26)
        for (place, kind) in allCases.enumerated() {
            let bytes = Array(kind.rawValue.utf8)
            table[Int(bytes[0] - UInt8(ascii: "a"))].append((place, bytes))
        }
        return table
    }()

    /// The place, among all kinds, of the one that a word names.
    static func place(of word: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let letter = word.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) else { return nil }
        for (place, bytes) in byLetter[Int(letter - UInt8(ascii: "a"))] where bytes.count == word.count {
            if bytes.elementsEqual(word) { return place }
        }
        return nil
    }

    /// True if the first word of the line is one of the keywords.
    static func startsSection(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = bytes.firstIndex(where: { !Lexer.isBlank($0) }) else { return false }
        switch bytes[start] {
        case Lexer.doubleQuote, Lexer.singleQuote, Lexer.backslash:
            return firstWord(bytes).flatMap { SectionKind(rawValue: $0) } != nil
        case UInt8(ascii: "a")...UInt8(ascii: "z"):
            break
        default:
            return false
        }
        let rest = bytes[start...]
        let end = rest.firstIndex { Lexer.isSpecial($0) } ?? bytes.count
        guard end == bytes.count || Lexer.endsPlainWord(bytes[end]) else {
            return firstWord(bytes).flatMap { SectionKind(rawValue: $0) } != nil
        }
        return place(of: UnsafeBufferPointer(rebasing: bytes[start..<end])) != nil
    }

    /// Of a line with quotes.
    private static func firstWord(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        Line(raw: String(decoding: bytes, as: UTF8.self)).words.first
    }
}
