import ProxyConfig

/// Text of several words ⇄ words, by the rules of haproxy.cfg.
enum Words {
    /// `{ path "a b" }` → four words; nil for an unmatched quote.
    static func split(_ text: String) -> [String]? {
        let line = Line(raw: text)
        let words = line.words
        // A comment would swallow the rest of the line.
        return words.isEmpty || line.comment != nil ? nil : words
    }

    /// The words with blanks between, quoted where a word needs it.
    static func join(_ words: some Collection<String>) -> String {
        Line(Array(words), indentation: "", comment: nil).raw
    }
}
