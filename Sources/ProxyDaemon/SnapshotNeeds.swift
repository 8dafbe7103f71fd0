internal import ProxyEngine

/// What a process must have to serve a snapshot.
struct SnapshotNeeds: Hashable, Sendable {
    var listeners = 0
    var servers = 0
    /// What whoever serves it needs.
    var capabilities: Capabilities = []
    /// Some listener has an address that is not this machine's.
    var isTransparent = false

    init(_ snapshot: ProxySnapshot) {
        for index in snapshot.frontends.indices {
            listeners += snapshot.frontends[index].listeners.count
            if snapshot.frontends[index].listeners.contains(where: { $0.options.isTransparent }) {
                isTransparent = true
            }
            if snapshot.frontends[index].connectionRules.setsMarks { capabilities.insert(.raw) }
        }
        for index in snapshot.backends.indices {
            servers += snapshot.backends[index].servers.count
            if snapshot.backends[index].connectionRules.setsMarks { capabilities.insert(.raw) }
            for place in snapshot.backends[index].servers.indices {
                guard let source = snapshot.backends[index].servers[place].connection.source else { continue }
                if source.foreign != nil || !source.interface.isEmpty { capabilities.insert(.raw) }
                // A client's port may be a low one, too.
                let isLow = source.ports.map { $0.lowerBound < 1024 } ?? false
                if isLow || source.foreign != nil { capabilities.insert(.bindService) }
            }
        }
    }
}

extension ConnectionRules {
    /// `set-mark`: only who has CAP_NET_RAW or CAP_NET_ADMIN may mark its packets (socket(7), SO_MARK).
    fileprivate var setsMarks: Bool {
        func some(_ rules: [ConnectionRule]) -> Bool {
            rules.contains { if case .setMark = $0.action { true } else { false } }
        }
        return some(connection) || some(session) || some(content) || some(response)
    }
}
