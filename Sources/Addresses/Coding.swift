// Kept as text, the way people write them.

extension IPAddress: Codable {
    public init(from decoder: any Decoder) throws { self = try decoder.lossless() }
    public func encode(to encoder: any Encoder) throws { try encoder.put(description) }
}

extension IPNetwork: Codable {
    public init(from decoder: any Decoder) throws { self = try decoder.lossless() }
    public func encode(to encoder: any Encoder) throws { try encoder.put(description) }
}

extension InterfaceAddress: Codable {
    public init(from decoder: any Decoder) throws { self = try decoder.lossless() }
    public func encode(to encoder: any Encoder) throws { try encoder.put(description) }
}

extension MACAddress: Codable {
    public init(from decoder: any Decoder) throws { self = try decoder.lossless() }
    public func encode(to encoder: any Encoder) throws { try encoder.put(description) }
}

extension Decoder {
    fileprivate func lossless<Value: LosslessStringConvertible>() throws -> Value {
        let container = try singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Value(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no \(Value.self)")
        }
        return value
    }
}

extension Encoder {
    fileprivate func put(_ text: String) throws {
        var container = singleValueContainer()
        try container.encode(text)
    }
}
