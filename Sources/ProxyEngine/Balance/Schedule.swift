/// The order in which round robin goes through servers: smooth weighted round robin, one whole period.
///
/// A shared counter walks it: entry `counter % count`. An entry whose server is down is skipped by drawing the next,
/// which leaves the others in their proportions.
enum Schedule {
    /// Longest period; larger sums of weights are scaled down.
    static let longest = 65536

    /// - Parameter weights: One per server; 0 takes no part.
    /// - Returns: Indices into `weights`. Equal weights give strict rotation in order.
    static func make(_ weights: [UInt16]) -> [UInt16] {
        var reduced = weights.map { Int($0) }
        let divisor = reduced.reduce(0, gcd)
        guard divisor > 0 else { return [] }
        reduced = reduced.map { $0 / divisor }
        while reduced.reduce(0, +) > longest, reduced.contains(where: { $0 > 1 }) {
            reduced = reduced.map { $0 == 0 ? 0 : max(1, $0 / 2) }
        }
        let total = reduced.reduce(0, +)
        if total == reduced.count(where: { $0 > 0 }) {
            return reduced.indices.filter { reduced[$0] > 0 }.map { UInt16($0) }
        }
        var current = [Int](repeating: 0, count: reduced.count)
        var order: [UInt16] = []
        order.reserveCapacity(total)
        for _ in 0..<total {
            var best = -1
            for index in reduced.indices where reduced[index] > 0 {
                current[index] += reduced[index]
                if best < 0 || current[index] > current[best] { best = index }
            }
            current[best] -= total
            order.append(UInt16(best))
        }
        return order
    }

    private static func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }
}
