internal import Patterns

extension ByteWriter {
    mutating func write(_ file: PatternFile) {
        string(file.path)
        flag(file.hasValues)
        number(UInt32(truncatingIfNeeded: file.bytes.count))
        bytes += file.bytes
    }

    mutating func write(_ edit: PatternFileEdit) {
        switch edit {
        case .kept(let path):
            flag(true)
            string(path)
        case .fresh(let file):
            flag(false)
            write(file)
        }
    }

    mutating func write(_ test: PatternTest) {
        number(test.method.rawValue)
        list(test.sources) { $0.write($1) }
    }

    mutating func write(_ lookup: MapLookup) {
        number(lookup.method.rawValue)
        number(lookup.output.rawValue)
        write(lookup.source)
        optional(lookup.fallback) { $0.string($1) }
    }

    private mutating func write(_ source: PatternSource) {
        switch source.origin {
        case .file(let path):
            flag(true)
            string(path)
        case .words(let words):
            flag(false)
            list(words) { $0.string($1) }
        }
        flag(source.ignoresCase)
        flag(source.hasValues)
        optional(source.number) { $0.number(Int32(truncatingIfNeeded: $1)) }
        string(source.keyword)
        number(UInt32(truncatingIfNeeded: source.line))
    }
}

extension ByteReader {
    mutating func patternFile() throws(MalformedSnapshot) -> PatternFile {
        let path = try string()
        let hasValues = try flag()
        return PatternFile(path, hasValues: hasValues, bytes: try raw(Int(try number(UInt32.self))))
    }

    mutating func patternFileEdit() throws(MalformedSnapshot) -> PatternFileEdit {
        try flag() ? .kept(try string()) : .fresh(try patternFile())
    }

    mutating func patternTest() throws(MalformedSnapshot) -> PatternTest {
        let method = try matchMethod()
        return PatternTest(method, try list { (reader) throws(MalformedSnapshot) in try reader.patternSource() })
    }

    mutating func mapLookup() throws(MalformedSnapshot) -> MapLookup {
        let method = try matchMethod()
        guard let output = MapLookup.Output(rawValue: try number()) else { throw MalformedSnapshot() }
        let source = try patternSource()
        return MapLookup(method, output, source, fallback: try flag() ? try string() : nil)
    }

    private mutating func matchMethod() throws(MalformedSnapshot) -> MatchMethod {
        guard let method = MatchMethod(rawValue: try number()) else { throw MalformedSnapshot() }
        return method
    }

    private mutating func patternSource() throws(MalformedSnapshot) -> PatternSource {
        let origin: PatternSource.Origin =
            try flag()
            ? .file(try string())
            : .words(try list { (reader) throws(MalformedSnapshot) in try reader.string() })
        var source = PatternSource(origin, ignoresCase: try flag())
        source.hasValues = try flag()
        source.number = try flag() ? Int(try number(Int32.self)) : nil
        source.keyword = try string()
        source.line = Int(try number(UInt32.self))
        return source
    }
}
