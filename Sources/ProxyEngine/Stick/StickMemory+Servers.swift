// Which server a key belongs to.
extension StickMemory {
    /// A server as an entry knows it.
    struct Server: Equatable {
        /// What ``ServerNames`` calls it; 0: by no name.
        var name: UInt32
        /// The number of its line; 0: unknown.
        var id: UInt32
    }

    /// The server of a key, whose time starts anew; nil if there is no entry, or none any more.
    mutating func match(_ key: UnsafeRawBufferPointer, now: UInt64) -> Server? {
        locked { table in
            let index = table.find(key, now)
            if index == Self.none { return nil }
            table.touch(index, now)
            return Server(name: table.number(.serverKey, index), id: table.number(.serverID, index))
        }
    }

    /// False if there is no room.
    mutating func store(_ key: UnsafeRawBufferPointer, _ server: Server, now: UInt64) -> Bool {
        locked { table in
            let index = table.findOrMake(key, now)
            if index == Self.none { return false }
            if let offset = table.columns.offset(.serverKey) {
                table.entry(index).storeBytes(of: server.name, toByteOffset: offset, as: UInt32.self)
            }
            if let offset = table.columns.offset(.serverID) {
                table.entry(index).storeBytes(of: server.id, toByteOffset: offset, as: UInt32.self)
            }
            table.touch(index, now)
            return true
        }
    }

    mutating func match(_ key: StickKey, now: UInt64) -> UInt32? { key.withBytes { match($0, now: now) }?.name }

    @discardableResult
    mutating func store(_ key: StickKey, server: UInt32, now: UInt64) -> Bool {
        key.withBytes { store($0, Server(name: server, id: 0), now: now) }
    }

    /// Entries that have not expired.
    mutating func count(now: UInt64) -> Int {
        locked { table in
            table.removeExpired(now)
            return Int(table.used)
        }
    }

    func number(_ kind: StickData.Kind, _ index: UInt32, _ element: UInt32 = 0) -> UInt32 {
        guard let offset = columns.offset(kind, element) else { return 0 }
        return entry(index).load(fromByteOffset: offset, as: UInt32.self)
    }
}
