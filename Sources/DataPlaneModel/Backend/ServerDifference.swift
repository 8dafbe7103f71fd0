internal import Addresses
internal import ProxyConfig
internal import RuntimeAPI

/// What has changed between two configurations, if the running process can be told of it without a reload.
enum ServerDifference {
    /// One server, and what it is told.
    struct Change: Sendable {
        var backend: String
        var server: String
        var change: SetServer.Change
    }

    /// The commands that make a process of `former` one of `next`: weights, addresses and maintenance of servers. Empty
    /// if nothing but comments and blanks has changed; nil if anything else has.
    static func changes(from former: ConfigurationFile, to next: ConfigurationFile) -> [Change]? {
        guard former.sections.count == next.sections.count else { return nil }
        var changes: [Change] = []
        for (before, after) in zip(former.sections, next.sections) where !before.isCopy(of: after) && before != after {
            guard before.header.words == after.header.words, let more = self.changes(from: before, to: after) else {
                return nil
            }
            changes += more
        }
        return changes
    }

    private static func changes(from former: Section, to next: Section) -> [Change]? {
        let before = former.lines.filter { !$0.words.isEmpty }
        let after = next.lines.filter { !$0.words.isEmpty }
        guard before.count == after.count else { return nil }
        let hasDefaults = after.contains { $0.words.first == "default-server" }
        var changes: [Change] = []
        for (old, new) in zip(before, after) where old.words != new.words {
            guard ["backend", "listen"].contains(next.kind), let backend = next.name, !hasDefaults,
                let more = self.changes(from: old.words, to: new.words, backend)
            else { return nil }
            changes += more
        }
        return changes
    }

    private static func changes(from former: [String], to next: [String], _ backend: String) -> [Change]? {
        guard let syntax = Resource.servers.v2.syntax, let old = syntax.decode(former),
            let new = syntax.decode(next), old.unknown == new.unknown, let name = new.object["name"]?.string
        else { return nil }
        var (before, after) = (old.object, new.object)
        var changes: [SetServer.Change] = []
        if before["address"] != after["address"] || before["port"] != after["port"] {
            // A name would be looked up by the process, which then keeps following it.
            guard isAddress(before["address"]), isAddress(after["address"]), let port = after["port"]?.integer,
                before["port"] != nil, let address = after["address"]?.string
            else { return nil }
            changes.append(.address(address, port: port))
        }
        if before["weight"] != after["weight"] {
            guard before["weight"] != nil, let weight = after["weight"]?.integer else { return nil }
            changes.append(.weight(weight))
        }
        if before["maintenance"] != after["maintenance"] {
            changes.append(.state(after["maintenance"] == "enabled" ? .maint : .ready))
        }
        for member in ["address", "port", "weight", "maintenance"] {
            before[member] = nil
            after[member] = nil
        }
        guard before == after else { return nil }
        return changes.map { Change(backend: backend, server: name, change: $0) }
    }

    private static func isAddress(_ value: JSONValue?) -> Bool {
        guard let text = value?.string else { return false }
        return IPAddress(text) != nil
    }
}
