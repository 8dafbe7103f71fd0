/// Bytes of a page.
struct HTMLWriter {
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    mutating func raw(_ text: String) { bytes += text.utf8 }

    /// What comes from elsewhere: nothing of it is taken for a tag.
    mutating func text(_ text: some StringProtocol) { self.text(text.utf8) }

    mutating func text(_ text: some Sequence<UInt8>) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "<"): raw("&lt;")
            case UInt8(ascii: ">"): raw("&gt;")
            case UInt8(ascii: "&"): raw("&amp;")
            case UInt8(ascii: "\""): raw("&quot;")
            case UInt8(ascii: "'"): raw("&#39;")
            default: bytes.append(byte)
            }
        }
    }

    /// A number with its thousands apart, which is nothing for who reads the text.
    mutating func grouped(_ digits: ArraySlice<UInt8>) {
        let isNumber = digits.count > 3 && digits.allSatisfy { (48...57).contains($0) }
        guard isNumber else { return text(digits) }
        var rest = digits
        let first = digits.count % 3
        if first > 0 {
            raw("<span class=rls>")
            bytes += rest.prefix(first)
            raw("</span>")
            rest = rest.dropFirst(first)
        }
        while rest.count > 3 {
            raw("<span class=rls>")
            bytes += rest.prefix(3)
            raw("</span>")
            rest = rest.dropFirst(3)
        }
        bytes += rest
    }
}
