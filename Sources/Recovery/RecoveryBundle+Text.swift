internal import FoundationEssentials

extension RecoveryBundle {
    /// As one line of base64, for a vApp property.
    public static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// The bundle in a text. Line ends and blanks that a text field or a terminal put into it are passed over.
    public static func bytes(text: String) throws(BundleError) -> [UInt8] {
        let blanks: Set<UInt8> = [0x09, 0x0a, 0x0d, 0x20]
        let characters = text.utf8.filter { !blanks.contains($0) }
        guard let data = Data(base64Encoded: Data(characters)) else {
            // A piece of it is still recognised.
            let isPiece = characters.starts(with: "iUFOQg".utf8)
            throw isPiece ? .truncated : .notABundle
        }
        return Array(data)
    }

    /// The bundle in a file that holds it, or its text.
    public static func bytes(file: [UInt8]) throws(BundleError) -> [UInt8] {
        if file.starts(with: magic.prefix(4)) { return file }
        guard file.allSatisfy({ $0 < 0x80 }) else { throw .notABundle }
        return try bytes(text: String(decoding: file, as: UTF8.self))
    }
}
