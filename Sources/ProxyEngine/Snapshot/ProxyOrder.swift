/// In which order the configuration has its sections: frontends and backends are told of in this order, and have their
/// numbers by it (`iid` of `show stat`).
public struct ProxyOrder: Hashable, Sendable {
    /// What a section has. Neither: it is not served, and has a number nevertheless.
    public struct Sides: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let frontend = Sides(rawValue: 1)
        public static let backend = Sides(rawValue: 2)
    }

    /// HAProxy's first; it has proxies of its own before.
    static let first: UInt32 = 2

    public var sections: [Sides]
    /// Numbers that were given by hand (`id`), by the place of the section.
    public var numbers: [Int: UInt32]
    /// The file, and the line of each section's header, as messages name them.
    public var file = ""
    public var lines: [UInt32] = []

    public init(sections: [Sides] = [], numbers: [Int: UInt32] = [:]) {
        self.sections = sections
        self.numbers = numbers
    }

    /// A section by the places of its halves among the frontends and the backends.
    public struct Section {
        public var number: UInt32
        public var frontend: Int?
        public var backend: Int?
        /// Of its header; 0 if that is not known.
        public var line = 0
    }

    /// Every section that is served. Without an order for so many, frontends come before backends, and those of one name
    /// are one section.
    ///
    /// - Parameter names: Of so many frontends and backends; asked for where there is no order.
    public func sections(
        _ frontends: Int,
        _ backends: Int,
        names: () -> (frontends: [String], backends: [String])
    ) -> [Section] {
        if let sections = sections(frontends, backends) { return sections }
        let names = names()
        return Self.byName(names.frontends, names.backends)
    }

    /// nil without an order for so many.
    private func sections(_ frontends: Int, _ backends: Int) -> [Section]? {
        guard sections.count(where: { $0.contains(.frontend) }) == frontends,
            sections.count(where: { $0.contains(.backend) }) == backends
        else { return nil }
        var result: [Section] = []
        result.reserveCapacity(sections.count)
        var (frontend, backend, next) = (0, 0, Self.first)
        let taken = Set(numbers.values)
        for (place, sides) in sections.enumerated() {
            if numbers[place] == nil {
                while taken.contains(next) { next += 1 }
            }
            var section = Section(number: numbers[place] ?? next)
            if place < lines.count { section.line = Int(lines[place]) }
            // HAProxy counts on over those that have a number of their own, too.
            next += 1
            if sides.contains(.frontend) {
                section.frontend = frontend
                frontend += 1
            }
            if sides.contains(.backend) {
                section.backend = backend
                backend += 1
            }
            if !sides.isEmpty { result.append(section) }
        }
        return result
    }

    private static func byName(_ frontends: [String], _ backends: [String]) -> [Section] {
        var places = Dictionary(backends.enumerated().map { ($1, $0) }) { first, _ in first }
        var result: [Section] = []
        for (index, name) in frontends.enumerated() {
            result.append(Section(number: 0, frontend: index, backend: places.removeValue(forKey: name)))
        }
        for (index, name) in backends.enumerated() where places[name] == index {
            result.append(Section(number: 0, frontend: nil, backend: index))
        }
        for index in result.indices { result[index].number = first + UInt32(index) }
        return result
    }
}

extension ByteWriter {
    mutating func write(_ order: ProxyOrder) {
        number(UInt32(truncatingIfNeeded: order.sections.count))
        bytes.reserveCapacity(bytes.count + order.sections.count)
        for sides in order.sections { bytes.append(sides.rawValue) }
        list(order.numbers.sorted { $0.key < $1.key }) {
            $0.number(UInt32(truncatingIfNeeded: $1.key))
            $0.number($1.value)
        }
        string(order.file)
        list(order.lines) { $0.number($1) }
    }
}

extension ByteReader {
    mutating func proxyOrder() throws(MalformedSnapshot) -> ProxyOrder {
        let sections = try list { (reader) throws(MalformedSnapshot) in
            ProxyOrder.Sides(rawValue: try reader.number(UInt8.self))
        }
        let numbers = try list { (reader) throws(MalformedSnapshot) in
            (Int(try reader.number(UInt32.self)), try reader.number(UInt32.self))
        }
        var order = ProxyOrder(sections: sections, numbers: Dictionary(numbers) { first, _ in first })
        order.file = try string()
        order.lines = try list { (reader) throws(MalformedSnapshot) in try reader.number() }
        return order
    }
}
