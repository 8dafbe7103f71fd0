internal import Glibc

/// A variable of a connection (configuration manual, 2.8), in a list: who uses variables has few.
struct SampleVariable {
    var next: UnsafeMutablePointer<SampleVariable>?
    /// What ``VariableNames`` calls it.
    let number: UInt32
    var isSet = true
    private var type = SampleType.boolean
    private var value: UInt128 = 0
    private var family: UInt8 = 0
    private var bytes: UnsafeMutablePointer<UInt8>?
    private var count = 0
    private var capacity = 0

    init(_ number: UInt32, before next: UnsafeMutablePointer<SampleVariable>?) {
        self.number = number
        self.next = next
    }

    /// Points to the variable's own bytes.
    var sample: Sample {
        switch type {
        case .boolean: .boolean(value != 0)
        case .integer: .integer(Int64(truncatingIfNeeded: value))
        case .address: .address(value, family: family)
        case .string: .string(UnsafeRawBufferPointer(start: bytes, count: count))
        case .binary: .binary(UnsafeRawBufferPointer(start: bytes, count: count))
        }
    }

    mutating func set(_ sample: Sample) {
        type = sample.type
        switch sample {
        case .boolean(let value): self.value = value ? 1 : 0
        case .integer(let value): self.value = UInt128(truncatingIfNeeded: value)
        case .address(let value, let family): (self.value, self.family) = (value, family)
        case .string(let text), .binary(let text): keep(text)
        }
    }

    private mutating func keep(_ text: UnsafeRawBufferPointer) {
        if text.count > capacity {
            let larger = max(32, text.count)
            let room = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
            // It may be its own text that is cut.
            if let start = text.baseAddress { memcpy(room, start, text.count) }
            bytes?.deallocate()
            (bytes, capacity) = (room, larger)
        } else if let bytes, let start = text.baseAddress {
            memmove(bytes, start, text.count)
        }
        count = text.count
    }

    func free() { bytes?.deallocate() }
}

/// The first of a list of variables.
struct SampleVariables {
    private var first: UnsafeMutablePointer<SampleVariable>?

    func value(_ number: UInt32) -> Sample? {
        guard let variable = find(number), variable.pointee.isSet else { return nil }
        return variable.pointee.sample
    }

    private func find(_ number: UInt32) -> UnsafeMutablePointer<SampleVariable>? {
        var next = first
        while let variable = next, variable.pointee.number != number { next = variable.pointee.next }
        return next
    }

    mutating func set(_ number: UInt32, _ sample: Sample) {
        if let known = find(number) {
            known.pointee.isSet = true
            return known.pointee.set(sample)
        }
        let variable = UnsafeMutablePointer<SampleVariable>.allocate(capacity: 1)
        variable.initialize(to: SampleVariable(number, before: first))
        variable.pointee.set(sample)
        first = variable
    }

    /// One that is unset keeps its room.
    mutating func unset(_ number: UInt32) { find(number)?.pointee.isSet = false }

    /// What is said has been judged, and a server is looked for: from here on variables of the request are not there.
    func endRequest() {
        var next = first
        while let variable = next {
            if variable.pointee.number & VariableNames.ofRequest != 0 { variable.pointee.isSet = false }
            next = variable.pointee.next
        }
    }

    mutating func removeAll() {
        while let variable = first {
            first = variable.pointee.next
            variable.pointee.free()
            variable.deallocate()
        }
    }
}

/// Numbers for the names of variables, the same for the same name in every plan. Those of the whole process have the
/// highest bit set, those of a request the next one.
///
/// Only whoever makes plans touches it.
final class VariableNames {
    static let ofProcess: UInt32 = 1 << 31
    /// Those of the request, `req.`
    static let ofRequest: UInt32 = 1 << 30

    private var numbers: [String: UInt32] = [:]

    /// nil of one that nobody has spoken of.
    func known(_ name: String) -> UInt32? { numbers[name] }

    func number(of name: String) -> UInt32 {
        if let number = numbers[name] { return number }
        let scope = name.hasPrefix("proc.") ? Self.ofProcess : name.hasPrefix("req.") ? Self.ofRequest : 0
        let number = UInt32(numbers.count + 1) | scope
        numbers[name] = number
        return number
    }
}
