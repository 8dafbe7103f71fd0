public import Diagnostics

/// A network adapter of the virtual machine, as vCenter describes it.
public struct OVFAdapter: Sendable, Hashable {
    /// As written: `00:50:56:b4:ca:fd`.
    public var mac: String
    /// The name of the network the adapter is connected to: the port group's, not the descriptor's.
    public var network: String
    /// The adapter's place on the virtual bus: 7, 8, 9 for the first three. nil if it is not said.
    public var unitNumber: Int?
    public var position: SourcePosition?

    public init(mac: String, network: String, unitNumber: Int?, at position: SourcePosition? = nil) {
        self.mac = mac
        self.network = network
        self.unitNumber = unitNumber
        self.position = position
    }
}
