internal import Addresses
internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// Where the proxy listens, as those who follow it were told, and what has changed since.
///
/// Only what was touched is looked at: of thousands of listeners one changes at a time.
struct ListenerFeed {
    struct Change: Equatable {
        var added: [ProxyListener] = []
        var removed: [ProxyListener] = []

        var isEmpty: Bool { added.isEmpty && removed.isEmpty }

        /// The lines, without their end.
        var text: String {
            (removed.map { "-\($0)\n" } + added.map { "+\($0)\n" }).joined()
        }
    }

    private struct Entry: Equatable {
        var frontend: String
        var state: ProxyListener.State
        /// For a descriptor that was inherited, where it listens.
        var endpoint: Endpoint
        var takesBoth: Bool

        /// What it is for others: IPv6 on any address may take IPv4 too.
        var listeners: [ProxyListener] {
            let own = ProxyListener(state, frontend: frontend, endpoint: endpoint)
            guard takesBoth, endpoint.address.family == .v6, endpoint.address.isUnspecified else { return [own] }
            let other = Endpoint(IPAddress(v4: 0), port: endpoint.port)
            return [own, ProxyListener(state, frontend: frontend, endpoint: other)]
        }
    }

    private var told: [ListenAddress: Entry] = [:]
    /// Two sockets may be one listener: on two interfaces, say.
    private var counts: [ProxyListener: Int] = [:]
    private(set) var isTracking = false

    /// The whole list, sorted, which nobody need have been told.
    var listeners: [ProxyListener] {
        counts.keys.sorted {
            ($0.endpoint, $0.frontend, $0.state.rawValue) < ($1.endpoint, $1.frontend, $1.state.rawValue)
        }
    }

    /// What has changed since the last call. With the first, it begins to track.
    mutating func change(_ controller: inout Controller<WorkerLink>) -> Change {
        var touched = controller.takeChangedListeners()
        if !isTracking {
            isTracking = true
            controller.track()
            for (frontend, listener) in controller.kept.outline.listeners { touched[listener.address] = frontend }
        }
        if touched.isEmpty { return Change() }
        var change = Change()
        var names: [ListenAddress: String]?
        for (address, frontend) in touched {
            let former = told[address]
            guard var entry = Self.entry(address, controller) else {
                if let former { remove(former, &change) }
                told[address] = nil
                continue
            }
            if let name = frontend ?? former?.frontend {
                entry.frontend = name
            } else {
                let all = names ?? Self.names(controller)
                names = all
                entry.frontend = all[address] ?? "-"
            }
            if entry == former { continue }
            told[address] = entry
            for listener in entry.listeners {
                counts[listener, default: 0] += 1
                if counts[listener] == 1 { change.added.append(listener) }
            }
            if let former { remove(former, &change) }
        }
        // What went from one socket to another is where it was.
        let both = Set(change.added).intersection(change.removed)
        if !both.isEmpty {
            change.added.removeAll { both.contains($0) }
            change.removed.removeAll { both.contains($0) }
        }
        return change
    }

    private mutating func remove(_ entry: Entry, _ change: inout Change) {
        for listener in entry.listeners {
            let count = (counts[listener] ?? 1) - 1
            counts[listener] = count > 0 ? count : nil
            if count == 0 { change.removed.append(listener) }
        }
    }

    /// Sockets in other network namespaces, and those that are no sockets of TCP, are nobody's business.
    private static func entry(_ address: ListenAddress, _ controller: borrowing Controller<WorkerLink>) -> Entry? {
        guard address.namespace.isEmpty else { return nil }
        let socket = controller.book.sockets[address]
        var place = address
        if case .descriptor = address.place {
            guard let real = socket.flatMap({ InheritedListeners.address(of: $0) }) else { return nil }
            place = real
        }
        guard let endpoint = place.endpoint else { return nil }
        if socket != nil {
            return Entry(frontend: "", state: .listen, endpoint: endpoint, takesBoth: !place.onlyV6)
        }
        guard controller.book.quarantined[address]?.reason.code == EADDRNOTAVAIL else { return nil }
        return Entry(frontend: "", state: .want, endpoint: endpoint, takesBoth: false)
    }

    private static func names(_ controller: borrowing Controller<WorkerLink>) -> [ListenAddress: String] {
        Dictionary(controller.kept.outline.listeners.map { ($0.listener.address, $0.frontend) }) { first, _ in first }
    }
}
