internal import Addresses

extension NamedSet {
    /// An element in the words of `nft`: `10.13.200.33 . 80`, `10.13.200.32-10.13.200.63`.
    public func text(_ element: SetElement) -> String {
        let first = fields(element.first)
        var text = first.joined(separator: " . ")
        if let last = element.last, last != element.first {
            let pairs = zip(first, fields(last))
            text = pairs.map { $0 == $1 ? $0 : "\($0)-\($1)" }.joined(separator: " . ")
        }
        switch element.value {
        case .verdict(let verdict): text += " : \(verdict)"
        case .bytes(let bytes):
            if case .value(let type) = target { text += " : " + Self.text(type, bytes[...]) }
        case nil: break
        }
        return text
    }

    private func fields(_ bytes: [UInt8]) -> [String] {
        var rest = bytes[...]
        return key.map { type in
            let field = rest.prefix(type.length)
            rest = rest.dropFirst(key.count == 1 ? type.length : (type.length + 3) & ~3)
            return Self.text(type, field)
        }
    }

    private static func text(_ type: KeyType, _ bytes: ArraySlice<UInt8>) -> String {
        let isLittleEndian = 1.littleEndian == 1
        let ordered = type.isNative && isLittleEndian ? Array(bytes.reversed()) : Array(bytes)
        switch type {
        case .ipv4Address, .ipv6Address: return IPAddress(bytes: bytes).map { "\($0)" } ?? "?"
        case .etherAddress: return MACAddress(bytes: bytes).map { "\($0)" } ?? "?"
        case .interfaceName: return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        default: return String(ordered.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
    }
}
