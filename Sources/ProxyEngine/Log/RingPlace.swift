/// Where somebody is in a ring, who reads it part by part.
public struct RingPlace: Hashable, Sendable {
    /// The ring that it is a place of; 0: of any one.
    public var ring: UInt64
    public var offset: UInt64

    public init(ring: UInt64, offset: UInt64) {
        self.ring = ring
        self.offset = offset
    }

    /// Before all that there is.
    public static let oldest = RingPlace(ring: 0, offset: 0)
    /// Behind all that there is.
    public static let newest = RingPlace(ring: 0, offset: .max)
}
