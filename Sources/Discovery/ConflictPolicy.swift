/// What is done about an address that another host has.
public enum ConflictPolicy: String, Sendable, Hashable, CaseIterable {
    /// It is not claimed. If the other comes later it is kept, reported, and defended: announced again, once in ten
    /// seconds at most (RFC 5227, section 2.4, case c).
    case refuse
    /// It is claimed, and reported.
    case warn
    /// Nobody looks.
    case off
}
