internal import FoundationEssentials

extension ConfigurationFiles.Entry {
    private enum Key: String, CodingKey {
        case path
        case text
        case base64
        case mode
        case owner
        case group
    }

    /// Text is kept as text, so that a person can read a generation with a pager.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(path, forKey: .path)
        if let content {
            if let text = String(validating: content, as: UTF8.self) {
                try container.encode(text, forKey: .text)
            } else {
                try container.encode(Data(content), forKey: .base64)
            }
        }
        try container.encode(mode, forKey: .mode)
        try container.encode(owner, forKey: .owner)
        try container.encode(group, forKey: .group)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        path = try container.decode(String.self, forKey: .path)
        if let text = try container.decodeIfPresent(String.self, forKey: .text) {
            content = Array(text.utf8)
        } else {
            content = try container.decodeIfPresent(Data.self, forKey: .base64).map { Array($0) }
        }
        mode = try container.decode(UInt32.self, forKey: .mode)
        owner = try container.decode(UInt32.self, forKey: .owner)
        group = try container.decode(UInt32.self, forKey: .group)
    }
}
