import Glibc
public import Netlink
import NetworkFiles
public import Nftables

/// The guard's tables in the kernel: made so, kept so, taken away. Belongs to the thread and the network namespace that
/// made it.
///
/// Every change is one transaction. What the kernel holds is remembered, so that a change costs what changed; where others
/// may have changed something since, it is read again.
public final class Firewall {
    private let socket: NftablesSocket
    private let protection: Table.Protection
    /// For who waits for changes of others.
    let monitor: NetlinkMonitor?
    /// What the tables follow from; nil before the first ``update(to:)``, and when they are taken away.
    public private(set) var state: GuardState?
    /// Of ``state``; of an empty one where there is none.
    private var elements = GuardElements(GuardState())
    /// What the kernel holds as far as we know.
    private var known: [Table.Identity: Table] = [:]
    /// The kernel's generation that ``known`` is of; nil: not known.
    private var generation: UInt32?
    /// Whether others may have changed the packet filter since ``hear()`` said so last.
    var othersCame = false
    /// How a transaction is carried out; tests have others come between.
    var transact: (NftablesSocket, [TableOperation]) throws(NetlinkError) -> Void = {
        (socket, operations) throws(NetlinkError) in try socket.execute(operations)
    }

    /// - Parameters:
    ///   - protection: ``Nftables/Table/Protection/owned`` for the service: others cannot touch the tables while
    ///   it runs. ``Nftables/Table/Protection/persistent`` for programs that end: the service adopts what they leave.
    ///   Where the kernel knows neither, tables are plain.
    ///   - listening: Whether changes of others are heard of, by ``descriptor``.
    public init(_ protection: Table.Protection = .owned, listening: Bool = false) throws {
        socket = try NftablesSocket()
        self.protection = protection
        monitor = listening ? try .nftables() : nil
    }

    /// Whether the kernel knows tables that stay when their owner goes; false before Linux 6.9.
    public var canProtect: Bool { socket.canPersist }

    /// Whether others are kept from the tables.
    public var protects: Bool { protection == .owned && canProtect }

    /// The netlink port of another socket that owns one of the tables; nil: we may change them.
    public func holder() throws(NetlinkError) -> UInt32? {
        try statuses().values.compactMap { $0.owner }.first { $0 != socket.port }
    }

    private static let identities = [GuardRuleset.inet, GuardRuleset.arp]

    private func statuses() throws(NetlinkError) -> [Table.Identity: TableStatus] {
        let all = try socket.tables().filter { Self.identities.contains($0.identity) }
        return Dictionary(all.map { ($0.identity, $0) }) { first, _ in first }
    }

    /// What the kernel holds, in the order inet, arp.
    public func tables() throws(NetlinkError) -> [Table] {
        try look()
        return Self.identities.compactMap { known[$0] }
    }

    /// Reads again what is there, if anything was changed by others.
    private func look() throws(NetlinkError) {
        if try isUndisturbed() { return }
        let now = try socket.generation()
        known = [:]
        for identity in Self.identities { known[identity] = try socket.table(identity) }
        // Changed while it was read: the next look reads again.
        generation = now
    }

    /// What ``update(to:)`` would do.
    public func plan(_ state: GuardState) throws(NetlinkError) -> [TableOperation] {
        try look()
        return operations(to: GuardRuleset.tables(for: state), try statuses())
    }

    private func operations(
        to wanted: [Table],
        _ statuses: [Table.Identity: TableStatus]
    ) -> [TableOperation] {
        Self.identities.flatMap { identity in
            let to = wanted.first { $0.identity == identity }
            guard to != nil, let status = statuses[identity], known[identity] != nil else {
                return Table.diff(from: known[identity], to: to, protection: protection)
            }
            let target = canProtect ? protection : .none
            let change = Table.diff(from: known[identity], to: to, protection: protection)
            if status.protection == target, status.owner == nil || status.owner == socket.port, !status.isDormant {
                // Owned without an owner cannot be.
                return change
            }
            // Nobody's, but kept for whoever comes: ours from here on.
            if status.protection == .persistent, !status.isDormant {
                return [TableOperation(identity, .addTable(protection))] + change
            }
            return [TableOperation(identity, .deleteTable)] + Table.diff(from: nil, to: to, protection: protection)
        }
    }

    /// Makes the tables what follows from the state.
    ///
    /// - Returns: What was changed; empty if everything was right.
    /// - Throws: `NetlinkError`; EPERM if another socket owns the tables.
    @discardableResult
    public func update(to state: GuardState) throws(NetlinkError) -> [TableOperation] {
        if let change = self.state.flatMap({ GuardChange(from: $0, to: state) }) { return try self.change(change) }
        let elements = GuardElements(state)
        let done = try converge(GuardRuleset.tables(for: state, elements))
        remember(state, elements)
        return done
    }

    /// Takes the tables away.
    @discardableResult
    public func remove() throws(NetlinkError) -> [TableOperation] {
        let done = try converge([])
        (state, elements) = (nil, GuardElements(GuardState()))
        return done
    }

    /// Whether nobody but us can have changed the tables; what is known of them is good then.
    func isUndisturbed() throws(NetlinkError) -> Bool {
        let now = try socket.generation()
        if now == generation { return true }
        if generation != nil { othersCame = true }
        let statuses = try statuses()
        guard generation != nil, !known.isEmpty, known.keys.allSatisfy({ statuses[$0]?.owner == socket.port }) else {
            return false
        }
        generation = now
        return true
    }

    /// What is known is not good any more.
    func forget() { (generation, othersCame) = (nil, true) }

    /// Makes the tables right again, if others changed them.
    @discardableResult
    public func repair() throws(NetlinkError) -> [TableOperation] {
        guard let state else { return [] }
        return try converge(GuardRuleset.tables(for: state, elements))
    }

    /// - Parameter attempts: Each reads what is there first.
    private func converge(_ wanted: [Table], attempts: Int = 3) throws(NetlinkError) -> [TableOperation] {
        // Finding that out is a transaction itself, once: before we look, and not where we only look.
        _ = canProtect
        for attempt in 1... {
            try look()
            let before = generation
            let operations = operations(to: wanted, try statuses())
            if operations.isEmpty { return [] }
            do throws(NetlinkError) {
                let takeovers = takeovers(operations)
                let others = operations.filter { !takeovers.contains($0) }
                try execute(takeovers)
                try execute(others)
                known = Dictionary(wanted.map { ($0.identity, $0) }) { first, _ in first }
                try settle(before, transactions: takeovers.isEmpty || others.isEmpty ? 1 : 2)
                return operations
            } catch {
                forget()
                // It is not as we thought, is in use, or the answer was lost: look, and try again.
                guard attempt < attempts, Self.isWorthAnotherTry(error) else { throw error }
                // A difference will not do: the whole.
                if attempt == attempts - 1 { return try replace(with: wanted) }
            }
        }
        return []
    }

    /// Puts the whole in the place of whatever is there, in one transaction. Counters begin at zero.
    @discardableResult
    public func replace(with state: GuardState) throws(NetlinkError) -> [TableOperation] {
        let elements = GuardElements(state)
        let done = try replace(with: GuardRuleset.tables(for: state, elements))
        remember(state, elements)
        return done
    }

    private func remember(_ state: GuardState, _ elements: GuardElements) {
        self.state = state.policy.isEnabled ? state : nil
        self.elements = state.policy.isEnabled ? elements : GuardElements(GuardState())
    }

    /// Makes the tables these, whatever they follow from.
    @discardableResult
    public func set(_ tables: [Table]) throws(NetlinkError) -> [TableOperation] {
        (state, elements) = (nil, GuardElements(GuardState()))
        return try converge(tables)
    }

    private func replace(with wanted: [Table]) throws(NetlinkError) -> [TableOperation] {
        _ = canProtect
        let before = try socket.generation()
        let operations =
            try statuses().keys.map { TableOperation($0, .deleteTable) }
            + wanted.flatMap { Table.diff(from: nil, to: $0, protection: protection) }
        generation = nil
        try execute(operations)
        known = Dictionary(wanted.map { ($0.identity, $0) }) { first, _ in first }
        try settle(before)
        return operations
    }

    private func execute(_ operations: [TableOperation]) throws(NetlinkError) {
        if !operations.isEmpty { try transact(socket, operations) }
    }

    /// Those that make a table that is there ours. They are a transaction of their own: the kernel takes no new base
    /// chain in the one that takes a table over (EINVAL). What was closed stays closed in between.
    private func takeovers(_ operations: [TableOperation]) -> [TableOperation] {
        operations.filter { operation in
            guard case .addTable = operation.action, known[operation.table] != nil else { return false }
            return !operations.contains(TableOperation(operation.table, .deleteTable))
        }
    }

    private static func isWorthAnotherTry(_ error: NetlinkError) -> Bool {
        [ENOENT, EEXIST, ENOTEMPTY, EBUSY, EINVAL, ENOBUFS, EINTR, EAGAIN, ERESTART, EOPNOTSUPP].contains(error.code)
    }

    /// After a change of ours: nobody else's came between if the generation is the next one.
    private func settle(_ before: UInt32?, transactions: UInt32 = 1) throws(NetlinkError) {
        let now = try socket.generation()
        if before.map({ $0 &+ transactions }) == now { generation = now } else { forget() }
    }

    /// Changes what a few listeners and claims change: one transaction of as many elements, however many others there
    /// are. As ``update(to:)`` where there was none before, or where it does not go that way.
    @discardableResult
    public func change(_ change: GuardChange) throws(NetlinkError) -> [TableOperation] {
        var next = state ?? GuardState()
        // The state is held once: thousands of listeners are not copied for one.
        state = nil
        let addresses = change.addresses
        var before: GuardElements.Entries = [:]
        for address in addresses { elements.collect(address, next, into: &before) }
        change.apply(to: &next, &elements.index)
        var after: GuardElements.Entries = [:]
        for address in addresses { elements.collect(address, next, into: &after) }
        defer { state = next.policy.isEnabled ? next : nil }
        guard next.policy.isEnabled else { return [] }
        guard !change.isWide, !known.isEmpty, try isUndisturbed() else {
            return try converge(GuardRuleset.tables(for: next, elements))
        }
        var operations: [TableOperation] = []
        for kind in GuardSet.allCases {
            let gone = (before[kind] ?? []).subtracting(after[kind] ?? [])
            let come = (after[kind] ?? []).subtracting(before[kind] ?? [])
            let set = kind.definition
            if !gone.isEmpty { operations.append(TableOperation(kind.table, .deleteElements(Array(gone), set: set))) }
            if !come.isEmpty { operations.append(TableOperation(kind.table, .addElements(Array(come), set: set))) }
            known[kind.table]?.sets[kind.name]?.elements.subtract(gone)
            known[kind.table]?.sets[kind.name]?.elements.formUnion(come)
        }
        if operations.isEmpty { return [] }
        do throws(NetlinkError) {
            let current = generation
            try execute(operations)
            try settle(current)
            return operations
        } catch {
            forget()
            guard Self.isWorthAnotherTry(error) else { throw error }
            return try converge(GuardRuleset.tables(for: next, elements))
        }
    }

    /// What was dropped, by the names of ``GuardRuleset/counters`` and ``GuardRuleset/arpCounters``.
    public func counters() throws(NetlinkError) -> [String: Counter] {
        var all: [String: Counter] = [:]
        for identity in Self.identities where known[identity] != nil {
            all.merge(try socket.counters(identity)) { first, _ in first }
        }
        return all
    }
}
