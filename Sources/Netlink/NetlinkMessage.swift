internal import Addresses
internal import CMnl

/// One netlink message, built without sending it: a header, a fixed structure and attributes (netlink(7)).
///
/// Numbers are in the byte order of the machine, addresses in network order; everything is padded to four bytes.
public struct NetlinkMessage: Sendable, Hashable {
    /// `RTM_NEWROUTE` and its kin.
    public let type: UInt16
    /// `NLM_F_*`.
    public let flags: UInt16
    /// What follows the header of 16 bytes.
    public private(set) var payload: [UInt8] = []

    /// - Parameters:
    ///   - type: `RTM_*`.
    ///   - flags: `NLM_F_*` beside `NLM_F_REQUEST`.
    init(_ type: Int, flags: Int32) {
        self.type = UInt16(truncatingIfNeeded: type)
        self.flags = UInt16(truncatingIfNeeded: flags | NLM_F_REQUEST)
        // A route of IPv4 fits: one allocation for each message.
        payload.reserveCapacity(48)
    }

    /// The whole message as it goes to the kernel.
    ///
    /// - Parameter isAcknowledged: Whether the kernel says so when it has done what is asked; false takes NLM_F_ACK out.
    ///   It always says so when it has not.
    public func bytes(sequence: UInt32, port: UInt32, isAcknowledged: Bool = true) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        append(to: &bytes, sequence: sequence, port: port, isAcknowledged: isAcknowledged)
        return bytes
    }

    /// Appends what ``bytes(sequence:port:isAcknowledged:)`` gives to a datagram of several messages.
    func append(to datagram: inout [UInt8], sequence: UInt32, port: UInt32, isAcknowledged: Bool) {
        func put(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value) { datagram.append(contentsOf: $0) }
        }
        put(UInt32(byteCount))
        put(type)
        put(isAcknowledged ? flags : flags & ~UInt16(NLM_F_ACK))
        put(sequence)
        put(port)
        datagram += payload
    }

    /// With the header.
    var byteCount: Int { 16 + payload.count }

    /// Appends a field of the fixed structure.
    mutating func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value) { payload.append(contentsOf: $0) }
    }

    mutating func attribute(_ type: some BinaryInteger, _ bytes: [UInt8]) {
        put(UInt16(4 + bytes.count))
        put(UInt16(truncatingIfNeeded: type))
        payload += bytes
        while payload.count % 4 != 0 { payload.append(0) }
    }

    mutating func attribute(_ type: some BinaryInteger, _ value: UInt32) {
        put(UInt16(8))
        put(UInt16(truncatingIfNeeded: type))
        put(value)
    }

    /// In network order, 4 or 16 bytes.
    mutating func attribute(_ type: some BinaryInteger, _ address: IPAddress) {
        put(UInt16(4 + address.family.byteCount))
        put(UInt16(truncatingIfNeeded: type))
        if address.family == .v4 {
            put(UInt32(truncatingIfNeeded: address.number).bigEndian)
        } else {
            put(address.number.bigEndian)
        }
    }

    /// An attribute that holds attributes or structures of its own.
    mutating func nested(_ type: some BinaryInteger, _ body: (inout NetlinkMessage) -> Void) {
        var inner = NetlinkMessage(0, flags: 0)
        body(&inner)
        attribute(type, inner.payload)
    }

    /// A string with its closing NUL.
    mutating func attribute(_ type: some BinaryInteger, _ text: String) {
        attribute(type, Array(text.utf8) + [0])
    }
}
