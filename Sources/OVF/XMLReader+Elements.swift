import Diagnostics

extension XMLReader {
    /// Prefix to namespace; the empty prefix is the default namespace.
    typealias Scope = [String: String]

    /// A name as it is written, before its prefix is looked up.
    private struct WrittenName: Hashable {
        var prefix: String
        var local: String
        var position: SourcePosition

        var text: String { prefix.isEmpty ? local : "\(prefix):\(local)" }
    }

    private struct WrittenAttribute {
        var name: WrittenName
        var value: String
        var valuePosition: SourcePosition
    }

    mutating func readElement(depth: Int, scope: Scope) throws(Diagnostic) -> XMLElement {
        let place = scanner.position
        guard depth <= Self.greatestDepth else {
            throw scanner.problem(
                "elements are nested deeper than \(Self.greatestDepth)",
                remedy: "give an OVF environment, not another document"
            )
        }
        scanner.advance()
        let written = try readName("the name of an element")
        let (attributes, isEmpty) = try readAttributes(of: written)
        var scope = scope
        try declareNamespaces(attributes, in: &scope)
        var element = XMLElement(
            name: try resolve(written, in: scope, isAttribute: false),
            attributes: try resolve(attributes, in: scope),
            children: [],
            text: "",
            position: place
        )
        if !isEmpty { try readContent(of: &element, written: written.text, depth: depth, scope: scope) }
        return element
    }

    private mutating func readContent(
        of element: inout XMLElement,
        written: String,
        depth: Int,
        scope: Scope
    ) throws(Diagnostic) {
        while true {
            guard let byte = scanner.peek else {
                throw scanner.problem(
                    "the document ends inside <\(written)>, which line \(element.position.line) opens",
                    remedy: "give the whole document: it may have been cut off"
                )
            }
            if byte != UInt8(ascii: "<") {
                element.text += try readText()
            } else if scanner.sees("</") {
                return try readEndTag(of: written, openedAt: element.position)
            } else if scanner.sees("<![CDATA[") {
                element.text += try readCharacterData()
            } else if try !skipCommentOrInstruction() {
                try refuseDocumentType()
                element.children.append(try readElement(depth: depth + 1, scope: scope))
            }
        }
    }

    private mutating func readEndTag(of written: String, openedAt opened: SourcePosition) throws(Diagnostic) {
        let place = scanner.position
        _ = scanner.take("</")
        let name = try readName("the name of the element that ends")
        guard name.text == written else {
            throw scanner.problem(
                "</\(name.text)> does not match <\(written)>, which line \(opened.line) opens",
                at: place,
                remedy: "close the elements in the order they were opened"
            )
        }
        scanner.skipBlanks()
        guard scanner.take(">") else {
            throw scanner.problem("expected '>', found \(scanner.next)", remedy: "end the tag by >")
        }
    }

    /// The attributes of a start tag and whether the tag closes itself.
    private mutating func readAttributes(of element: WrittenName) throws(Diagnostic) -> ([WrittenAttribute], Bool) {
        var attributes: [WrittenAttribute] = []
        while true {
            let blank = scanner.skipBlanks()
            if scanner.take("/>") { return (attributes, true) }
            if scanner.take(">") { return (attributes, false) }
            guard blank else {
                throw scanner.problem(
                    "expected a blank, '>' or '/>' in <\(element.text)>, found \(scanner.next)",
                    remedy: "end the tag, or put a blank before the next attribute"
                )
            }
            let name = try readName("the name of an attribute of <\(element.text)>")
            guard !attributes.contains(where: { $0.name.text == name.text }) else {
                throw scanner.problem(
                    "<\(element.text)> has the attribute \(name.text) twice",
                    at: name.position,
                    remedy: "keep one of them"
                )
            }
            guard attributes.count < Self.mostAttributes else {
                throw scanner.problem(
                    "<\(element.text)> has more than \(Self.mostAttributes) attributes",
                    at: name.position,
                    remedy: "give an OVF environment, not another document"
                )
            }
            let (value, position) = try readAttributeValue()
            attributes.append(WrittenAttribute(name: name, value: value, valuePosition: position))
        }
    }

    // MARK: Names and namespaces

    private mutating func readName(_ what: String) throws(Diagnostic) -> WrittenName {
        let place = scanner.position
        let first = try readWord(what)
        guard scanner.take(":") else { return WrittenName(prefix: "", local: first, position: place) }
        return WrittenName(prefix: first, local: try readWord(what), position: place)
    }

    /// A name without a colon.
    mutating func readWord(_ what: String) throws(Diagnostic) -> String {
        let start = scanner.index
        while let byte = scanner.peek, Self.isNameByte(byte, first: scanner.index == start) { scanner.advance() }
        guard scanner.index > start else {
            throw scanner.problem(
                "expected \(what), found \(scanner.next)",
                remedy: "write a literal < as &lt; and a literal & as &amp;"
            )
        }
        return String(decoding: scanner.bytes[start..<scanner.index], as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...:
            true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
            !first
        default:
            false
        }
    }

    private func declareNamespaces(_ attributes: [WrittenAttribute], in scope: inout Scope) throws(Diagnostic) {
        for attribute in attributes {
            if attribute.name.prefix == "xmlns" {
                let prefix = attribute.name.local
                guard prefix != "xml", prefix != "xmlns", !attribute.value.isEmpty else {
                    throw scanner.problem(
                        "the prefix \(prefix) cannot be declared like this",
                        at: attribute.name.position,
                        remedy: "declare a prefix other than xml and xmlns, with a namespace"
                    )
                }
                scope[prefix] = attribute.value
            } else if attribute.name.prefix.isEmpty, attribute.name.local == "xmlns" {
                scope[""] = attribute.value
            }
        }
    }

    private func resolve(_ attributes: [WrittenAttribute], in scope: Scope) throws(Diagnostic) -> [XMLAttribute] {
        var resolved: [XMLAttribute] = []
        for attribute in attributes where attribute.name.prefix != "xmlns" && attribute.name.text != "xmlns" {
            let name = try resolve(attribute.name, in: scope, isAttribute: true)
            guard !resolved.contains(where: { $0.name == name }) else {
                throw scanner.problem(
                    "the attribute \(attribute.name.text) is there twice under two prefixes of one namespace",
                    at: attribute.name.position,
                    remedy: "keep one of them"
                )
            }
            resolved.append(
                XMLAttribute(
                    name: name,
                    value: attribute.value,
                    position: attribute.name.position,
                    valuePosition: attribute.valuePosition
                )
            )
        }
        return resolved
    }

    private func resolve(_ name: WrittenName, in scope: Scope, isAttribute: Bool) throws(Diagnostic) -> XMLName {
        if isAttribute, name.prefix.isEmpty { return XMLName("", name.local) }
        guard let namespace = scope[name.prefix] ?? (name.prefix.isEmpty ? "" : nil) else {
            throw scanner.problem(
                "the prefix \(name.prefix) of \(name.text) is not declared",
                at: name.position,
                remedy: "declare it by xmlns:\(name.prefix)=\"…\""
            )
        }
        return XMLName(namespace, name.local)
    }
}
