import Diagnostics

extension Checker {
    /// `hash-type <method> [<function> [<modifier>]]`, which is right.
    mutating func takeHashType() {
        var type = HashType()
        type.isConsistent = word(1) == "consistent"
        type.function = HashType.Function(rawValue: word(2)) ?? .sdbm
        type.hasAvalanche = word(2).isEmpty ? type.isConsistent : word(3) == "avalanche"
        draft?.backend.hashType = type
    }

    /// `hash-balance-factor <percent>`
    mutating func checkHashBalanceFactor() {
        guard !word(1).isEmpty else {
            error(
                at: 1,
                "'hash-balance-factor' expects an integer argument.",
                remedy: "write a percentage greater than 100, or 0"
            )
            return
        }
        // HAProxy takes the number that the word begins with.
        let factor = Int(word(1).prefix { $0.isASCII && $0.isNumber }) ?? 0
        guard factor == 0 || factor > 100 else {
            error(
                at: 1,
                "'hash-balance-factor' must be 0 or greater than 100.",
                remedy: "write a percentage greater than 100, or 0"
            )
            return
        }
        draft?.backend.hashBalanceFactor = factor
    }
}
