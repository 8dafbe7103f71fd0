/// Writes words so that HAProxy's lexer reads them back as they are.
enum Quoting {
    static func quoted(_ word: String) -> String {
        if word.isEmpty { return "\"\"" }
        if !word.utf8.contains(where: needsQuotes) { return word }
        var text = "\""
        for scalar in word.unicodeScalars {
            switch scalar {
            case "\"", "\\", "$": text += "\\\(scalar)"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        Lexer.isSpecial(byte) || byte == UInt8(ascii: "\n")
    }
}
