internal import Addresses

/// One interface, one family.
struct SocketKey: Hashable, Sendable, Comparable {
    var interface: Int
    var family: IPAddress.Family

    init(_ interface: Int, _ family: IPAddress.Family) {
        self.interface = interface
        self.family = family
    }

    init(_ request: AddressProbe.Request) { self.init(request.interface, request.address.family) }

    static func < (a: SocketKey, b: SocketKey) -> Bool {
        (a.interface, a.family.rawValue) < (b.interface, b.family.rawValue)
    }
}
