/// Guesses at what a misspelt word was meant to be, for "did you mean".
public enum Spelling {
    /// The word of `known` that `word` was probably meant to be; nil if none is near.
    public static func nearest(_ word: String, in known: some Sequence<String>) -> String? {
        var best: (distance: Int, word: String)?
        for candidate in known {
            let distance = distance(word, candidate)
            if distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        guard let best, best.distance <= max(1, word.utf8.count / 3) else { return nil }
        return best.word
    }

    /// Levenshtein distance in bytes. Words longer than 64 bytes are no misspellings of ours: `.max`.
    static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.utf8)
        let b = Array(b.utf8)
        guard a.count <= 64, b.count <= 64 else { return .max }
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let next = min(row[j + 1] + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }
}
