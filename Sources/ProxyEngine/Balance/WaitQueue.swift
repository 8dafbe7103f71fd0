/// A connection that waits for a place at a server. Lives beside its connection's slot, so that waiting allocates
/// nothing; linked into a queue under the lock of the backend.
struct Waiter {
    enum State: UInt8 {
        case idle
        /// In the queue of its server, or, without one, of its backend.
        case waiting
        /// Has a place at ``server``, or without one is to choose anew; its worker has not taken notice yet.
        case called
    }

    var next: UnsafeMutablePointer<Waiter>?
    var previous: UnsafeMutablePointer<Waiter>?
    /// In the tree of its queue, if that has one: less urgent ones are to the right.
    var above: UnsafeMutablePointer<Waiter>?
    var left: UnsafeMutablePointer<Waiter>?
    var right: UnsafeMutablePointer<Waiter>?
    /// The worker that owns the connection, and the connection's tag there.
    var worker: UnsafeMutablePointer<MailboxCells>
    var tag: UInt64
    /// As the connection's snapshot has them.
    var backend: UnsafePointer<BackendEntry>
    var server: UnsafePointer<ServerEntry>?
    /// Who came first among all queues of the backend.
    var ticket: UInt64
    /// Who is served first: the class of ``QueuePriority``, then when it came, in milliseconds. Less is earlier.
    var urgency: Int64 = 0
    /// ``WaitQueue/passed`` when it came.
    var mark: UInt32
    /// How many were served before it and itself, for the log.
    var serverPosition: UInt32
    var backendPosition: UInt32
    var state: State
}

/// Those who wait, the most urgent first; without priorities that is who has waited longest.
struct WaitQueue {
    var first: UnsafeMutablePointer<Waiter>?
    var last: UnsafeMutablePointer<Waiter>?
    var length: UInt32 = 0
    /// How many have left it for a place.
    var passed: UInt32 = 0
    /// Places of waiters by urgency, while there are many and some came between others: clients may say how urgent they are.
    /// nil: the list is enough.
    var tree: UnsafeMutablePointer<Waiter>?

    /// So far the list is looked through.
    private static let nearby = 32

    /// Puts a waiter behind those that are as urgent. It is looked for from both ends: mostly one of them is near.
    mutating func insert(_ waiter: UnsafeMutablePointer<Waiter>) {
        let urgency = waiter.pointee.urgency
        guard var late = last, var early = first, late.pointee.urgency > urgency else { return append(waiter) }
        if tree != nil { return insertByTree(waiter) }
        // `late` is always behind the place.
        var steps = 0
        while early.pointee.urgency <= urgency {
            guard let previous = late.pointee.previous, previous.pointee.urgency > urgency,
                let next = early.pointee.next
            else { return insert(waiter, before: late) }
            late = previous
            early = next
            steps += 1
            if steps == Self.nearby { return insertByTree(waiter) }
        }
        insert(waiter, before: early)
    }

    mutating func insert(_ waiter: UnsafeMutablePointer<Waiter>, before next: UnsafeMutablePointer<Waiter>) {
        let previous = next.pointee.previous
        waiter.pointee.next = next
        waiter.pointee.previous = previous
        next.pointee.previous = waiter
        if let previous { previous.pointee.next = waiter } else { first = waiter }
        length += 1
    }

    mutating func append(_ waiter: UnsafeMutablePointer<Waiter>) {
        waiter.pointee.next = nil
        waiter.pointee.previous = last
        if let last { last.pointee.next = waiter } else { first = waiter }
        if tree != nil, let last { attach(waiter, below: last, isLeft: false) }
        last = waiter
        length += 1
    }

    mutating func remove(_ waiter: UnsafeMutablePointer<Waiter>) {
        if tree != nil { detach(waiter) }
        let (previous, next) = (waiter.pointee.previous, waiter.pointee.next)
        if let previous { previous.pointee.next = next } else { first = next }
        if let next { next.pointee.previous = previous } else { last = previous }
        waiter.pointee.next = nil
        waiter.pointee.previous = nil
        length -= 1
    }
}
