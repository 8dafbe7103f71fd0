internal import CNftnl
internal import Glibc
public import Netlink

extension NftablesSocket {
    /// All tables of the families that this library knows: `nft list tables`.
    public func tables() throws(NetlinkError) -> [TableStatus] {
        try dump(NFT_MSG_GETTABLE.rawValue, nil, "tables") { TableStatus($0) }
    }

    /// A table with all that is in it: `nft list table inet NAME`. nil: there is none.
    ///
    /// - Throws: `NetlinkError`; EINTR if it changed again and again while it was read.
    public func table(_ identity: Table.Identity) throws(NetlinkError) -> Table? {
        for _ in 0..<10 {
            let before = try generation()
            do throws(NetlinkError) {
                let table = try read(identity)
                if try generation() == before { return table }
            } catch  where error.code == ENOENT {
                // It went while it was read.
                if try generation() == before { throw error }
            }
        }
        throw NetlinkError(
            code: EINTR,
            action: "reading",
            object: "table \(identity)",
            kernelText: "it changed ten times while it was read"
        )
    }

    /// The named counters of a table: `nft list counters table inet NAME`.
    public func counters(_ identity: Table.Identity) throws(NetlinkError) -> [String: Counter] {
        let object = try identity.encodedObjects()
        defer { nftnl_obj_free(object) }
        let found: [(String, Counter)] = try dump(
            NFT_MSG_GETOBJ.rawValue,
            identity.family,
            "counters of table \(identity)",
            fill: { nftnl_obj_nlmsg_build_payload($0, object) },
            { Counter.decode($0) }
        )
        return Dictionary(found) { first, _ in first }
    }

    /// Increases with every change of anything: the kernel's generation of the ruleset.
    public func generation() throws(NetlinkError) -> UInt32 {
        let numbers: [UInt32] = try ask(NFT_MSG_GETGEN.rawValue, nil, "the generation of the ruleset") { header in
            guard let object = nftnl_gen_alloc() else { return nil }
            defer { nftnl_gen_free(object) }
            guard nftnl_gen_nlmsg_parse(header, object) == 0 else { return nil }
            return nftnl_gen_get_u32(object, UInt16(NFTNL_GEN_ID))
        }
        return numbers.first ?? 0
    }

    private func read(_ identity: Table.Identity) throws(NetlinkError) -> Table? {
        guard try tables().contains(where: { $0.identity == identity }) else { return nil }
        let name = identity.name
        let chains = try dump(NFT_MSG_GETCHAIN.rawValue, identity.family, "chains of \(identity)") {
            Chain($0, of: name)
        }
        var table = Table(identity.family, name, chains: chains)
        for (chain, rule) in try rules(identity) { table.chains[chain]?.rules.append(rule) }
        for set in try sets(identity) {
            var set = set
            set.elements = set.elements(try elements(of: set, identity))
            table.sets[set.name] = set
        }
        table.counters = Set(try counters(identity).keys)
        return table
    }

    private func rules(_ identity: Table.Identity) throws(NetlinkError) -> [(chain: String, rule: FilterRule)] {
        let object = try allocated(nftnl_rule_alloc())
        defer { nftnl_rule_free(object) }
        _ = nftnl_rule_set_str(object, UInt16(NFTNL_RULE_TABLE.rawValue), identity.name)
        return try dump(
            NFT_MSG_GETRULE.rawValue,
            identity.family,
            "rules of \(identity)",
            fill: { nftnl_rule_nlmsg_build_payload($0, object) },
            { FilterRule.decode($0) }
        )
    }

    private func sets(_ identity: Table.Identity) throws(NetlinkError) -> [NamedSet] {
        let object = try allocated(nftnl_set_alloc())
        defer { nftnl_set_free(object) }
        _ = nftnl_set_set_str(object, UInt16(NFTNL_SET_TABLE.rawValue), identity.name)
        return try dump(
            NFT_MSG_GETSET.rawValue,
            identity.family,
            "sets of \(identity)",
            fill: { nftnl_set_nlmsg_build_payload($0, object) },
            { NamedSet($0) }
        )
    }

    private func elements(of set: NamedSet, _ identity: Table.Identity) throws(NetlinkError) -> [RawElement] {
        let object = try identity.encodedSet(set.name)
        defer { nftnl_set_free(object) }
        let lists: [[RawElement]] = try dump(
            NFT_MSG_GETSETELEM.rawValue,
            identity.family,
            "elements of \(identity) \(set.name)",
            fill: { nftnl_set_elems_nlmsg_build_payload($0, object) },
            { RawElement.decode($0) }
        )
        return lists.flatMap { $0 }
    }
}

extension Table.Identity {
    /// All its counters.
    func encodedObjects() throws(NetlinkError) -> OpaquePointer {
        let object = try allocated(nftnl_obj_alloc())
        nftnl_obj_set_str(object, UInt16(NFTNL_OBJ_TABLE), name)
        nftnl_obj_set_u32(object, UInt16(NFTNL_OBJ_TYPE), Attribute.counterObject)
        return object
    }
}

extension Counter {
    /// A counter and its name.
    static func decode(_ header: UnsafePointer<nlmsghdr>) -> (String, Counter)? {
        guard let object = nftnl_obj_alloc() else { return nil }
        defer { nftnl_obj_free(object) }
        guard nftnl_obj_nlmsg_parse(header, object) == 0,
            nftnl_obj_get_u32(object, UInt16(NFTNL_OBJ_TYPE)) == Attribute.counterObject,
            let name = string(nftnl_obj_get_str(object, UInt16(NFTNL_OBJ_NAME)))
        else { return nil }
        return (
            name,
            Counter(
                packets: nftnl_obj_get_u64(object, UInt16(NFTNL_OBJ_CTR_PKTS)),
                bytes: nftnl_obj_get_u64(object, UInt16(NFTNL_OBJ_CTR_BYTES))
            )
        )
    }
}
