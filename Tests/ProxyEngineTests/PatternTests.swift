import Addresses
import HealthChecks
@testable import ProxyEngine
import Patterns
import TestSupport
import Testing

@Suite struct PatternTests {
    /// A reference with one expression, and the entries that are in it.
    private final class Model {
        let book = PatternBook()
        let reference: PatternReference
        let expression: PatternExpression
        var arena = Arena()
        private var uses: [PatternUse] = []
        var keys: [String]

        init(_ method: MatchMethod, ignoresCase: Bool, _ keys: [String]) throws {
            self.keys = keys
            _ = book.compile(
                PatternTest(method, [PatternSource(.words(keys), ignoresCase: ignoresCase)]),
                &arena,
                &uses
            )
            let use = try #require(uses.first)
            (reference, expression) = (use.reference, use.expression)
        }

        deinit { arena.free() }

        /// The place of the key that is found among those that are there.
        func find(_ text: String) -> String? {
            expression.find(Array(text.utf8), book.scratch).cell?.keyText
        }

        func add(_ key: String) throws {
            try reference.add([PatternEntryText(key: key)], version: nil)
            keys.append(key)
        }

        func delete(_ key: String) {
            reference.delete(reference.entries(key))
            keys.removeAll { $0 == key }
        }
    }

    private static func text(_ generator: inout SeededGenerator, _ letters: [Character], most: Int) -> String {
        String(
            (0..<Int.random(in: 1...most, using: &generator)).map { _ in letters.randomElement(using: &generator) ?? "a"
            }
        )
    }

    /// What the manual says of a method, for one pattern.
    private static func fits(_ text: String, _ key: String, _ method: MatchMethod, _ ignoresCase: Bool) -> Bool {
        let text = ignoresCase ? text.lowercased() : text
        let key = ignoresCase ? key.lowercased() : key
        func words(_ delimiters: String) -> Bool {
            let word = key.drop { delimiters.contains($0) }
            let last = word.lastIndex { !delimiters.contains($0) }
            guard let last else { return false }
            let pattern = word[...last]
            var start: Substring.Index? = text.startIndex
            while let place = start {
                let rest = text[place...].drop { delimiters.contains($0) }
                if rest.isEmpty { return false }
                if rest.hasPrefix(pattern), rest.dropFirst(pattern.count).first.map({ delimiters.contains($0) }) ?? true
                {
                    return true
                }
                start = rest.firstIndex { delimiters.contains($0) }
            }
            return false
        }
        switch method {
        case .str: return text == key
        case .beg: return text.hasPrefix(key)
        case .end: return text.hasSuffix(key)
        case .sub:
            return text.indices.contains { text[$0...].hasPrefix(key) }
        case .dir: return words("/?")
        case .dom: return words("/?.:")
        default: return false
        }
    }

    @Test(
        arguments: [MatchMethod.str, .beg, .end, .sub, .dir, .dom],
        [true, false]
    )
    func textsAreFoundAsOneByOneWithWhatChanges(_ method: MatchMethod, _ ignoresCase: Bool) throws {
        var generator = SeededGenerator(seed: 7)
        let letters: [Character] = ["a", "b", "A", ".", "/"]
        let keys = (0..<300).map { _ in Self.text(&generator, letters, most: 7) }
        let model = try Model(method, ignoresCase: ignoresCase, keys)
        let prefersLongest = method == .beg && !ignoresCase
        for _ in 0..<3000 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: try model.add(Self.text(&generator, letters, most: 7))
            case 1: if let key = model.keys.randomElement(using: &generator) { model.delete(key) }
            default: break
            }
            let text = Self.text(&generator, letters, most: 12)
            let fitting = model.keys.filter { Self.fits(text, $0, method, ignoresCase) }
            let expected = prefersLongest ? fitting.max { $0.count < $1.count } : fitting.first
            #expect(model.find(text) == expected, "\(text)")
            if model.find(text) != expected { return }
        }
    }

    @Test func numbersAreFoundInTheOrderOfTheConfiguration() throws {
        var generator = SeededGenerator(seed: 8)
        func range(_ generator: inout SeededGenerator) -> String {
            let low = Int.random(in: 0..<200, using: &generator)
            return switch Int.random(in: 0..<4, using: &generator) {
            case 0: "\(low)"
            case 1: "\(low):\(low + Int.random(in: 0..<30, using: &generator))"
            case 2: Int.random(in: 0..<9, using: &generator) == 0 ? "\(low + 150):" : "\(low)"
            default: Int.random(in: 0..<9, using: &generator) == 0 ? ":\(low / 20)" : "\(low)"
            }
        }
        let model = try Model(.int, ignoresCase: false, (0..<40).map { _ in range(&generator) })
        for _ in 0..<3000 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: try model.add(range(&generator))
            case 1: if let key = model.keys.randomElement(using: &generator) { model.delete(key) }
            default: break
            }
            let number = Int64.random(in: 0..<400, using: &generator)
            let expected = try model.keys.first { key in
                guard case .range(let range) = try MatchPattern(key, .int) else { return false }
                return range.contains(number)
            }
            let found = model.find("\(number)")
            #expect(found == expected, "\(number)")
            if found != expected { return }
        }
    }

    @Test func addressesAreFoundByTheLongestPrefix() throws {
        var generator = SeededGenerator(seed: 9)
        func network(_ generator: inout SeededGenerator) -> String {
            let first = Int.random(in: 0..<4, using: &generator)
            let second = Int.random(in: 0..<256, using: &generator)
            return switch Int.random(in: 0..<3, using: &generator) {
            case 0: "10.\(first).\(second).0/\(Int.random(in: 8...32, using: &generator))"
            case 1: "10.\(first).0.\(second)"
            default: "2001:db8:\(first)::\(second)/\(Int.random(in: 32...128, using: &generator))"
            }
        }
        let model = try Model(.ip, ignoresCase: false, (0..<200).map { _ in network(&generator) })
        for _ in 0..<3000 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: try model.add(network(&generator))
            case 1: if let key = model.keys.randomElement(using: &generator) { model.delete(key) }
            default: break
            }
            let (first, second) = (Int.random(in: 0..<4, using: &generator), Int.random(in: 0..<256, using: &generator))
            let text = Bool.random(using: &generator) ? "10.\(first).\(second).0" : "2001:db8:\(first)::\(second)"
            let address = try #require(IPAddress(text))
            let fitting = model.keys.compactMap { key -> (String, Int)? in
                guard case .network(let network)? = try? MatchPattern(key, .ip), network.contains(address) else {
                    return nil
                }
                return (key, network.prefixLength)
            }
            let longest = fitting.map { $0.1 }.max()
            let expected = fitting.first { $0.1 == longest }?.0
            let found = model.find(text)
            #expect(found == expected, "\(text)")
            if found != expected { return }
        }
    }

    @Test func addressesOfOneFamilyAreFoundAmongTheOther() throws {
        let model = try Model(.ip, ignoresCase: false, ["10.0.0.0/8", "::ffff:192.0.2.0/120", "1.0.0.2/255.0.0.255"])
        #expect(model.find("::ffff:10.0.0.1") == "10.0.0.0/8")
        #expect(model.find("::10.0.0.1") == "10.0.0.0/8")
        #expect(model.find("2002:a00:1::") == "10.0.0.0/8")
        #expect(model.find("2002:b00:1::") == nil)
        #expect(model.find("192.0.2.9") == "::ffff:192.0.2.0/120")
        #expect(model.find("1.7.8.2") == "1.0.0.2/255.0.0.255")
        #expect(model.find("1.7.8.3") == nil)
        #expect(model.find("::ffff:1.7.8.2") == "1.0.0.2/255.0.0.255")
    }

    @Test(arguments: [
        "abc", "^abc", "abc$", "^$", "a|b$", "^(a|bc)+$", "[^a]b?c*$", "a.c", "\\bab\\b", "(ab|a)(c|bcd)$", "a$|^b",
        "x*",
        "^a\\n", "(a|b)*abb", "a{2,3}c", "$", "^", "c$.",
    ])
    func tablesOfExpressionsSayWhatTheirStatesSay(_ text: String) throws {
        var generator = SeededGenerator(seed: 10)
        let pattern = try Pattern(text)
        var arena = Arena()
        defer { arena.free() }
        let scratch = PatternScratch()
        defer { scratch.free() }
        let machine = PatternMachine(pattern, &arena)
        for _ in 0..<2000 {
            let count = Int.random(in: 0..<9, using: &generator)
            let bytes = (0..<count).map { _ in Array("abcx\n".utf8).randomElement(using: &generator) ?? 0 }
            let expected = pattern.matches(bytes)
            let found = bytes.withUnsafeBytes { machine.matches($0, scratch) }
            #expect(found == expected, "\(bytes)")
        }
    }

    @Test func samplesOfOtherTypesAreCast() throws {
        let scratch = PatternScratch()
        defer { scratch.free() }
        func holds(_ sample: Sample, _ method: MatchMethod, _ keys: [String]) -> Bool {
            let book = PatternBook()
            var arena = Arena()
            var uses: [PatternUse] = []
            defer { arena.free() }
            return book.compile(PatternTest(method, [PatternSource(.words(keys))]), &arena, &uses).matches(
                sample,
                scratch
            )
        }
        let v4 = Sample.address(0x0a00_0001, family: 4)
        let v6 = Sample.address(0x2001_0db8 << 96 | 1, family: 6)
        #expect(holds(v4, .str, ["10.0.0.1"]))
        #expect(holds(v6, .beg, ["2001:db8::"]))
        #expect(holds(v4, .int, ["167772161"]))
        #expect(holds(v4, .bin, ["0A000001"]))
        #expect(holds(v6, .bin, ["20010db8000000000000000000000001"]))
        #expect(holds(v4, .len, ["8"]))
        #expect(holds(.integer(258), .bin, ["0000000000000102"]))
        #expect(!holds(v6, .int, ["0:"]))
        #expect(holds(.integer(-443), .str, ["-443"]))
        #expect(holds(.integer(.min), .str, ["\(Int64.min)"]))
        #expect(holds(.boolean(true), .str, ["1"]))
        #expect(holds(.boolean(false), .int, ["0"]))
        #expect(holds(.boolean(false), .found, []))
        #expect(!holds(.boolean(false), .bool, []))
        #expect(holds(.integer(3), .bool, []))
        Array("12ab".utf8).withUnsafeBytes { bytes in
            #expect(holds(.string(bytes), .int, ["12"]))
            // Bytes count as the text that they are.
            #expect(holds(.binary(bytes), .str, ["12ab"]))
            #expect(holds(.binary(bytes), .bin, ["31326162"]))
            #expect(holds(.string(bytes), .bool, []))
            #expect(holds(.string(bytes), .len, ["3:4"]))
            #expect(!holds(.binary(bytes), .int, ["0:"]))
        }
    }
}
