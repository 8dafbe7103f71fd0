/// Which commands somebody may have meant, as HAProxy finds them for `help` and for what it does not know.
public enum CommandGuess {
    /// Commands that are guessed at most.
    private static let mostGuesses = 5
    /// Words that tell one command from another.
    private static let mostWords = 5

    /// Those that begin with the same words, as many as do; where more was said, those of them that look like it most.
    ///
    /// - Parameters:
    ///   - words: What was said.
    ///   - commands: The words of each command.
    /// - Returns: Their places, in order; nil: nothing is like it.
    public static func places(of words: [String], in commands: [[String]]) -> [Int]? {
        let length = commands.map { zip($0, words).prefix { $0 == $1 }.count }.max() ?? 0
        let candidates = commands.indices.filter { commands[$0].starts(with: words.prefix(length)) }
        guard words.count > length else { return length > 0 ? candidates : nil }
        let said = WordFingerprint(words.prefix(mostWords).dropFirst(length))
        let guesses = candidates.map { place in
            (distance: said.distance(to: WordFingerprint(commands[place].dropFirst(length))), place: place)
        }.sorted { $0 < $1 }.prefix(mostGuesses)
        guard let best = guesses.first?.distance else { return candidates }
        return guesses.filter { $0.distance <= 5 * best / 2 }.map { $0.place }.sorted()
    }
}
