public import Addresses

/// Properties of class `loadbalance`.
public struct LoadBalanceSettings: Sendable, Hashable {
    /// Ranges of virtual addresses, in the order they were typed; none overlaps another.
    public var serviceRanges: [IPNetwork]
    public var dataplanePort: UInt16
    public var user: String
    /// nil: the user keeps the one he has, or one is made.
    public var password: Secret?

    public init(serviceRanges: [IPNetwork], dataplanePort: UInt16 = 5556, user: String, password: Secret? = nil) {
        self.serviceRanges = serviceRanges
        self.dataplanePort = dataplanePort
        self.user = user
        self.password = password
    }
}
