import Diagnostics
import OVF
import Testing

@Suite struct XMLReaderTests {
    private func read(_ text: String) throws -> XMLElement {
        try XMLReader.read(Array(text.utf8), file: "test.xml")
    }

    private func problem(_ bytes: [UInt8]) throws -> Diagnostic {
        let error = #expect(throws: DiagnosticsError.self) { try XMLReader.read(bytes, file: "test.xml") }
        return try #require(error?.diagnostics.first)
    }

    @Test func resolvesNamespaces() throws {
        let root = try read(
            """
            <?xml version="1.0" encoding='utf-8'?>
            <!-- before --><a xmlns="urn:d" xmlns:p="urn:p" p:x="1" x = '2'>
              <p:b><c xmlns="" xmlns:p="urn:q" p:y="3"/></p:b><?target data?>
            </a>
            """
        )
        #expect(root.name == XMLName("urn:d", "a"))
        #expect(root.attribute(XMLName("urn:p", "x"))?.value == "1")
        #expect(root.attribute(XMLName("", "x"))?.value == "2")
        #expect(root.attribute(XMLName("urn:d", "x")) == nil)
        let b = try #require(root.children(XMLName("urn:p", "b")).first)
        #expect(b.position == SourcePosition(line: 3, column: 3))
        let c = try #require(b.children(XMLName("", "c")).first)
        #expect(c.attribute(XMLName("urn:q", "y"))?.valuePosition == SourcePosition(line: 3, column: 41))
    }

    @Test func resolvesReferencesAndNormalizesBlanks() throws {
        let root = try read("<a v='&lt;&#65;&#x1F600;&quot;&apos;&amp;&gt;\tx\r\ny&#10;z'>t&amp;u<![CDATA[<&v]]></a>")
        #expect(root.attribute(XMLName("", "v"))?.value == "<A😀\"'&> x y\nz")
        #expect(root.text == "t&u<&v")
    }

    @Test func skipsAByteOrderMark() throws {
        #expect(try XMLReader.read([0xef, 0xbb, 0xbf] + Array("<a/>".utf8), file: "test.xml").name.local == "a")
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var document: String
        var place: SourcePosition?
        var message: String
        var remedy: String
        var testDescription: String { message }

        init(_ document: String, _ line: Int, _ column: Int, _ message: String, _ remedy: String) {
            self.document = document
            place = SourcePosition(line: line, column: column)
            self.message = message
            self.remedy = remedy
        }
    }

    @Test(arguments: [
        Bad("", 1, 1, "expected an element, found the end of the document", "give an XML document"),
        Bad("{}", 1, 1, "expected an element, found '{'", "give an XML document"),
        Bad("<!DOCTYPE a []>\n<a/>", 1, 1, "DOCTYPE", "remove the DOCTYPE"),
        Bad("<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'file:///etc/passwd'>", 2, 1, "DOCTYPE", "remove the DOCTYPE"),
        Bad("<a><!DOCTYPE b></a>", 1, 4, "DOCTYPE", "remove the DOCTYPE"),
        Bad("<a>&lol9;</a>", 1, 4, "'&' starts no reference", "write a literal & as &amp;"),
        Bad("<a v='x&y'/>", 1, 8, "'&' starts no reference", "write a literal & as &amp;"),
        Bad("<a>&#0;</a>", 1, 4, "'&' starts no reference", "write a literal & as &amp;"),
        Bad("<a>&#xD800;</a>", 1, 4, "'&' starts no reference", "write a literal & as &amp;"),
        Bad("<a>\n  <b>", 2, 6, "ends inside <b>, which line 2 opens", "may have been cut off"),
        Bad("<a v='x", 1, 7, "value of an attribute is not closed", "may have been cut off"),
        Bad("<a>\n</b>", 2, 1, "</b> does not match <a>, which line 1 opens", "in the order"),
        Bad("<a v=x/>", 1, 6, "expected a quoted value, found 'x'", "name=\"value\""),
        Bad("<a v/>", 1, 5, "expected '=', found '/'", "name=\"value\""),
        Bad("<a v='<'/>", 1, 7, "holds '<'", "&lt;"),
        Bad("<a v='1'w='2'/>", 1, 9, "expected a blank", "put a blank"),
        Bad("<a v='1' v='2'/>", 1, 10, "<a> has the attribute v twice", "keep one"),
        Bad("<a xmlns:p='u' xmlns:q='u' p:v='' q:v=''/>", 1, 35, "twice under two prefixes", "keep one"),
        Bad("<p:a/>", 1, 2, "the prefix p of p:a is not declared", "xmlns:p"),
        Bad("<a p:v=''/>", 1, 4, "the prefix p of p:v is not declared", "xmlns:p"),
        Bad("<a xmlns:xml='u'/>", 1, 4, "the prefix xml cannot be declared", "other than xml"),
        Bad("<a/><b/>", 1, 5, "expected the end of the document, found '<'", "one root element"),
        Bad("<a><!-- x</a>", 1, 4, "the comment is not closed", "-->"),
        Bad("<a><![CDATA[x</a>", 1, 4, "the CDATA section is not closed", "]]>"),
        Bad("<a>\u{1}</a>", 1, 4, "the control character 1 is not allowed", "remove it"),
        Bad("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", 1, 21, "other than UTF-8", "UTF-8"),
        Bad("<a>< b/></a>", 1, 5, "expected the name of an element, found a space", "&lt;"),
    ])
    func refuses(_ bad: Bad) throws {
        let problem = try problem(Array(bad.document.utf8))
        #expect(problem.message.contains(bad.message))
        #expect(problem.position == bad.place)
        #expect(problem.remedy?.contains(bad.remedy) == true)
        #expect(problem.file == "test.xml")
    }

    @Test func refusesAnEntityBombBeforeReadingIt() throws {
        var bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [\n<!ENTITY lol \"lol\">\n"
        for index in 1...9 {
            bomb += "<!ENTITY lol\(index) \"\(String(repeating: "&lol\(index - 1);", count: 10))\">\n"
        }
        let problem = try problem(Array((bomb + "]>\n<lolz>&lol9;</lolz>").utf8))
        #expect(problem.message == "a document type (DOCTYPE) is not accepted")
        #expect(problem.position == SourcePosition(line: 2, column: 1))
    }

    @Test func refusesWhatIsNotUTF8() throws {
        let latin = try problem(Array("<a>\n  ".utf8) + [0xe9, 0x0a] + Array("</a>".utf8))
        #expect(latin.message == "the document is not UTF-8")
        #expect(latin.position == SourcePosition(line: 2, column: 3))
        let utf16 = try problem([0xff, 0xfe, 0x3c, 0x00])
        #expect(utf16.remedy == "save the document as UTF-8")
    }

    @Test func refusesTooMuch() throws {
        let huge = try problem(Array(repeating: 0x20, count: 1 << 20 + 1))
        #expect(huge.message.contains("more than the 1048576"))
        let deep = try problem(Array(String(repeating: "<a>", count: 33).utf8))
        #expect(deep.message == "elements are nested deeper than 32")
        #expect(deep.position == SourcePosition(line: 1, column: 97))
        let wide = (0...XMLReader.mostAttributes).map { " a\($0)=''" }.joined()
        #expect(try problem(Array("<a\(wide)/>".utf8)).message == "<a> has more than 64 attributes")
        let most = String(repeating: "<a>", count: 32) + String(repeating: "</a>", count: 32)
        #expect(try read(most).children.count == 1)
    }
}
