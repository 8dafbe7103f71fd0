/// A row of `show stat`: what is known of a frontend, a backend, a server or a listener. A field that does not concern it is
/// empty. One row serves for one after the other: ``begin(_:)`` empties it, and it takes memory once.
public struct StatisticsRow: ~Copyable {
    /// The raw value is HAProxy's, of the field `type`.
    public enum Kind: UInt8, CaseIterable, Sendable {
        case frontend = 0
        case backend = 1
        case server = 2
        case listener = 3

        /// `F`, `B`, `S`, `L`: the first letter of a typed line.
        var letter: UInt8 {
            switch self {
            case .frontend: UInt8(ascii: "F")
            case .backend: UInt8(ascii: "B")
            case .server: UInt8(ascii: "S")
            case .listener: UInt8(ascii: "L")
            }
        }

        var word: StaticString {
            switch self {
            case .frontend: "Frontend"
            case .backend: "Backend"
            case .server: "Server"
            case .listener: "Listener"
            }
        }
    }

    public private(set) var kind = Kind.frontend
    /// A bit for each field that has a value.
    @usableFromInline
    var present: UInt128 = 0
    /// A bit for each field whose value is a text or not zero: of most servers most counters are zero.
    @usableFromInline
    var busy: UInt128 = 0
    /// Of every field, whether it has a value or not; memory of the row's own, for tens of thousands of rows with dozens of numbers
    /// each are filled at a time, and an array asks at each number whether it is shared.
    @usableFromInline
    let numbers = UnsafeMutablePointer<UInt64>.allocate(capacity: StatisticsField.count)
    private let texts = UnsafeMutablePointer<String>.allocate(capacity: StatisticsField.count)

    public init() {
        numbers.initialize(repeating: 0, count: StatisticsField.count)
        texts.initialize(repeating: "", count: StatisticsField.count)
    }

    deinit {
        numbers.deallocate()
        texts.deinitialize(count: StatisticsField.count)
        texts.deallocate()
    }

    public init(_ kind: Kind) {
        self.init()
        begin(kind)
    }

    /// Empties it.
    public mutating func begin(_ kind: Kind) {
        self.kind = kind
        (present, busy) = (0, 0)
        set(.type, UInt32(kind.rawValue))
    }

    public func has(_ field: StatisticsField) -> Bool { present & field.bit != 0 }

    public mutating func clear(_ field: StatisticsField) {
        present &= ~field.bit
        busy &= ~field.bit
    }

    @inlinable
    @inline(__always)
    public mutating func set(_ field: StatisticsField, _ value: UInt64) {
        numbers[field.rawValue] = value
        present |= field.bit
        busy = value == 0 ? busy & ~field.bit : busy | field.bit
    }

    /// Zero for all fields of a set, which is much faster than one after the other.
    public mutating func zero(_ fields: StatisticsFields) {
        present |= fields.bits
        busy &= ~fields.bits
        var rest = fields.bits
        while rest != 0 {
            numbers[rest.trailingZeroBitCount] = 0
            rest &= rest - 1
        }
    }

    @inlinable
    @inline(__always)
    public mutating func set(_ field: StatisticsField, _ value: UInt32) { set(field, UInt64(value)) }

    /// For the one field that may be negative, `lastsess`.
    public mutating func set(_ field: StatisticsField, _ value: Int32) {
        set(field, UInt64(bitPattern: Int64(value)))
    }

    public mutating func set(_ field: StatisticsField, _ value: String) {
        texts[field.rawValue] = value
        present |= field.bit
        busy |= field.bit
    }

    /// nil if the field is empty.
    public subscript(field: StatisticsField) -> StatisticsValue? {
        guard has(field) else { return nil }
        let number = numbers[field.rawValue]
        switch field.type {
        case nil: return .text(texts[field.rawValue])
        case .u32?: return .u32(UInt32(truncatingIfNeeded: number))
        case .s32?: return .s32(Int32(truncatingIfNeeded: number))
        case .u64?, .flt?: return .u64(number)
        }
    }

    /// Number of the field without a question for its type; 0 if it is empty.
    public func number(_ field: StatisticsField) -> UInt64 { has(field) ? numbers[field.rawValue] : 0 }

    /// Empty if the field is.
    public func text(_ field: StatisticsField) -> String { has(field) ? texts[field.rawValue] : "" }

    /// What a writer of many rows looks at, without a question for each: the text of a field whether it is there or not.
    @inline(__always)
    func rawText(_ place: Int) -> String { texts[place] }

    /// The fields that have a value, in order.
    @inline(__always)
    func forEachPresent(_ body: (StatisticsField) -> Void) {
        var rest = present
        while rest != 0 {
            let place = rest.trailingZeroBitCount
            rest &= rest - 1
            if let field = StatisticsField(rawValue: place) { body(field) }
        }
    }
}

/// Some columns of `show stat`.
public struct StatisticsFields: Sendable {
    let bits: UInt128

    public init(_ fields: some Sequence<StatisticsField>) {
        bits = fields.reduce(0) { $0 | $1.bit }
    }
}
