/// What a fetch method or converter gives (configuration manual, 7.3). Texts point into the worker's scratch or the
/// connection's peeked bytes.
enum Sample {
    case boolean(Bool)
    case integer(Int64)
    /// As `IPAddress.number`; family 4 or 6.
    case address(UInt128, family: UInt8)
    case string(UnsafeRawBufferPointer)
    case binary(UnsafeRawBufferPointer)
}

/// The answer of an expression at a moment of a connection.
enum SampleOutcome {
    case value(Sample)
    /// There is no such thing, and never will be.
    case absent
    /// More bytes may change it.
    case undecided
}
