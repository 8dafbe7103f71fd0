internal import ProxyConfig

/// The numbers of a frontend's sockets: those of `id`; for the others the lowest that is free, counted from their place on.
struct ListenerNumbers {
    private var taken: Set<Int>
    private var place = 0

    init(_ binds: [Bind]) { taken = Set(binds.compactMap { $0.id }) }

    /// That of the next socket, which is one of `bind`.
    mutating func next(_ bind: Bind) -> UInt32 {
        place += 1
        if let id = bind.id { return UInt32(clamping: id) }
        // Without a set to look into, as long as nobody has chosen a number.
        if taken.isEmpty { return UInt32(clamping: place) }
        while !taken.insert(place).inserted { place += 1 }
        return UInt32(clamping: place)
    }
}
