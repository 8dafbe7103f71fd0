/// Which letters some words have, and which follow which: how HAProxy finds what a misspelt command may have been meant to be.
struct WordFingerprint {
    /// Letters are 1 to 26, digits 27; the beginning, the end and the rest are 28.
    private var counts = [UInt8](repeating: 0, count: 1024)

    init(_ words: some Sequence<String>) {
        for word in words {
            var from = 28
            for byte in word.utf8 {
                let to = Self.place(byte)
                counts[to] = 1
                counts[32 * from + to] &+= 1
                from = to
            }
            counts[32 * from + 28] &+= 1
        }
    }

    private static func place(_ byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 1
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A")) + 1
        case UInt8(ascii: "0")...UInt8(ascii: "9"): 27
        default: 28
        }
    }

    func distance(to other: WordFingerprint) -> Int {
        zip(counts, other.counts).reduce(0) { sum, pair in
            let difference = Int(pair.0) - Int(pair.1)
            return sum + difference * difference
        }
    }
}
