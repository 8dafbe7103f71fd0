internal import Addresses
internal import CLinux
internal import Glibc

extension Worker {
    /// Takes what the engine has put into the mailbox; false: stop.
    mutating func readMailbox() -> Bool {
        var count: UInt64 = 0
        _ = read(mailbox.wake, &count, 8)
        if let raw = clinux_atomic_exchange_pointer(&mailbox.cells.pointee.plan, nil) {
            change(to: Unmanaged<Plan>.fromOpaque(raw))
            mailbox.ring(mailbox.answer)
        }
        if let raw = clinux_atomic_exchange_pointer(&mailbox.cells.pointee.errand, nil) {
            run(Unmanaged<Errand>.fromOpaque(raw).takeRetainedValue())
            mailbox.ring(mailbox.answer)
        }
        if clinux_atomic_exchange(&mailbox.cells.pointee.sweep, 0) != 0 {
            sweep(clinux_atomic_load(&mailbox.cells.pointee.goneBefore))
        }
        if clinux_atomic_exchange(&mailbox.cells.pointee.beat, 0) != 0 { mailbox.ring(mailbox.answer) }
        // Whoever rang may have ended a connection that a paused listener waits for.
        mayResume = true
        endSessions()
        return clinux_atomic_load(&mailbox.cells.pointee.stop) == 0
    }

    /// New connections go by `plan` from here on; those that exist keep the one they began with.
    private mutating func change(to plan: Unmanaged<Plan>) {
        let new = plan.takeUnretainedValue()
        let old = lease
        let change = new.change.flatMap { change in
            change.former == ObjectIdentifier(old.pointee.plan.takeUnretainedValue()) ? change : nil
        }
        // Removed ones first: what waits in their queues belongs to the old plan.
        if let change {
            for socket in change.removed { if let slot = slotOf[socket] { remove(socket, Int(slot)) } }
        } else {
            let stay = Set(new.descriptors.values)
            for (socket, slot) in slotOf where !stay.contains(socket) { remove(socket, Int(slot)) }
            slotOf.reserveCapacity(stay.count)
        }
        lease = .allocate(capacity: 1)
        lease.initialize(to: PlanLease(plan: plan, connections: 0, isCurrent: true, directory: new.directory))
        if let change {
            for listener in change.updated { take(listener, new.descriptors[listener.address]) }
        } else if !new.descriptors.isEmpty {
            for frontend in new.frontends {
                for listener in frontend.listeners { take(listener, new.descriptors[listener.address]) }
            }
        }
        // Limits may have been raised.
        mayResume = true
        old.pointee.isCurrent = false
        if old.pointee.connections == 0 {
            old.pointee.plan.release()
            old.deallocate()
        }
    }

    /// Listens with `descriptor`, or goes on and hands connections to what the listener says now.
    private mutating func take(_ listener: PlanListener, _ descriptor: CInt?) {
        guard let descriptor else { return }
        guard listener.isOfWorkers else {
            if let slot = slotOf[descriptor] { remove(descriptor, Int(slot)) }
            return
        }
        guard let slot = slotOf[descriptor].map({ Int($0) }) else { return add(descriptor, listener.entry) }
        listeners[slot].entry = listener.entry
        delayAcknowledgements(slot, listener.entry.pointee.frontend.pointee.smartAccept)
    }

    /// Ends what has had `hard-stop-after` to end by itself.
    private mutating func sweep(_ limit: UInt32) {
        func isOver(_ goneAt: UInt32) -> Bool { goneAt != 0 && Int32(bitPattern: limit &- goneAt) >= 0 }
        for index in 0..<slab.touched {
            let connection = slab[UInt32(index)]
            guard connection.pointee.state != .free else { continue }
            let server = connection.pointee.target.map { clinux_atomic_load(&$0.pointee.cells.pointee.goneAt) } ?? 0
            let frontend = clinux_atomic_load(&connection.pointee.frontend.pointee.cells.pointee.goneAt)
            if isOver(server) || isOver(frontend) { finish(connection, .killed) }
        }
    }

    private mutating func add(_ descriptor: CInt, _ entry: UnsafePointer<ListenerEntry>) {
        let slot = freeSlots.popLast() ?? listenerHigh
        if slot == listenerCapacity {
            let larger = UnsafeMutablePointer<ListenerSlot>.allocate(capacity: listenerCapacity * 2)
            larger.update(from: listeners, count: listenerCapacity)
            listeners.deallocate()
            listeners = larger
            listenerCapacity *= 2
        }
        if slot == listenerHigh { listenerHigh += 1 }
        (listeners + slot).initialize(
            to: ListenerSlot(entry: entry, descriptor: descriptor, port: Self.party(of: descriptor).port)
        )
        slotOf[descriptor] = Int32(truncatingIfNeeded: slot)
        delayAcknowledgements(slot, entry.pointee.frontend.pointee.smartAccept)
        if accepting { watch(slot) }
    }

    /// `option tcp-smart-accept`: whoever speaks first is answered soon, and the answer acknowledges. Accepted sockets
    /// inherit it from the listener: no system call for each, and in time for what comes before they are accepted.
    private func delayAcknowledgements(_ slot: Int, _ delays: Bool) {
        guard delays != listeners[slot].delaysAcknowledgements else { return }
        listeners[slot].delaysAcknowledgements = delays
        let quick: CInt = delays ? 0 : 1
        _ = clinux_set_option(listeners[slot].descriptor, CInt(IPPROTO_TCP), CInt(CLINUX_QUICKACK), quick)
    }

    /// What is already in the queue of a removed listener is still served, by the frontend it had, beyond its limits too:
    /// who waits there has been told that it is connected.
    private mutating func remove(_ socket: CInt, _ slot: Int) {
        if listeners[slot].isPaused {
            listeners[slot].isPaused = false
            pausedCount -= 1
        } else if accepting {
            _ = clinux_epoll_remove(epoll, socket)
        }
        isEmptying = true
        // Whoever is left behind would be reset.
        while accept(slot: slot, atMost: 64) == 64 {}
        isEmptying = false
        listeners[slot].entry = nil
        slotOf[socket] = nil
        freeSlots.append(slot)
    }
}
