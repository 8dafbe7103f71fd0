/// The readers of foreign bytes, for `make fuzz`: each traps if it contradicts itself.
public enum Fuzzable {
    /// A header that is read from the whole must not be read otherwise from a part.
    public static func readProxyHeader(_ bytes: UnsafeRawBufferPointer) {
        let whole = ProxyHeaderReader.read(bytes)
        if case .header(let header) = whole { precondition(header.length <= bytes.count, "longer than the bytes") }
        guard bytes.count > 1 else { return }
        switch (ProxyHeaderReader.read(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])), whole) {
        // The words of a refusal may differ: too long a line is another reason.
        case (.incomplete, _), (.refused, .refused): break
        case (let part, _): precondition(part == whole, "a part says something else")
        }
    }

    /// What is decoded and encoded again decodes to the same.
    public static func readSnapshot(_ bytes: [UInt8]) {
        guard let snapshot = try? ProxySnapshot(encoded: bytes) else { return }
        precondition((try? ProxySnapshot(encoded: snapshot.encoded())) == snapshot, "another snapshot")
    }
}
