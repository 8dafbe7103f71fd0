public import Diagnostics

/// Reads a document of XML 1.0 with namespaces, bounded in size, depth and attributes.
///
/// There is no document type: a DOCTYPE is refused before anything in it is read, so the only entities are the five
/// predefined ones, nothing is ever fetched, and text cannot grow. See docs/decisions/0003-own-xml-reader.md.
public struct XMLReader {
    /// Deepest nesting of elements.
    public static let greatestDepth = 32
    /// Most attributes of one element, namespace declarations included.
    public static let mostAttributes = 64

    var scanner: InputScanner

    /// Reads the document's root element.
    public static func read(_ bytes: [UInt8], file: String) throws(DiagnosticsError) -> XMLElement {
        do throws(Diagnostic) {
            var reader = XMLReader(scanner: try InputScanner(bytes, file: file))
            return try reader.readDocument()
        } catch {
            throw DiagnosticsError([error])
        }
    }

    mutating func readDocument() throws(Diagnostic) -> XMLElement {
        try readDeclaration()
        try skipMiscellany()
        guard scanner.sees("<") else {
            throw scanner.problem(
                "expected an element, found \(scanner.next)",
                remedy: "give an XML document: it starts with <?xml or with <Environment"
            )
        }
        let root = try readElement(depth: 1, scope: ["xml": "http://www.w3.org/XML/1998/namespace"])
        try skipMiscellany()
        guard scanner.atEnd else {
            throw scanner.problem(
                "expected the end of the document, found \(scanner.next)",
                remedy: "keep one root element and nothing behind it"
            )
        }
        return root
    }

    /// `<?xml version="1.0" encoding="UTF-8"?>`, if it is there.
    private mutating func readDeclaration() throws(Diagnostic) {
        guard scanner.sees("<?xml") else { return }
        _ = scanner.take("<?xml")
        while true {
            scanner.skipBlanks()
            if scanner.take("?>") { return }
            let place = scanner.position
            let name = try readWord("an attribute of the XML declaration")
            let (value, _) = try readAttributeValue()
            guard name == "encoding" else { continue }
            let encoding = value.lowercased()
            guard ["utf-8", "utf8", "us-ascii", "ascii"].contains(encoding) else {
                throw scanner.problem(
                    "the document says that it is encoded in something other than UTF-8",
                    at: place,
                    remedy: "save the document as UTF-8 and say encoding=\"UTF-8\""
                )
            }
        }
    }

    /// Blanks, comments and processing instructions outside the root element.
    private mutating func skipMiscellany() throws(Diagnostic) {
        repeat {
            scanner.skipBlanks()
            try refuseDocumentType()
        } while try skipCommentOrInstruction()
    }

    func refuseDocumentType() throws(Diagnostic) {
        guard scanner.sees("<!DOCTYPE") || scanner.sees("<!doctype") || scanner.sees("<!ENTITY") else { return }
        throw scanner.problem(
            "a document type (DOCTYPE) is not accepted",
            remedy: "remove the DOCTYPE and its entities: an OVF environment has none"
        )
    }

    /// Goes past a comment or a processing instruction if one comes next.
    mutating func skipCommentOrInstruction() throws(Diagnostic) -> Bool {
        let place = scanner.position
        if scanner.take("<!--") {
            while !scanner.take("-->") {
                guard !scanner.atEnd else {
                    throw scanner.problem("the comment is not closed", at: place, remedy: "end it by -->")
                }
                scanner.advance()
            }
            return true
        }
        guard scanner.take("<?") else { return false }
        while !scanner.take("?>") {
            guard !scanner.atEnd else {
                throw scanner.problem("the processing instruction is not closed", at: place, remedy: "end it by ?>")
            }
            scanner.advance()
        }
        return true
    }
}
