/// Guesses at what a misspelt word was meant to be, for "did you mean".
public enum Spelling {
    /// The most similar of `candidates`, if it is similar enough to be a slip of the fingers. The shortest distance
    /// wins, then the alphabet, so that the same file always gets the same answer.
    public static func nearest(_ word: String, in candidates: some Sequence<String>) -> String? {
        let word = Array(word.utf8)
        guard word.count > 1, word.count <= 64 else { return nil }
        let most = max(1, word.count / 3)
        var best: (distance: Int, name: String)?
        for name in candidates {
            let other = Array(name.utf8)
            guard abs(other.count - word.count) <= most else { continue }
            let distance = distance(word, other)
            guard distance <= most else { continue }
            if let best, (best.distance, best.name) <= (distance, name) { continue }
            best = (distance, name)
        }
        return best?.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before: [Int] = []
        var above = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(above[j] + (same(a[i], b[j]) ? 0 : 1), above[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            before = above
            above = row
        }
        return above[b.count]
    }

    /// `-` and `_` are one character to whoever remembers a keyword by its sound.
    private static func same(_ a: UInt8, _ b: UInt8) -> Bool {
        a == b || (isJoint(a) && isJoint(b))
    }

    private static func isJoint(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") }
}
