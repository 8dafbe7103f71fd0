/// The attributes of a message. A look-up walks over the bytes: a message has a handful, a list has thousands of
/// messages, and a dictionary for each would take longer than the kernel does.
package struct NetlinkAttributes: Sequence {
    private let bytes: ArraySlice<UInt8>

    package init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// In the order of the message. An attribute with an impossible length ends the list.
    package struct Iterator: IteratorProtocol {
        fileprivate var rest: ArraySlice<UInt8>

        package mutating func next() -> (type: UInt16, value: NetlinkReader)? {
            let header = NetlinkReader(rest)
            let length = Int(header.number(0, as: UInt16.self))
            guard rest.count >= 4, length >= 4, length <= rest.count else { return nil }
            // The two high bits say "nested" and "network byte order".
            let type = header.number(2, as: UInt16.self) & 0x3fff
            let start = rest.startIndex
            let value = NetlinkReader(rest[start + 4..<start + length])
            rest = rest.dropFirst((length + 3) & ~3)
            return (type, value)
        }
    }

    package func makeIterator() -> Iterator { Iterator(rest: bytes) }

    package var isEmpty: Bool { !contains { _ in true } }

    /// The attribute `type`, whichever integer type the header gave its name; of several the last, as in the kernel.
    package subscript(type: some BinaryInteger) -> NetlinkReader? {
        let wanted = UInt16(truncatingIfNeeded: type)
        var result: NetlinkReader?
        for (type, value) in self where type == wanted { result = value }
        return result
    }
}
