/// A generator that gives the same configurations for the same seed (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// Writes configurations as people write them, and damages them.
struct RandomConfiguration {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func text() -> String {
        let newline = Int.random(in: 0..<8, using: &generator) == 0 ? "\r\n" : "\n"
        var lines = ["# _version=\(Int.random(in: 1..<1000, using: &generator))"]
        for _ in 0..<Int.random(in: 0..<12, using: &generator) {
            lines.append(
                pick(["global", "defaults", "frontend web", "backend b1", "listen \"a b\"", "userlist u", "peers p"])
            )
            for _ in 0..<Int.random(in: 0..<8, using: &generator) { lines.append(line()) }
        }
        return lines.joined(separator: newline) + pick(["", newline, newline + newline])
    }

    mutating func mutated(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1..<6, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes.remove(at: index)
            case 1: bytes.insert(pick(Array("\"'\\#\n\r\t $x{".utf8)), at: index)
            default: bytes[index] = UInt8.random(in: 0..<128, using: &generator)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    mutating func word() -> String {
        let letters = ["a", "B", "0", " ", "\"", "'", "\\", "#", "$", "\t", "é", "{", "}", "-", "%", "x41", "n"]
        return (0..<Int.random(in: 0..<6, using: &generator)).map { _ in pick(letters) }.joined()
    }

    private mutating func line() -> String {
        pick([
            "", "  mode tcp", "\tbind *:80 name x # all", "  # a comment", "#frontend stats",
            "  log-format \"%ci \\\"x\\\"\"",
            "   server s1   10.0.0.1:80\tcheck weight 100", "  acl x src 10.0.0.0/8 'a b' c\\ d",
            "  use_backend b1 if { dst_port 1 }  ",
            "  option tcplog", "  log \"${LOG}\" local0", "  user x password $5$abc\\#d", "\u{c}timeout client 1s",
            "  ünïcode ✓",
        ])
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &generator)]
    }
}
