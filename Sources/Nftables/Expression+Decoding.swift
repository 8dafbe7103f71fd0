internal import CNftnl

extension Expression {
    /// From an object of libnftnl. What this library does not write is known by its name alone.
    init(decoding expression: OpaquePointer) {
        let name = string(nftnl_expr_get_str(expression, UInt16(NFTNL_EXPR_NAME))) ?? ""
        func has(_ attribute: Int) -> Bool { nftnl_expr_is_set(expression, UInt16(attribute)) }
        func number(_ attribute: Int) -> UInt32 { nftnl_expr_get_u32(expression, UInt16(attribute)) }
        func register(_ attribute: Int) -> Register? { has(attribute) ? Register(number: number(attribute)) : nil }
        func data(_ attribute: Int) -> [UInt8] {
            bytes { nftnl_expr_get(expression, UInt16(attribute), $0) }
        }
        func words(_ attribute: Int) -> String? { string(nftnl_expr_get_str(expression, UInt16(attribute))) }
        self = .other(name)
        switch name {
        case "payload":
            guard let header = Header(rawValue: number(Attribute.payloadBase)),
                let target = register(Attribute.payloadRegister)
            else { return }
            self = .payload(
                header,
                offset: Int(number(Attribute.payloadOffset)),
                length: Int(number(Attribute.payloadLength)),
                into: target
            )
        case "meta":
            guard let key = MetaKey(rawValue: number(Attribute.metaKey)) else { return }
            if let target = register(Attribute.metaRegister) { self = .meta(key, into: target) }
            if let source = register(Attribute.metaSource) { self = .setMeta(key, from: source) }
        case "cmp":
            guard let source = register(Attribute.compareRegister),
                let comparison = Comparison(rawValue: number(Attribute.compareOperator))
            else { return }
            self = .compare(data(Attribute.compareData), is: comparison, in: source)
        case "range":
            guard let source = register(Attribute.rangeRegister) else { return }
            let isInverted = number(Attribute.rangeOperator) == 1
            self = .range(
                source,
                isInverted: isInverted,
                first: data(Attribute.rangeFirst),
                last: data(Attribute.rangeLast)
            )
        case "bitwise":
            guard let source = register(Attribute.bitwiseSource), let target = register(Attribute.bitwiseRegister),
                has(Attribute.bitwiseMask)
            else { return }
            let mask = data(Attribute.bitwiseMask)
            self = .bitwise(source, into: target, mask: mask, flipped: data(Attribute.bitwiseFlipped))
        case "lookup":
            guard let source = register(Attribute.lookupSource), let set = words(Attribute.lookupSet) else { return }
            if has(Attribute.lookupRegister) {
                let target = register(Attribute.lookupRegister)
                self = target.map { .map(source, map: set, into: $0) } ?? .verdictMap(source, map: set)
            } else {
                self = .lookup(source, set: set, isInverted: number(Attribute.lookupFlags) & 1 != 0)
            }
        case "immediate":
            if let target = register(Attribute.immediateRegister) {
                self = .load(data(Attribute.immediateData), into: target)
            } else {
                let number = Int32(bitPattern: number(Attribute.immediateVerdict))
                guard let verdict = Verdict(number: number, chain: words(Attribute.immediateChain)) else { return }
                self = .verdict(verdict)
            }
        case "counter": self = .counter
        case "objref":
            guard number(Attribute.objectType) == Attribute.counterObject, let name = words(Attribute.objectName)
            else { return }
            self = .namedCounter(name)
        case "limit":
            let rate = nftnl_expr_get_u64(expression, UInt16(Attribute.limitRate))
            guard let unit = RateUnit(rawValue: nftnl_expr_get_u64(expression, UInt16(Attribute.limitUnit))),
                number(Attribute.limitType) == 0
            else { return }
            let isOver = number(Attribute.limitFlags) & 1 != 0
            self = .limit(rate: rate, per: unit, burst: number(Attribute.limitBurst), isOver: isOver)
        case "reject":
            let code = nftnl_expr_get_u8(expression, UInt16(Attribute.rejectCode))
            switch number(Attribute.rejectType) {
            case 0: self = .reject(.icmp(code: code))
            case 1: self = .reject(.tcpReset)
            case 2: self = .reject(.icmpx(code: code))
            default: return
            }
        case "notrack": self = .notrack
        default: return
        }
    }
}
