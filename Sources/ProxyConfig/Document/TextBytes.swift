internal import Glibc

/// Bytes that lines are cut from: the text of a whole file, or of one line that was made anew. They never change.
final class TextBytes: @unchecked Sendable {
    let start: UnsafePointer<UInt8>
    let count: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ ending: StaticString = "") {
        count = bytes.count + ending.utf8CodeUnitCount
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, count))
        if let source = bytes.baseAddress { copy.initialize(from: source, count: bytes.count) }
        (copy + bytes.count).initialize(from: ending.utf8Start, count: ending.utf8CodeUnitCount)
        start = UnsafePointer(copy)
    }

    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    deinit { start.deallocate() }
}

extension UnsafeBufferPointer<UInt8> {
    /// Offset of the first `byte` from `start` on.
    func offset(of byte: UInt8, from start: Int) -> Int? {
        guard start < count, let base = baseAddress, let found = memchr(base + start, CInt(byte), count - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    func hasSameBytes(as other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard count == other.count else { return false }
        guard count > 0, let a = baseAddress, let b = other.baseAddress else { return true }
        return a == b || memcmp(a, b, count) == 0
    }
}
