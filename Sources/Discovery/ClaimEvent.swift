public import Addresses

/// What ``ClaimMachine`` has to tell.
public enum ClaimEvent: Hashable, Sendable {
    /// A probing is over: who has which of its addresses. Those that are not named are free.
    case probed(Int, conflicts: [ClaimKey: MACAddress])
    /// Another host uses an address that we have claimed. Told once, and again when it has another MAC address.
    case conflict(ClaimKey, MACAddress)
    /// The other host is gone.
    case conflictOver(ClaimKey)
}

/// What ``ClaimMachine`` wants done.
public enum ClaimAction: Hashable, Sendable {
    /// Send these frames on an interface.
    case send(interface: Int, IPAddress.Family, [[UInt8]])
    case tell(ClaimEvent)
}
