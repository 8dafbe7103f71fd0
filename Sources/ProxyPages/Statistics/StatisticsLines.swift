/// The bytes of an answer as they are, without the empty line behind it, and without what a filter does not show.
struct StatisticsLines: Sendable {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        // Other answers may have stood before it.
        let start = bytes.firstIndex { $0 != 10 } ?? bytes.count
        let end = bytes.suffix(2).elementsEqual([10, 10]) ? bytes.count - 1 : bytes.count
        self.bytes = Array(bytes[start..<max(start, end)])
    }

    /// Lines such as `F.2.0.0.pxname.1:KNS:str:web`; those of one object begin alike, up to the third dot.
    init(typed bytes: [UInt8], _ filter: StatisticsFilter) {
        guard !filter.showsAll else {
            self.init(bytes)
            return
        }
        var result: [UInt8] = []
        var isShown = false
        for line in bytes.split(separator: 10) {
            if let name = line.firstRange(of: Array(".pxname.".utf8)),
                let value = line[name.upperBound...].firstRange(of: Array(":str:".utf8))
            {
                isShown = filter.shows(String(decoding: line[value.upperBound...], as: UTF8.self))
            }
            if isShown { result += line + [10] }
        }
        self.init(result)
    }

    /// A list of lists; the first value in each is the name of its proxy.
    init(json bytes: [UInt8], _ filter: StatisticsFilter) {
        guard !filter.showsAll else {
            self.init(bytes)
            return
        }
        var result = Array("[".utf8)
        for object in Self.objects(bytes) {
            let mark = Array("\"value\":{\"type\":\"str\",\"value\":\"".utf8)
            guard let start = object.firstRange(of: mark)?.upperBound else { continue }
            let name = object[start...].prefix { $0 != UInt8(ascii: "\"") }
            guard filter.shows(String(decoding: name, as: UTF8.self)) else { continue }
            if result.count > 1 { result.append(UInt8(ascii: ",")) }
            result += object
        }
        self.init(result + Array("]\n".utf8))
    }

    /// What stands between brackets within the outer ones, with its brackets.
    private static func objects(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var objects: [ArraySlice<UInt8>] = []
        var (depth, start) = (0, 0)
        var (isText, isEscaped) = (false, false)
        for (index, byte) in bytes.enumerated() {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte
                    == UInt8(ascii: "\"")
                {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "["):
                depth += 1
                if depth == 2 { start = index }
            case UInt8(ascii: "]"):
                if depth == 2 { objects.append(bytes[start...index]) }
                depth -= 1
            default: break
            }
        }
        return objects
    }

    mutating func add(to part: inout [UInt8], enough: Int) {
        let stop = min(bytes.count, position + enough)
        part += bytes[position..<stop]
        position = stop
    }
}
