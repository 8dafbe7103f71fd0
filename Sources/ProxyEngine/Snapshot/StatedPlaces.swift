public import Addresses

/// Where checks and agents go as the line of a server says it, or a command has since: what is not said is the server's own. As in
/// HAProxy, agents go where checks go unless it is said otherwise.
public struct StatedPlaces: Hashable, Sendable, HasUsualValue {
    public static let usual = StatedPlaces()

    public var checkAddress: IPAddress?
    /// 0: the server's.
    public var checkPort: UInt16
    /// The port of ``checkAddress``, which counts where there is no ``checkPort``, and which nobody is told; 0: none.
    public var checkAddressPort: UInt16 = 0
    public var agentAddress: IPAddress?
    public var agentPort: UInt16

    public init(
        checkAddress: IPAddress? = nil,
        checkPort: UInt16 = 0,
        agentAddress: IPAddress? = nil,
        agentPort: UInt16 = 0
    ) {
        self.checkAddress = checkAddress
        self.checkPort = checkPort
        self.agentAddress = agentAddress
        self.agentPort = agentPort
    }
}

extension ByteWriter {
    mutating func write(_ places: StatedPlaces) {
        flag(places == .usual)
        if places == .usual { return }
        optional(places.checkAddress) { $0.address($1) }
        number(places.checkPort)
        number(places.checkAddressPort)
        optional(places.agentAddress) { $0.address($1) }
        number(places.agentPort)
    }
}

extension ByteReader {
    mutating func statedPlaces() throws(MalformedSnapshot) -> StatedPlaces {
        if try flag() { return .usual }
        var places = StatedPlaces()
        places.checkAddress = try flag() ? try address() : nil
        places.checkPort = try number()
        places.checkAddressPort = try number()
        places.agentAddress = try flag() ? try address() : nil
        places.agentPort = try number()
        return places
    }
}
