/// What a number is written as.
public enum NumberType: Sendable {
    case u32
    case s32
    case u64
    case flt

    var name: StaticString {
        switch self {
        case .u32: "u32"
        case .s32: "s32"
        case .u64: "u64"
        case .flt: "flt"
        }
    }
}

/// A field of `show stat` or `show info`: its name, what it is, and what it means.
struct FieldDescription: Sendable {
    let name: String
    let tag: FieldTag
    /// nil: a text.
    let type: NumberType?
    let meaning: String

    init(_ name: String, _ tag: StaticString, _ type: NumberType?, _ meaning: String) {
        self.name = name
        self.tag = FieldTag(tag)
        self.type = type
        self.meaning = meaning
    }
}

/// The value of a field.
public enum StatisticsValue: Sendable, Equatable {
    case u32(UInt32)
    case s32(Int32)
    case u64(UInt64)
    case text(String)
}
