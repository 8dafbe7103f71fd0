// A treap over the list: who has the greater weight is above, so that it is as deep as one that was made in random order.
extension WaitQueue {
    /// Puts a waiter behind those that are as urgent, and before somebody.
    mutating func insertByTree(_ waiter: UnsafeMutablePointer<Waiter>) {
        if tree == nil { makeTree() }
        var next: UnsafeMutablePointer<Waiter>?
        var place = tree
        while let here = place {
            if here.pointee.urgency > waiter.pointee.urgency {
                next = here
                place = here.pointee.left
            } else {
                place = here.pointee.right
            }
        }
        guard let next else { return append(waiter) }
        // Behind the one before it, or else before the next one, there is nobody in the tree.
        if next.pointee.left == nil {
            attach(waiter, below: next, isLeft: true)
        } else if let previous = next.pointee.previous {
            attach(waiter, below: previous, isLeft: false)
        }
        insert(waiter, before: next)
    }

    private mutating func makeTree() {
        var former: UnsafeMutablePointer<Waiter>?
        var place = first
        while let waiter = place {
            attach(waiter, below: former, isLeft: false)
            former = waiter
            place = waiter.pointee.next
        }
    }

    /// - Parameter above: Has nobody on that side; nil: there is nobody.
    mutating func attach(
        _ waiter: UnsafeMutablePointer<Waiter>,
        below above: UnsafeMutablePointer<Waiter>?,
        isLeft: Bool
    ) {
        waiter.pointee.above = above
        waiter.pointee.left = nil
        waiter.pointee.right = nil
        guard let above else {
            tree = waiter
            return
        }
        if isLeft { above.pointee.left = waiter } else { above.pointee.right = waiter }
        while let above = waiter.pointee.above, Self.weight(above) < Self.weight(waiter) { rise(waiter, over: above) }
    }

    mutating func detach(_ waiter: UnsafeMutablePointer<Waiter>) {
        while true {
            switch (waiter.pointee.left, waiter.pointee.right) {
            case (let left?, let right?): rise(Self.weight(left) > Self.weight(right) ? left : right, over: waiter)
            case (let below?, nil), (nil, let below?): rise(below, over: waiter)
            case (nil, nil):
                replace(waiter, below: waiter.pointee.above, with: nil)
                waiter.pointee.above = nil
                return
            }
        }
    }

    /// Somebody takes the place of the one above.
    private mutating func rise(
        _ waiter: UnsafeMutablePointer<Waiter>,
        over above: UnsafeMutablePointer<Waiter>
    ) {
        let top = above.pointee.above
        let moved: UnsafeMutablePointer<Waiter>?
        if above.pointee.left == waiter {
            moved = waiter.pointee.right
            above.pointee.left = moved
            waiter.pointee.right = above
        } else {
            moved = waiter.pointee.left
            above.pointee.right = moved
            waiter.pointee.left = above
        }
        moved?.pointee.above = above
        above.pointee.above = waiter
        waiter.pointee.above = top
        replace(above, below: top, with: waiter)
    }

    private mutating func replace(
        _ waiter: UnsafeMutablePointer<Waiter>,
        below top: UnsafeMutablePointer<Waiter>?,
        with other: UnsafeMutablePointer<Waiter>?
    ) {
        guard let top else {
            tree = other
            return
        }
        if top.pointee.left == waiter { top.pointee.left = other } else { top.pointee.right = other }
    }

    /// As good as random, and nobody's choice: it follows from where the waiter lies.
    private static func weight(_ waiter: UnsafeMutablePointer<Waiter>) -> UInt64 {
        var bits = UInt64(UInt(bitPattern: waiter)) &* 0x9e37_79b9_7f4a_7c15
        bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
        return bits ^ bits >> 31
    }
}
