/// Memory of some parts of a plan that were made together; it lives as long as one of them.
final class PlanMemory: @unchecked Sendable {
    // Written by who makes the parts, before anybody else has them.
    var arena = Arena()

    /// Parts that share memory. Few, so that one that stays does not hold on to many that are gone.
    static let parts = 16

    deinit { arena.free() }
}

/// Gives out memory for parts that are made one after the other.
struct PlanMemories {
    private var current = PlanMemory()
    private var used = 0

    mutating func next() -> PlanMemory {
        // Full blocks waste nothing.
        if used >= PlanMemory.parts, current.arena.isNearlyFull || used >= 2 * PlanMemory.parts {
            current = PlanMemory()
            used = 0
        }
        used += 1
        return current
    }
}

extension PlanText {
    var string: String { String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }

    /// Whether it says the same as `text`.
    func isSame(as text: String) -> Bool { UnsafeBufferPointer(start: start, count: count).elementsEqual(text.utf8) }
}
