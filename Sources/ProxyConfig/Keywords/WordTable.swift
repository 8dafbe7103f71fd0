/// Values by the words of a language. They are told apart by length and by their first and last letters: a large file asks
/// hundreds of thousands of times, and hashes none of its words for that.
struct WordTable<Value: Sendable>: Sendable {
    private var slots = [[(word: String, value: Value)]](repeating: [], count: 256)
    private(set) var words: [String] = []

    /// Of a word that is there twice the first value counts.
    init(_ pairs: some Sequence<(String, Value)>) {
        for (word, value) in pairs where self[word] == nil {
            words.append(word)
            slots[Self.slot(word)].append((word, value))
        }
    }

    subscript(word: String) -> Value? {
        let slot = Self.slot(word)
        for place in slots[slot].indices where slots[slot][place].word == word { return slots[slot][place].value }
        return nil
    }

    private static func slot(_ word: String) -> Int {
        let bytes = word.utf8
        guard let first = bytes.first, let last = bytes.last else { return 0 }
        return (bytes.count &* 37 &+ Int(first) &* 7 &+ Int(last)) & 255
    }
}
