/// The types that samples have.
enum SampleType: UInt8 {
    case boolean
    case integer
    case address
    case string
    case binary
}

extension Sample {
    var type: SampleType {
        switch self {
        case .boolean: .boolean
        case .integer: .integer
        case .address: .address
        case .string: .string
        case .binary: .binary
        }
    }
}
