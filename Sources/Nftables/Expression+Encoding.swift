internal import CNftnl
internal import Glibc
internal import Netlink

extension Expression {
    /// As an object of libnftnl, which whoever adds it to a rule gives away.
    func encoded() throws(NetlinkError) -> OpaquePointer {
        let expression = try allocated(nftnl_expr_alloc(name))
        func set(_ attribute: Int, _ value: UInt32) {
            nftnl_expr_set_u32(expression, UInt16(attribute), value)
        }
        func set(_ attribute: Int, _ register: Register) { set(attribute, register.number) }
        func set(_ attribute: Int, _ bytes: [UInt8]) {
            _ = nftnl_expr_set(expression, UInt16(attribute), bytes, UInt32(bytes.count))
        }
        func set(_ attribute: Int, _ text: String) { _ = nftnl_expr_set_str(expression, UInt16(attribute), text) }
        switch self {
        case .payload(let header, let offset, let length, let register):
            set(Attribute.payloadRegister, register)
            set(Attribute.payloadBase, header.rawValue)
            set(Attribute.payloadOffset, UInt32(truncatingIfNeeded: offset))
            set(Attribute.payloadLength, UInt32(truncatingIfNeeded: length))
        case .meta(let key, let register):
            set(Attribute.metaKey, key.rawValue)
            set(Attribute.metaRegister, register)
        case .setMeta(let key, let register):
            set(Attribute.metaKey, key.rawValue)
            set(Attribute.metaSource, register)
        case .compare(let value, let comparison, let register):
            set(Attribute.compareRegister, register)
            set(Attribute.compareOperator, comparison.rawValue)
            set(Attribute.compareData, value)
        case .range(let register, let isInverted, let first, let last):
            set(Attribute.rangeRegister, register)
            set(Attribute.rangeOperator, isInverted ? 1 : 0)
            set(Attribute.rangeFirst, first)
            set(Attribute.rangeLast, last)
        case .bitwise(let register, let target, let mask, let flipped):
            set(Attribute.bitwiseSource, register)
            set(Attribute.bitwiseRegister, target)
            set(Attribute.bitwiseLength, UInt32(mask.count))
            set(Attribute.bitwiseMask, mask)
            set(Attribute.bitwiseFlipped, flipped)
        case .lookup(let register, let name, let isInverted):
            set(Attribute.lookupSource, register)
            set(Attribute.lookupSet, name)
            if isInverted { set(Attribute.lookupFlags, 1) }
        case .map(let register, let name, let target):
            set(Attribute.lookupSource, register)
            set(Attribute.lookupSet, name)
            set(Attribute.lookupRegister, target)
        case .verdictMap(let register, let name):
            set(Attribute.lookupSource, register)
            set(Attribute.lookupSet, name)
            set(Attribute.lookupRegister, 0)
        case .load(let value, let register):
            set(Attribute.immediateRegister, register)
            set(Attribute.immediateData, value)
        case .verdict(let verdict):
            set(Attribute.immediateRegister, 0)
            set(Attribute.immediateVerdict, UInt32(bitPattern: verdict.number))
            if let chain = verdict.chain { set(Attribute.immediateChain, chain) }
        case .namedCounter(let name):
            set(Attribute.objectType, Attribute.counterObject)
            set(Attribute.objectName, name)
        case .limit(let rate, let unit, let burst, let isOver):
            nftnl_expr_set_u64(expression, UInt16(Attribute.limitRate), rate)
            nftnl_expr_set_u64(expression, UInt16(Attribute.limitUnit), unit.rawValue)
            set(Attribute.limitBurst, burst)
            set(Attribute.limitType, 0)
            set(Attribute.limitFlags, isOver ? 1 : 0)
        case .reject(let rejection):
            set(Attribute.rejectType, rejection.type)
            nftnl_expr_set_u8(expression, UInt16(Attribute.rejectCode), rejection.code)
        case .counter, .notrack, .other: break
        }
        return expression
    }

    /// What the kernel calls it.
    private var name: String {
        switch self {
        case .payload: "payload"
        case .meta, .setMeta: "meta"
        case .compare: "cmp"
        case .range: "range"
        case .bitwise: "bitwise"
        case .lookup, .map, .verdictMap: "lookup"
        case .load, .verdict: "immediate"
        case .counter: "counter"
        case .namedCounter: "objref"
        case .limit: "limit"
        case .reject: "reject"
        case .notrack: "notrack"
        case .other(let name): name
        }
    }
}

extension Expression.Rejection {
    /// `NFT_REJECT_*`
    var type: UInt32 {
        switch self {
        case .icmp: 0
        case .tcpReset: 1
        case .icmpx: 2
        }
    }

    var code: UInt8 {
        switch self {
        case .tcpReset: 0
        case .icmp(let code), .icmpx(let code): code
        }
    }
}
