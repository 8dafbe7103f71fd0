public import Guard

/// Who has the guard's tables in the kernel.
public protocol GuardKeeper: AnyObject {
    /// Something to wait for: somebody has changed the packet filter. nil: nothing tells.
    var descriptor: CInt? { get }
    /// Reads ``descriptor`` empty; whether others have changed the packet filter.
    func hear() throws -> Bool
    /// Makes the tables let through what the state says, and nothing else, in one step.
    func keep(_ state: GuardState) throws
    /// The same where only this has changed since.
    func keep(_ change: GuardChange) throws
    /// Looks whether the tables are what was made, and makes them so again; whether they were not.
    func putRight() throws -> Bool
    /// Takes the tables away.
    func takeAway() throws
    /// Whether others are kept from the tables.
    var protects: Bool { get }
    /// What the tables in the kernel say of listeners and claims, whatever they were to say.
    func inForce() throws -> GuardState
    /// Packets that were dropped, by reason.
    func drops() throws -> [(reason: String, packets: UInt64)]
    /// Whether something in this network namespace tracks connections.
    var tracksConnections: Bool { get }
}

extension Firewall: GuardKeeper {
    public func keep(_ change: GuardChange) throws { try self.change(change) }
    public func putRight() throws -> Bool { try !repair().isEmpty }
    public func takeAway() throws { try remove() }
}
