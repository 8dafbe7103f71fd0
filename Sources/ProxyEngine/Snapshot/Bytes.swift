internal import Addresses

/// Appends numbers, strings and lists to a byte array.
struct ByteWriter {
    var bytes: [UInt8] = []
    /// The name of the proxy that is written. Most strings of a proxy begin as its name does, and are written by the rest.
    private var name: Range<Int>?

    mutating func number(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

    /// A number in as few bytes as it takes: seven bits in each, the low ones first.
    mutating func count(_ value: Int) {
        var rest = UInt(bitPattern: value)
        while rest > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { text in
            var shared = 0
            if let name {
                let most = min(name.count, text.count)
                while shared < most, text[shared] == bytes[name.lowerBound + shared] { shared += 1 }
            }
            count(shared)
            count(text.count - shared)
            bytes.append(contentsOf: text[shared...])
        }
    }

    /// A proxy, which begins with its name.
    mutating func proxy(_ name: String, _ body: (inout ByteWriter) -> Void) {
        string(name)
        self.name = bytes.count - name.utf8.count..<bytes.count
        body(&self)
        self.name = nil
    }

    mutating func list<Element>(_ elements: [Element], _ body: (inout ByteWriter, Element) -> Void) {
        number(UInt32(elements.count))
        for element in elements { body(&self, element) }
    }

    mutating func optional<Value>(_ value: Value?, _ body: (inout ByteWriter, Value) -> Void) {
        flag(value != nil)
        if let value { body(&self, value) }
    }

    mutating func endpoint(_ endpoint: Endpoint) {
        address(endpoint.address)
        number(endpoint.port)
    }

    mutating func address(_ address: IPAddress) {
        number(address.family.rawValue)
        if address.family == .v4 {
            number(UInt32(truncatingIfNeeded: address.number))
        } else {
            number(UInt64(truncatingIfNeeded: address.number))
            number(UInt64(truncatingIfNeeded: address.number >> 64))
        }
    }

    mutating func network(_ network: IPNetwork) {
        address(network.address)
        number(UInt8(network.prefixLength))
    }

    mutating func range(_ range: ClosedRange<UInt16>) {
        number(range.lowerBound)
        number(range.upperBound)
    }
}

/// Reads what ``ByteWriter`` wrote; anything else is an error, never a trap.
struct ByteReader {
    private let bytes: [UInt8]
    private var position: Int
    /// Where the name of the proxy is that is read, and where the string ended that was read last.
    private var name = 0..<0
    private var last = 0..<0
    /// The one that was read last: most are set up alike.
    var lastServer: Server?

    init(_ bytes: [UInt8], from start: Int = 0) {
        self.bytes = bytes
        position = min(start, bytes.count)
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func number<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(MalformedSnapshot) -> Value {
        let size = Value.bitWidth / 8
        guard bytes.count - position >= size else { throw MalformedSnapshot() }
        var value: Value = 0
        for index in 0..<size { value |= Value(truncatingIfNeeded: bytes[position + index]) << Value(8 * index) }
        position += size
        return value
    }

    mutating func flag() throws(MalformedSnapshot) -> Bool { try number(UInt8.self) != 0 }

    mutating func count() throws(MalformedSnapshot) -> Int {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            let byte = try number(UInt8.self)
            value |= Int(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw MalformedSnapshot()
    }

    mutating func string() throws(MalformedSnapshot) -> String {
        let shared = try count()
        let count = try count()
        guard shared <= name.count, bytes.count - position >= count else { throw MalformedSnapshot() }
        let rest = position..<position + count
        position += count
        last = rest
        if shared == 0 { return String(decoding: bytes[rest], as: UTF8.self) }
        return String(unsafeUninitializedCapacity: shared + count) { buffer in
            _ = buffer.initialize(fromContentsOf: bytes[name.prefix(shared)])
            _ = buffer[shared...].initialize(fromContentsOf: bytes[rest])
            return shared + count
        }
    }

    /// So many bytes as they are.
    mutating func raw(_ count: Int) throws(MalformedSnapshot) -> [UInt8] {
        guard bytes.count - position >= count else { throw MalformedSnapshot() }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// A proxy, which begins with its name.
    mutating func proxy<Proxy>(
        _ body: (inout ByteReader, String) throws(MalformedSnapshot) -> Proxy
    ) throws(MalformedSnapshot) -> Proxy {
        let text = try string()
        name = last
        defer { name = 0..<0 }
        return try body(&self, text)
    }

    mutating func list<Element>(
        _ body: (inout ByteReader) throws(MalformedSnapshot) -> Element
    ) throws(MalformedSnapshot) -> [Element] {
        let count = Int(try number(UInt32.self))
        // Every element takes a byte at least: a count beyond that is no snapshot.
        guard count <= bytes.count - position else { throw MalformedSnapshot() }
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try body(&self)) }
        return elements
    }

    mutating func optionalNumber() throws(MalformedSnapshot) -> UInt32? { try flag() ? try number() : nil }

    mutating func endpoint() throws(MalformedSnapshot) -> Endpoint {
        Endpoint(try address(), port: try number())
    }

    mutating func address() throws(MalformedSnapshot) -> IPAddress {
        guard let family = IPAddress.Family(rawValue: try number()) else { throw MalformedSnapshot() }
        if family == .v4 { return IPAddress(v4: try number()) }
        let low = try number(UInt64.self)
        return IPAddress(family: family, number: UInt128(low) | UInt128(try number(UInt64.self)) << 64)
    }

    mutating func network() throws(MalformedSnapshot) -> IPNetwork {
        let base = try address()
        guard let network = IPNetwork(containing: base, prefixLength: Int(try number(UInt8.self))) else {
            throw MalformedSnapshot()
        }
        return network
    }

    mutating func range() throws(MalformedSnapshot) -> ClosedRange<UInt16> {
        let low: UInt16 = try number()
        let high: UInt16 = try number()
        guard low <= high else { throw MalformedSnapshot() }
        return low...high
    }
}
