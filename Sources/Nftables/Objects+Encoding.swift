internal import CNftnl
internal import Glibc
internal import Netlink

// Values as objects of libnftnl. Whoever asks for one frees it.

extension Table.Protection {
    /// NFT_TABLE_F_OWNER; headers before Linux 6.9 do not have the other, NFT_TABLE_F_PERSIST.
    var flags: UInt32 {
        switch self {
        case .none: 0
        case .persistent: 4
        case .owned: 2 | 4
        }
    }

    init(flags: UInt32) {
        self = flags & 2 != 0 ? .owned : flags & 4 != 0 ? .persistent : .none
    }
}

extension Table.Identity {
    /// - Parameter flags: nil leaves them out.
    func encoded(_ flags: UInt32?) throws(NetlinkError) -> OpaquePointer {
        let object = try allocated(nftnl_table_alloc())
        nftnl_table_set_u32(object, UInt16(NFTNL_TABLE_FAMILY.rawValue), UInt32(family.rawValue))
        nftnl_table_set_str(object, UInt16(NFTNL_TABLE_NAME.rawValue), name)
        if let flags { nftnl_table_set_u32(object, UInt16(NFTNL_TABLE_FLAGS.rawValue), flags) }
        return object
    }

    func encodedCounter(_ counter: String) throws(NetlinkError) -> OpaquePointer {
        let object = try allocated(nftnl_obj_alloc())
        nftnl_obj_set_str(object, UInt16(NFTNL_OBJ_TABLE), name)
        nftnl_obj_set_str(object, UInt16(NFTNL_OBJ_NAME), counter)
        nftnl_obj_set_u32(object, UInt16(NFTNL_OBJ_TYPE), Attribute.counterObject)
        return object
    }

    /// A set by its name alone: for its elements, and for taking it away.
    func encodedSet(_ set: String) throws(NetlinkError) -> OpaquePointer {
        let object = try allocated(nftnl_set_alloc())
        _ = nftnl_set_set_str(object, UInt16(NFTNL_SET_TABLE.rawValue), name)
        _ = nftnl_set_set_str(object, UInt16(NFTNL_SET_NAME.rawValue), set)
        return object
    }
}

extension Chain {
    func encoded(in table: Table.Identity) throws(NetlinkError) -> OpaquePointer {
        let object = try allocated(nftnl_chain_alloc())
        _ = nftnl_chain_set_str(object, UInt16(NFTNL_CHAIN_TABLE.rawValue), table.name)
        _ = nftnl_chain_set_str(object, UInt16(NFTNL_CHAIN_NAME.rawValue), name)
        guard let hook else { return object }
        _ = nftnl_chain_set_str(object, UInt16(NFTNL_CHAIN_TYPE.rawValue), hook.kind.rawValue)
        nftnl_chain_set_u32(object, UInt16(NFTNL_CHAIN_HOOKNUM.rawValue), hook.number)
        nftnl_chain_set_s32(object, UInt16(NFTNL_CHAIN_PRIO.rawValue), hook.priority)
        nftnl_chain_set_u32(object, UInt16(NFTNL_CHAIN_POLICY.rawValue), hook.policy.rawValue)
        return object
    }
}

extension FilterRule {
    func encoded(in table: Table.Identity, chain: String) throws(NetlinkError) -> OpaquePointer {
        let object = try allocated(nftnl_rule_alloc())
        _ = nftnl_rule_set_str(object, UInt16(NFTNL_RULE_TABLE.rawValue), table.name)
        _ = nftnl_rule_set_str(object, UInt16(NFTNL_RULE_CHAIN.rawValue), chain)
        do throws(NetlinkError) {
            for expression in expressions { nftnl_rule_add_expr(object, try expression.encoded()) }
        } catch {
            nftnl_rule_free(object)
            throw error
        }
        if let comment {
            // NFTNL_UDATA_RULE_COMMENT: type, length, text and its NUL.
            let text = Array(comment.utf8.prefix(127)) + [0]
            let data = [0, UInt8(text.count)] + text
            _ = nftnl_rule_set_data(object, UInt16(NFTNL_RULE_USERDATA.rawValue), data, UInt32(data.count))
        }
        return object
    }
}

extension NamedSet {
    /// - Parameter number: Of the set in its transaction; the kernel asks for one.
    func encoded(in table: Table.Identity, number: UInt32) throws(NetlinkError) -> OpaquePointer {
        let object = try table.encodedSet(name)
        func set(_ attribute: nftnl_set_attr, _ value: UInt32) {
            nftnl_set_set_u32(object, UInt16(attribute.rawValue), value)
        }
        func set(_ attribute: nftnl_set_attr, _ data: [UInt8]) {
            _ = nftnl_set_set_data(object, UInt16(attribute.rawValue), data, UInt32(data.count))
        }
        set(NFTNL_SET_FAMILY, UInt32(table.family.rawValue))
        set(NFTNL_SET_ID, number)
        set(NFTNL_SET_FLAGS, flags)
        set(NFTNL_SET_KEY_TYPE, key.typeNumber)
        set(NFTNL_SET_KEY_LEN, UInt32(key.keyLength))
        if key.count > 1, isInterval { set(NFTNL_SET_DESC_CONCAT, key.map { UInt8($0.length) }) }
        // NFTNL_UDATA_SET_KEYBYTEORDER and …DATABYTEORDER, as nft keeps them to list the set: 1 the machine's, 2 the
        // network's.
        var comment = key.count > 1 ? [] : [0, 4] + Match.native(key[0].isNative ? 1 : 2)
        switch target {
        case .verdict:
            set(NFTNL_SET_DATA_TYPE, 0xffff_ff00)
            // struct nft_verdict as it goes over the wire.
            set(NFTNL_SET_DATA_LEN, 16)
        case .value(let type):
            set(NFTNL_SET_DATA_TYPE, type.rawValue)
            set(NFTNL_SET_DATA_LEN, UInt32(type.length))
            comment += [1, 4] + Match.native(type.isNative ? 1 : 2)
        case nil: break
        }
        if !comment.isEmpty { set(NFTNL_SET_USERDATA, comment) }
        return object
    }

    /// `NFT_SET_*`
    private var flags: UInt32 {
        (isInterval ? NFT_SET_INTERVAL.rawValue : 0) | (target != nil ? NFT_SET_MAP.rawValue : 0)
            | (isInterval && key.count > 1 ? NFT_SET_CONCAT.rawValue : 0)
    }
}

extension SetElement {
    /// Adds it to a set of libnftnl. An interval of a single field is two elements there: its first, and the one behind
    /// its last, which says that it has ended.
    func encode(into object: OpaquePointer, of set: NamedSet) throws(NetlinkError) {
        let isConcatenation = set.key.count > 1
        let element = try allocated(nftnl_set_elem_alloc())
        func put(_ element: OpaquePointer, _ attribute: Int, _ data: [UInt8]) {
            _ = nftnl_set_elem_set(element, UInt16(attribute), data, UInt32(data.count))
        }
        put(element, Int(NFTNL_SET_ELEM_KEY), first)
        if set.isInterval, isConcatenation { put(element, Int(NFTNL_SET_ELEM_KEY_END), last ?? first) }
        switch value {
        case .bytes(let data): put(element, Int(NFTNL_SET_ELEM_DATA), data)
        case .verdict(let verdict):
            let number = UInt32(bitPattern: verdict.number)
            nftnl_set_elem_set_u32(element, UInt16(NFTNL_SET_ELEM_VERDICT), number)
            if let chain = verdict.chain {
                _ = nftnl_set_elem_set_str(element, UInt16(NFTNL_SET_ELEM_CHAIN), chain)
            }
        case nil: break
        }
        nftnl_set_elem_add(object, element)
        guard set.isInterval, !isConcatenation, let behind = (last ?? first).successor else { return }
        let end = try allocated(nftnl_set_elem_alloc())
        put(end, Int(NFTNL_SET_ELEM_KEY), behind)
        nftnl_set_elem_set_u32(end, UInt16(NFTNL_SET_ELEM_FLAGS), NFT_SET_ELEM_INTERVAL_END.rawValue)
        nftnl_set_elem_add(object, end)
    }
}

extension [UInt8] {
    /// The next number in network order; nil behind the last.
    var successor: [UInt8]? {
        var next = self
        for index in indices.reversed() {
            next[index] &+= 1
            if next[index] != 0 { return next }
        }
        return nil
    }

    /// The number before; nil before zero.
    var predecessor: [UInt8]? {
        var next = self
        for index in indices.reversed() {
            next[index] &-= 1
            if next[index] != 255 { return next }
        }
        return nil
    }
}
