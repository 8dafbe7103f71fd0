/// Guesses what a misspelt word was meant to be as HAProxy 2.6 does, so that both suggest the same.
///
/// A word is known by the characters that are in it and by how often each follows another. All digits count as one
/// character, and so does all that is neither letter nor digit, with the two ends of the word.
enum WordFingerprint {
    /// The most similar of `candidates`; nil if none is similar enough. Of several the first in HAProxy's lists, which mostly
    /// is the first in the alphabet.
    ///
    /// - Parameter beginnings: Those that other words may begin with, which may be less similar. With them the candidates are
    ///   in HAProxy's order.
    static func nearest(
        _ word: String,
        in candidates: some Sequence<String>,
        beginnings: Set<String>? = nil
    ) -> String? {
        let wanted = fingerprint(word)
        var best: (distance: Int, name: String)?
        for name in candidates {
            let distance = distance(wanted, fingerprint(name))
            if let best, best.distance < distance { continue }
            if let best, best.distance == distance,
                beginnings != nil || early.contains(best.name) || !early.contains(name) && best.name < name
            {
                continue
            }
            best = (distance, name)
        }
        guard let best,
            best.distance <= (beginnings?.contains(best.name) == true ? 3 : 2)
                * min(word.utf8.count, best.name.utf8.count)
        else { return nil }
        return best.name
    }

    /// `; did you mean 'bind' maybe ?`, or nothing.
    static func question(_ similar: String?) -> String {
        similar.map { "; did you mean '\($0)' maybe ?" } ?? ""
    }

    private static let end = 28
    /// Words that HAProxy's lists have before others like them.
    private static let early: Set<String> = ["ssl-min-ver", "use-server", "ws"]

    /// The presence of characters, then their pairs, 32 for each first one.
    private static func fingerprint(_ word: String) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32 * 32)
        var before = end
        for byte in word.utf8 {
            let next =
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 1
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A")) + 1
                case UInt8(ascii: "0")...UInt8(ascii: "9"): 27
                default: end
                }
            result[next] = 1
            result[32 * before + next] &+= 1
            before = next
        }
        result[32 * before + end] &+= 1
        return result
    }

    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var sum = 0
        for index in a.indices where a[index] != b[index] {
            let difference = Int(a[index]) - Int(b[index])
            sum += difference * difference
        }
        return sum
    }
}
