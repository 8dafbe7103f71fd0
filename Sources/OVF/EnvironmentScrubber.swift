public import Diagnostics

/// Takes secrets out of an OVF environment and leaves every other byte as it is.
public enum EnvironmentScrubber {
    /// A document without its secrets, and the keys of the properties that lost their value.
    public struct Result: Sendable, Hashable {
        public var text: String
        public var keys: [String]
    }

    /// Empties the value of every property that is secret, those of other machines of the vApp (`Entity`) too.
    ///
    /// - Parameter isSecret: Told a property's key and value.
    /// - Throws: What is wrong with the XML; nothing can be taken out of what cannot be read.
    public static func scrub(
        _ text: String,
        file: String,
        isSecret: (String, String) -> Bool
    ) throws(DiagnosticsError) -> Result {
        var bytes = Array(text.utf8)
        let root = try XMLReader.read(bytes, file: file)
        var secrets: [(key: String, position: SourcePosition)] = []
        collect(root, isSecret, into: &secrets)
        let lines = lineStarts(bytes)
        // From the last to the first, so that the places before stay what they are.
        for secret in secrets.reversed() {
            let start = lines[secret.position.line - 1] + secret.position.column - 1
            let quote = bytes[start - 1]
            let end = bytes[start...].firstIndex(of: quote) ?? start
            bytes.removeSubrange(start..<end)
        }
        return Result(text: String(decoding: bytes, as: UTF8.self), keys: secrets.map(\.key))
    }

    private static func collect(
        _ element: XMLElement,
        _ isSecret: (String, String) -> Bool,
        into secrets: inout [(key: String, position: SourcePosition)]
    ) {
        let namespace = OVFSections.environment
        if element.name == XMLName(namespace, "Property"),
            let key = element.attribute(XMLName(namespace, "key"))?.value,
            let value = element.attribute(XMLName(namespace, "value")),
            !value.value.isEmpty, isSecret(key, value.value)
        {
            secrets.append((key, value.valuePosition))
        }
        for child in element.children { collect(child, isSecret, into: &secrets) }
    }

    /// The offsets at which lines begin; a byte order mark is in front of the first.
    private static func lineStarts(_ bytes: [UInt8]) -> [Int] {
        var starts = [bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0]
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(index + 1) }
        return starts
    }
}
