internal import CNftnl
internal import Glibc
internal import Netlink

/// Operations as the bytes of one transaction: a beginning, messages, an end (`struct nfgenmsg`). Built without sending.
struct Batch {
    private(set) var bytes: [UInt8] = []
    /// For each message from the beginning on, which operation it is of; nil for beginning and end.
    private(set) var operations: [Int?] = []
    /// Of the beginning; each message has the next.
    let firstSequence: UInt32
    /// Of the last operation: it alone is acknowledged.
    private(set) var lastSequence: UInt32

    private let scratch: Scratch
    private var setNumber: UInt32 = 0

    /// - Parameters:
    ///   - operations: In order; at least one.
    ///   - sequence: The number of the beginning.
    ///   - canProtect: Whether the kernel knows what ``Table/Protection`` asks for; else tables are plain.
    init(_ operations: [TableOperation], sequence: UInt32, canProtect: Bool) throws(NetlinkError) {
        firstSequence = sequence
        lastSequence = sequence
        scratch = Scratch()
        bytes.reserveCapacity(operations.count * 128)
        append(nil) { buffer, sequence in nftnl_batch_begin(buffer, sequence) }
        for (index, operation) in operations.enumerated() {
            try encode(operation, index, isLast: index == operations.count - 1, canProtect)
        }
        lastSequence = firstSequence &+ UInt32(self.operations.count - 1)
        append(nil) { buffer, sequence in nftnl_batch_end(buffer, sequence) }
    }

    private mutating func append(
        _ operation: Int?,
        _ build: (UnsafeMutablePointer<CChar>, UInt32) -> UnsafeMutablePointer<nlmsghdr>?
    ) {
        guard let header = build(scratch.start, firstSequence &+ UInt32(operations.count)) else { return }
        let length = Int(header.pointee.nlmsg_len)
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: scratch.start, count: length))
        // libmnl leaves out what pads an attribute.
        scratch.start.update(repeating: 0, count: length)
        operations.append(operation)
    }

    private mutating func message(
        _ type: UInt32,
        _ flags: Int32,
        _ place: Place,
        _ fill: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) {
        let all = UInt16(truncatingIfNeeded: flags | (place.isLast ? NLM_F_ACK : 0))
        append(place.operation) { buffer, sequence in
            let header = nftnl_nlmsg_build_hdr(buffer, UInt16(type), UInt16(place.family.rawValue), all, sequence)
            if let header { fill(header) }
            return header
        }
    }

    /// Where a message belongs.
    private struct Place {
        var operation: Int
        var family: TableFamily
        var isLast: Bool
    }

    private mutating func encode(
        _ operation: TableOperation,
        _ index: Int,
        isLast: Bool,
        _ canProtect: Bool
    ) throws(NetlinkError) {
        let table = operation.table
        let place = Place(operation: index, family: table.family, isLast: isLast)
        let create = NLM_F_CREATE
        switch operation.action {
        case .addTable(let protection):
            let object = try table.encoded(canProtect ? protection.flags : 0)
            defer { nftnl_table_free(object) }
            message(NFT_MSG_NEWTABLE.rawValue, create, place) { nftnl_table_nlmsg_build_payload($0, object) }
        case .deleteTable:
            let object = try table.encoded(nil)
            defer { nftnl_table_free(object) }
            message(NFT_MSG_DELTABLE.rawValue, 0, place) { nftnl_table_nlmsg_build_payload($0, object) }
        case .addCounter(let name), .deleteCounter(let name):
            let object = try table.encodedCounter(name)
            defer { nftnl_obj_free(object) }
            let isNew = operation.verb == "adding"
            let type = isNew ? NFT_MSG_NEWOBJ : NFT_MSG_DELOBJ
            message(type.rawValue, isNew ? create : 0, place) { nftnl_obj_nlmsg_build_payload($0, object) }
        case .addChain(let chain):
            let object = try chain.encoded(in: table)
            defer { nftnl_chain_free(object) }
            message(NFT_MSG_NEWCHAIN.rawValue, create, place) { nftnl_chain_nlmsg_build_payload($0, object) }
        case .deleteChain(let name):
            let object = try Chain(name).encoded(in: table)
            defer { nftnl_chain_free(object) }
            message(NFT_MSG_DELCHAIN.rawValue, 0, place) { nftnl_chain_nlmsg_build_payload($0, object) }
        case .flushChain(let name):
            let object = try FilterRule([]).encoded(in: table, chain: name)
            defer { nftnl_rule_free(object) }
            message(NFT_MSG_DELRULE.rawValue, 0, place) { nftnl_rule_nlmsg_build_payload($0, object) }
        case .addRule(let rule, let chain):
            let object = try rule.encoded(in: table, chain: chain)
            defer { nftnl_rule_free(object) }
            message(NFT_MSG_NEWRULE.rawValue, create | NLM_F_APPEND, place) {
                nftnl_rule_nlmsg_build_payload($0, object)
            }
        case .addSet(let set):
            setNumber += 1
            let object = try set.encoded(in: table, number: setNumber)
            defer { nftnl_set_free(object) }
            message(NFT_MSG_NEWSET.rawValue, create, place) { nftnl_set_nlmsg_build_payload($0, object) }
        case .deleteSet(let name):
            let object = try table.encodedSet(name)
            defer { nftnl_set_free(object) }
            message(NFT_MSG_DELSET.rawValue, 0, place) { nftnl_set_nlmsg_build_payload($0, object) }
        case .addElements(let elements, let set):
            try encode(elements, of: set, table, NFT_MSG_NEWSETELEM.rawValue, create, place)
        case .deleteElements(let elements, let set):
            try encode(elements, of: set, table, NFT_MSG_DELSETELEM.rawValue, 0, place)
        }
    }

    /// The list of elements is an attribute, and no attribute is longer than 65,535 bytes.
    private mutating func encode(
        _ elements: [SetElement],
        of set: NamedSet,
        _ table: Table.Identity,
        _ type: UInt32,
        _ flags: Int32,
        _ place: Place
    ) throws(NetlinkError) {
        let most = 60000 / (160 + 2 * set.key.keyLength)
        var start = 0
        repeat {
            let end = min(elements.count, start + most)
            let object = try table.encodedSet(set.name)
            defer { nftnl_set_free(object) }
            for element in elements[start..<end] { try element.encode(into: object, of: set) }
            var here = place
            here.isLast = place.isLast && end == elements.count
            message(type, flags, here) { nftnl_set_elems_nlmsg_build_payload($0, object) }
            start = end
        } while start < elements.count
    }
}

/// Where libnftnl writes one message; zeros where it does not.
private final class Scratch {
    let start = UnsafeMutablePointer<CChar>.allocate(capacity: Scratch.size)
    private static let size = 1 << 17

    init() { start.initialize(repeating: 0, count: Self.size) }

    deinit { start.deallocate() }
}
