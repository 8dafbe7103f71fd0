public import Addresses
internal import CMnl
internal import Glibc

/// The question which way the kernel sends a packet.
public struct RouteLookup: Hashable, Sendable {
    /// nil: the kernel chooses it.
    public var source: IPAddress?
    public var destination: IPAddress
    /// The index of the interface that a packet of somebody else comes in by; nil for one of this machine's own.
    public var input: Int?

    public init(from source: IPAddress? = nil, to destination: IPAddress, input: Int? = nil) {
        self.source = source
        self.destination = destination
        self.input = input
    }

    /// In the words of `ip route get`: `10.13.50.20 from 10.13.200.34`.
    public func text(_ names: InterfaceNames) -> String {
        "\(destination)" + (source.map { " from \($0)" } ?? "") + (input.map { " iif \(names[$0])" } ?? "")
    }
}

extension NetlinkRequest {
    /// `ip route get fibmatch DESTINATION from SOURCE iif NAME`
    public static func find(_ lookup: RouteLookup, _ names: InterfaceNames = InterfaceNames()) -> NetlinkRequest {
        // The acknowledgement ends the answer as the end of a list does.
        var message = NetlinkMessage(RTM_GETROUTE, flags: NLM_F_ACK)
        let family = lookup.destination.family
        // IPv6 always tells the table, and refuses to be asked for it.
        let flags = family == .v4 ? RTM_F_FIB_MATCH | RTM_F_LOOKUP_TABLE : RTM_F_FIB_MATCH
        message.put(family.rawValue)
        message.put(UInt8(family.bits))
        message.put(lookup.source == nil ? 0 : UInt8(family.bits))
        for _ in 0..<5 { message.put(UInt8(0)) }
        message.put(UInt32(flags))
        message.attribute(RTA_DST.rawValue, lookup.destination)
        if let source = lookup.source { message.attribute(RTA_SRC.rawValue, source) }
        if let input = lookup.input { message.attribute(RTA_IIF.rawValue, UInt32(input)) }
        return NetlinkRequest("looking up", "the route to \(lookup.text(names))", message)
    }
}

extension NetlinkSocket {
    /// The entry of the tables by which the kernel sends a packet, with its table.
    ///
    /// - Throws: ENETUNREACH or EHOSTUNREACH where there is none, or one that rejects; EINVAL if an IPv4 source is not
    ///   this machine's, or if the reverse-path filter drops what comes in; what the route's type says.
    public func route(_ lookup: RouteLookup, _ names: InterfaceNames = InterfaceNames()) throws(NetlinkError) -> Route {
        let request = NetlinkRequest.find(lookup, names)
        guard let route = try dump(request, { Route($0) }).first else {
            throw NetlinkError(
                code: EPROTO,
                action: request.action,
                object: request.object,
                kernelText: "the kernel gave no route"
            )
        }
        return route
    }
}
