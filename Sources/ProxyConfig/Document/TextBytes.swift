internal import Glibc

/// Bytes that lines are cut from: the text of a whole file, or of one line that was made anew. They never change.
final class TextBytes: @unchecked Sendable {
    let start: UnsafePointer<UInt8>
    let count: Int
    /// Whose memory it is, if not ours.
    private let owner: TextBytes?

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ ending: StaticString = "") {
        count = bytes.count + ending.utf8CodeUnitCount
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, count))
        if let source = bytes.baseAddress { copy.initialize(from: source, count: bytes.count) }
        (copy + bytes.count).initialize(from: ending.utf8Start, count: ending.utf8CodeUnitCount)
        start = UnsafePointer(copy)
        owner = nil
    }

    /// The same bytes, counted for themselves: threads that count who holds the lines of one text wait for each other.
    init(sharing other: TextBytes) {
        start = other.start
        count = other.count
        owner = other.owner ?? other
    }

    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    deinit { if owner == nil { start.deallocate() } }
}

extension UnsafeBufferPointer<UInt8> {
    /// Offset of the first `byte` from `start` on.
    func offset(of byte: UInt8, from start: Int) -> Int? {
        guard start < count, let base = baseAddress, let found = memchr(base + start, CInt(byte), count - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    var isASCII: Bool {
        let bytes = UnsafeRawBufferPointer(self)
        var index = 0
        while index + 8 <= bytes.count {
            if bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
            index += 8
        }
        return bytes[index...].allSatisfy { $0 < 0x80 }
    }

    func hasSameBytes(as other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard count == other.count else { return false }
        guard count > 0, let a = baseAddress, let b = other.baseAddress else { return true }
        return a == b || memcmp(a, b, count) == 0
    }
}

extension String {
    func contains(byte: UInt8) -> Bool {
        utf8.withContiguousStorageIfAvailable { $0.offset(of: byte, from: 0) != nil } ?? utf8.contains(byte)
    }
}
