@testable import ProxyEngine
import Testing

/// Who waits, by urgency: the order is that of a sorted list, and finding a place takes few steps however many wait.
@Suite struct WaitQueueTests {
    private final class Room {
        let waiters: UnsafeMutablePointer<Waiter>
        private let cells: UnsafeMutablePointer<MailboxCells>
        private let backend: UnsafeMutablePointer<BackendEntry>

        init(_ count: Int) {
            waiters = .allocate(capacity: count)
            // Nobody looks at what they point to.
            cells = .allocate(capacity: 1)
            backend = .allocate(capacity: 1)
        }

        deinit {
            waiters.deallocate()
            cells.deallocate()
            backend.deallocate()
        }

        func waiter(_ index: Int, _ urgency: Int64) -> UnsafeMutablePointer<Waiter> {
            (waiters + index).initialize(
                to: Waiter(
                    worker: cells,
                    tag: UInt64(index),
                    backend: UnsafePointer(backend),
                    server: nil,
                    ticket: UInt64(index),
                    urgency: urgency,
                    mark: 0,
                    serverPosition: 0,
                    backendPosition: 0,
                    state: .waiting
                )
            )
            return waiters + index
        }
    }

    /// From the first to the last, and back.
    private static func order(_ queue: WaitQueue) -> (forth: [UInt64], back: [UInt64]) {
        var (forth, back): ([UInt64], [UInt64]) = ([], [])
        var place = queue.first
        while let waiter = place {
            forth.append(waiter.pointee.tag)
            place = waiter.pointee.next
        }
        place = queue.last
        while let waiter = place {
            back.append(waiter.pointee.tag)
            place = waiter.pointee.previous
        }
        return (forth, back.reversed())
    }

    /// The tags of the tree from left to right, and how many steps it is to the lowest.
    private static func tree(_ queue: WaitQueue) -> (tags: [UInt64], depth: Int) {
        var tags: [UInt64] = []
        var deepest = 0
        var open: [(UnsafeMutablePointer<Waiter>, Int)] = []
        var (next, depth) = (queue.tree, 1)
        while true {
            while let waiter = next {
                open.append((waiter, depth))
                deepest = max(deepest, depth)
                next = waiter.pointee.left
                depth += 1
            }
            guard let (waiter, place) = open.popLast() else { return (tags, deepest) }
            tags.append(waiter.pointee.tag)
            next = waiter.pointee.right
            depth = place + 1
        }
    }

    /// - Parameter isCrowded: Many are as urgent as others.
    @Test(arguments: [false, true]) func theOrderIsThatOfASortedList(_ isCrowded: Bool) {
        var generator = SeededGenerator()
        let seed = generator.seed
        let count = 3000
        let room = Room(count)
        var queue = WaitQueue()
        var expected: [(urgency: Int64, tag: UInt64)] = []
        let range: ClosedRange<Int64> = isCrowded ? -10...10 : -1_000_000...1_000_000
        var (hadTree, wasEmptied) = (false, false)
        for index in 0..<count {
            // Most come in the order of time, as in life; some of each size of queue do not.
            let urgency = Bool.random(using: &generator) ? Int64(index) : Int64.random(in: range, using: &generator)
            queue.insert(room.waiter(index, urgency))
            let place = expected.firstIndex { $0.urgency > urgency } ?? expected.count
            expected.insert((urgency, UInt64(index)), at: place)
            // In the middle more leave than come, until nobody is left.
            let leaving = (1000..<1600).contains(index) ? 3 : index % 3 == 0 ? 1 : 0
            for _ in 0..<min(leaving, expected.count) {
                let isFirst = Bool.random(using: &generator)
                let left = expected.remove(
                    at: isFirst ? 0 : Int.random(in: 0..<expected.count, using: &generator)
                )
                queue.remove(room.waiters + Int(left.tag))
            }
            hadTree = hadTree || queue.tree != nil
            if expected.isEmpty {
                wasEmptied = wasEmptied || hadTree
                #expect(queue.tree == nil && queue.first == nil && queue.last == nil, "seed \(seed), \(index)")
            }
            if index % 50 == 0 || index == count - 1 {
                let (forth, back) = Self.order(queue)
                let (inTree, _) = Self.tree(queue)
                let tags = expected.map { $0.tag }
                #expect(forth == tags, "seed \(seed), \(index)")
                #expect(back == tags, "seed \(seed), \(index)")
                #expect(queue.tree == nil || inTree == tags, "seed \(seed), \(index)")
                #expect(Int(queue.length) == tags.count, "seed \(seed), \(index)")
            }
        }
        #expect(hadTree && wasEmptied, "seed \(seed)")
    }

    /// Those who always come into the middle find their place in a tree that is not deep, whoever leaves meanwhile.
    @Test func manyInTheMiddleAreFewSteps() {
        let count = 50000
        let room = Room(count)
        var queue = WaitQueue()
        for index in 0..<count { queue.insert(room.waiter(index, Int64(index % 2 == 0 ? index : 1_000_000 - index))) }
        #expect(Int(queue.length) == count)
        let (tags, depth) = Self.tree(queue)
        let listed = Self.order(queue).forth
        #expect(tags == listed)
        // A tree in random order is some 40 deep.
        #expect((16...80).contains(depth), "\(depth)")
        for index in 0..<count where index % 5 != 0 { queue.remove(room.waiters + index) }
        let (_, rest) = Self.tree(queue)
        #expect((13...80).contains(rest), "\(rest)")
        for index in 0..<count where index % 5 == 0 { queue.remove(room.waiters + index) }
        #expect(queue.tree == nil && queue.first == nil && queue.last == nil)
    }

    /// Without priorities there is only the list, and so where a few priorities are not far from an end.
    @Test func aListIsEnoughForMost() {
        let room = Room(20000)
        var queue = WaitQueue()
        for index in 0..<20000 { queue.insert(room.waiter(index, index % 1000 == 0 ? -1 : Int64(index))) }
        #expect(queue.tree == nil)
        #expect(Int(queue.length) == 20000)
    }
}
