internal import Addresses
internal import CLinux
internal import Patterns

/// An entry of a reference in memory, shared by all that look through it; the bytes of its key follow.
struct PatternCell {
    /// By which commands name it.
    let id: UInt64
    let keyCount: Int
    /// Of its file; 0 elsewhere.
    let line: Int
    /// `@<version>`: only those of the current one are looked at.
    let generation: UInt32
    /// 0 as soon as it is deleted. Readers look at it; what it lies in is freed when none can have it any more.
    var isAlive: UInt32 = 1
    /// A ``PatternValue``, exchanged as a whole; nil without one.
    var value: UnsafeMutableRawPointer?

    static func make(_ key: [UInt8], id: UInt64, line: Int, generation: UInt32) -> UnsafeMutablePointer<PatternCell> {
        let size = MemoryLayout<PatternCell>.stride + key.count
        let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        let cell = raw.bindMemory(to: PatternCell.self, capacity: 1)
        cell.initialize(to: PatternCell(id: id, keyCount: key.count, line: line, generation: generation))
        (raw + MemoryLayout<PatternCell>.stride).copyMemory(from: key, byteCount: key.count)
        return cell
    }
}

extension UnsafeMutablePointer<PatternCell> {
    var key: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: UnsafeRawPointer(self) + MemoryLayout<PatternCell>.stride,
            count: pointee.keyCount
        )
    }

    var keyText: String { String(decoding: key, as: UTF8.self) }

    var isAlive: Bool { clinux_atomic_load(&pointee.isAlive) != 0 }

    var value: UnsafeMutablePointer<PatternValue>? {
        clinux_atomic_load_pointer(&pointee.value)?.assumingMemoryBound(to: PatternValue.self)
    }

    /// With its value.
    func free() {
        pointee.value?.deallocate()
        deallocate()
    }
}

/// The value of an entry, in every form that a converter may ask for; the bytes of its text follow. It never changes.
struct PatternValue {
    let count: Int
    /// 0 if it is no number.
    let integer: Int64
    let address: UInt128
    /// 0 if it is no address.
    let family: UInt8

    static func make(_ text: String) -> UnsafeMutablePointer<PatternValue> {
        let bytes = Array(text.utf8)
        let size = MemoryLayout<PatternValue>.stride + bytes.count
        let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        var value = (integer: Int64(0), address: UInt128(0), family: UInt8(0))
        if case .integer(let number) = MapValue(text, .integer) { value.integer = number }
        if case .address(let address) = MapValue(text, .address) {
            (value.address, value.family) = (address.number, address.family == .v4 ? 4 : 6)
        }
        let made = raw.bindMemory(to: PatternValue.self, capacity: 1)
        made.initialize(
            to: PatternValue(
                count: bytes.count,
                integer: value.integer,
                address: value.address,
                family: value.family
            )
        )
        (raw + MemoryLayout<PatternValue>.stride).copyMemory(from: bytes, byteCount: bytes.count)
        return made
    }
}

extension UnsafeMutablePointer<PatternValue> {
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: UnsafeRawPointer(self) + MemoryLayout<PatternValue>.stride,
            count: pointee.count
        )
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The sample that a converter with this result gives; nil where it is of another kind.
    func sample(_ output: MapLookup.Output) -> Sample? {
        switch output {
        case .string: .string(bytes)
        case .integer: .integer(pointee.integer)
        case .address: pointee.family == 0 ? nil : .address(pointee.address, family: pointee.family)
        }
    }
}
