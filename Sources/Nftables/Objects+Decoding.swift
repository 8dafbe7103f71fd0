internal import CNftnl
internal import Netlink

// Values out of messages of the kernel, by libnftnl. nil: the message is of something else.

extension TableStatus {
    init?(_ header: UnsafePointer<nlmsghdr>) {
        guard let object = nftnl_table_alloc() else { return nil }
        defer { nftnl_table_free(object) }
        guard nftnl_table_nlmsg_parse(header, object) == 0,
            let name = string(nftnl_table_get_str(object, UInt16(NFTNL_TABLE_NAME.rawValue))),
            let family = TableFamily(family: nftnl_table_get_u32(object, UInt16(NFTNL_TABLE_FAMILY.rawValue)))
        else { return nil }
        let flags = nftnl_table_get_u32(object, UInt16(NFTNL_TABLE_FLAGS.rawValue))
        identity = Table.Identity(family, name)
        protection = Table.Protection(flags: flags)
        isDormant = flags & 1 != 0
        owner =
            nftnl_table_is_set(object, UInt16(NFTNL_TABLE_OWNER.rawValue))
            ? nftnl_table_get_u32(object, UInt16(NFTNL_TABLE_OWNER.rawValue)) : nil
    }
}

extension TableFamily {
    init?(family: UInt32) { self.init(rawValue: UInt8(truncatingIfNeeded: family)) }
}

extension Chain {
    /// Of the table `table`, and without its rules.
    init?(_ header: UnsafePointer<nlmsghdr>, of table: String) {
        guard let object = nftnl_chain_alloc() else { return nil }
        defer { nftnl_chain_free(object) }
        func number(_ attribute: nftnl_chain_attr) -> UInt32 {
            nftnl_chain_get_u32(object, UInt16(attribute.rawValue))
        }
        guard nftnl_chain_nlmsg_parse(header, object) == 0,
            string(nftnl_chain_get_str(object, UInt16(NFTNL_CHAIN_TABLE.rawValue))) == table,
            let name = string(nftnl_chain_get_str(object, UInt16(NFTNL_CHAIN_NAME.rawValue)))
        else { return nil }
        var hook: Hook?
        if nftnl_chain_is_set(object, UInt16(NFTNL_CHAIN_HOOKNUM.rawValue)) {
            let kind = string(nftnl_chain_get_str(object, UInt16(NFTNL_CHAIN_TYPE.rawValue)))
            hook = Hook(
                number(NFTNL_CHAIN_HOOKNUM),
                priority: nftnl_chain_get_s32(object, UInt16(NFTNL_CHAIN_PRIO.rawValue)),
                policy: number(NFTNL_CHAIN_POLICY) == 0 ? .drop : .accept,
                kind: kind.flatMap { Kind(rawValue: $0) } ?? .filter
            )
        }
        self.init(name, hook: hook)
    }
}

extension FilterRule {
    /// A rule and the chain it is in.
    static func decode(_ header: UnsafePointer<nlmsghdr>) -> (chain: String, rule: FilterRule)? {
        guard let object = nftnl_rule_alloc() else { return nil }
        defer { nftnl_rule_free(object) }
        guard nftnl_rule_nlmsg_parse(header, object) == 0,
            let chain = string(nftnl_rule_get_str(object, UInt16(NFTNL_RULE_CHAIN.rawValue)))
        else { return nil }
        var expressions: [Expression] = []
        if let iterator = nftnl_expr_iter_create(object) {
            while let expression = nftnl_expr_iter_next(iterator) {
                expressions.append(Expression(decoding: expression))
            }
            nftnl_expr_iter_destroy(iterator)
        }
        let data = bytes { nftnl_rule_get_data(object, UInt16(NFTNL_RULE_USERDATA.rawValue), $0) }
        return (chain, FilterRule(expressions, comment: comment(data)))
    }

    /// The comment among a rule's user data.
    private static func comment(_ data: [UInt8]) -> String? {
        var rest = data[...]
        while rest.count >= 2 {
            let length = Int(rest[rest.startIndex + 1])
            let value = rest.dropFirst(2).prefix(length)
            if rest[rest.startIndex] == 0 { return String(decoding: value.prefix { $0 != 0 }, as: UTF8.self) }
            rest = rest.dropFirst(2 + length)
        }
        return nil
    }
}

extension NamedSet {
    /// Without its elements. nil for sets that rules have to themselves, and for types that this library does not know.
    init?(_ header: UnsafePointer<nlmsghdr>) {
        guard let object = nftnl_set_alloc() else { return nil }
        defer { nftnl_set_free(object) }
        func number(_ attribute: nftnl_set_attr) -> UInt32 { nftnl_set_get_u32(object, UInt16(attribute.rawValue)) }
        guard nftnl_set_nlmsg_parse(header, object) == 0,
            let name = string(nftnl_set_get_str(object, UInt16(NFTNL_SET_NAME.rawValue))),
            let key = [KeyType](typeNumber: number(NFTNL_SET_KEY_TYPE))
        else { return nil }
        let flags = number(NFTNL_SET_FLAGS)
        guard flags & NFT_SET_ANONYMOUS.rawValue == 0 else { return nil }
        var target: Target?
        if flags & NFT_SET_MAP.rawValue != 0 {
            let type = number(NFTNL_SET_DATA_TYPE)
            target = type == 0xffff_ff00 ? .verdict : KeyType(rawValue: type).map { .value($0) }
        }
        self.init(name, key: key, maps: target, isInterval: flags & NFT_SET_INTERVAL.rawValue != 0)
    }
}

/// An element as the kernel tells it: of an interval of one field only an end.
struct RawElement {
    var key: [UInt8]
    var lastKey: [UInt8]?
    var isEnd: Bool
    var value: SetElement.Value?

    /// Those of one message.
    static func decode(_ header: UnsafePointer<nlmsghdr>) -> [RawElement] {
        guard let object = nftnl_set_alloc() else { return [] }
        defer { nftnl_set_free(object) }
        guard nftnl_set_elems_nlmsg_parse(header, object) == 0, let iterator = nftnl_set_elems_iter_create(object)
        else { return [] }
        defer { nftnl_set_elems_iter_destroy(iterator) }
        var elements: [RawElement] = []
        while let element = nftnl_set_elems_iter_next(iterator) { elements.append(RawElement(element)) }
        return elements
    }

    private init(_ element: OpaquePointer) {
        func has(_ attribute: Int) -> Bool { nftnl_set_elem_is_set(element, UInt16(attribute)) }
        func data(_ attribute: Int) -> [UInt8] { bytes { nftnl_set_elem_get(element, UInt16(attribute), $0) } }
        // The library reads through a null pointer where an attribute is not there.
        func number(_ attribute: Int) -> UInt32 {
            has(attribute) ? nftnl_set_elem_get_u32(element, UInt16(attribute)) : 0
        }
        key = data(Int(NFTNL_SET_ELEM_KEY))
        lastKey = has(Int(NFTNL_SET_ELEM_KEY_END)) ? data(Int(NFTNL_SET_ELEM_KEY_END)) : nil
        isEnd = number(Int(NFTNL_SET_ELEM_FLAGS)) & NFT_SET_ELEM_INTERVAL_END.rawValue != 0
        if has(Int(NFTNL_SET_ELEM_VERDICT)) {
            let verdict = Int32(bitPattern: number(Int(NFTNL_SET_ELEM_VERDICT)))
            let chain = string(nftnl_set_elem_get_str(element, UInt16(NFTNL_SET_ELEM_CHAIN)))
            value = Verdict(number: verdict, chain: chain).map { .verdict($0) }
        } else if has(Int(NFTNL_SET_ELEM_DATA)) {
            value = .bytes(data(Int(NFTNL_SET_ELEM_DATA)))
        }
    }
}

extension NamedSet {
    /// The elements that `raw` are. Ends of intervals come in any order.
    func elements(_ raw: [RawElement]) -> Set<SetElement> {
        guard isInterval, key.count == 1 else {
            return Set(raw.map { SetElement(first: $0.key, last: $0.lastKey, value: $0.value) })
        }
        var elements: Set<SetElement> = []
        var open: RawElement?
        // Where one interval ends and the next begins, the end comes first.
        let ordered = raw.sorted { a, b in
            a.key == b.key ? a.isEnd && !b.isEnd : a.key.lexicographicallyPrecedes(b.key)
        }
        for end in ordered {
            guard end.isEnd else {
                open = end
                continue
            }
            if let first = open, let last = end.key.predecessor {
                elements.insert(SetElement(first: first.key, last: last, value: first.value))
            }
            open = nil
        }
        if let open {
            let last = [UInt8](repeating: 255, count: open.key.count)
            elements.insert(SetElement(first: open.key, last: last, value: open.value))
        }
        return elements
    }
}
