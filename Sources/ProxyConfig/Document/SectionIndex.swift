/// Where the sections of each kind and name are, so that one among thousands is found at once.
///
/// The table is made once and is shared by all copies of a document; what was inserted and removed since is noted beside
/// it, until there is so much of it that a new table is cheaper.
struct SectionIndex: Sendable {
    private final class Table: Sendable {
        /// The upper half of a name's hash, and its place plus one; 0 is empty. A name that is there twice has two.
        let slots: [UInt64]
        /// The last place of every kind, in the order of ``SectionKind/allCases``; -1 where there is none.
        let last: [Int]

        init(_ sections: [Section]) {
            var size = 16
            while size < sections.count * 2 { size *= 2 }
            var slots = [UInt64](repeating: 0, count: size)
            var last = [Int](repeating: -1, count: SectionKind.allCases.count)
            for place in sections.indices {
                let hash = sections[place].header.withKey { kind, name in
                    if let kind = SectionKind.place(of: kind) { last[kind] = place }
                    return Self.hash(kind, name)
                }
                var slot = Int(truncatingIfNeeded: hash) & (size - 1)
                while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
                slots[slot] = hash & Self.tagMask | UInt64(place + 1)
            }
            self.slots = slots
            self.last = last
        }

        static let tagMask: UInt64 = 0xffff_ffff_0000_0000

        static func hash(_ kind: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>?) -> UInt64 {
            var hash = mixed(0x9e37_79b9_7f4a_7c15, kind)
            if let name { hash = mixed(hash ^ 0xff51_afd7_ed55_8ccd, name) }
            return hash
        }

        private static func mixed(_ seed: UInt64, _ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
            var hash = seed ^ UInt64(bytes.count)
            var index = 0
            func take(_ word: UInt64) {
                let product = (hash ^ word).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
                hash = product.high ^ product.low
            }
            let raw = UnsafeRawBufferPointer(bytes)
            while index + 8 <= raw.count {
                take(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                index += 8
            }
            var rest: UInt64 = 0
            while index < raw.count {
                rest = rest << 8 | UInt64(raw[index])
                index += 1
            }
            take(rest)
            return hash
        }
    }

    private enum Edit: Sendable {
        case inserted(Int)
        case removed(Int)
    }

    private static let mostEdits = 64

    private var table: Table
    private var edits: [Edit] = []

    init(_ sections: [Section]) { table = Table(sections) }

    /// Takes notice of a section that was put at `place` of what is `sections` now.
    mutating func insert(at place: Int, _ sections: [Section]) { note(.inserted(place), sections) }

    /// Takes notice that the section at `place` is not among `sections` any more.
    mutating func remove(at place: Int, _ sections: [Section]) { note(.removed(place), sections) }

    private mutating func note(_ edit: Edit, _ sections: [Section]) {
        if edits.count < Self.mostEdits {
            edits.append(edit)
        } else {
            self = SectionIndex(sections)
        }
    }

    /// The place of the first section of this kind and name.
    func place(_ kind: String, _ name: String?, _ sections: [Section]) -> Int? {
        var (kind, key) = (kind, name ?? "")
        return kind.withUTF8 { kind in
            key.withUTF8 { place(kind, name == nil ? nil : $0, sections) }
        }
    }

    /// The place of the first section of the kind and the name that `header` has.
    func place(of header: Line, _ sections: [Section]) -> Int? {
        header.withKey { place($0, $1, sections) }
    }

    private func place(
        _ kind: UnsafeBufferPointer<UInt8>,
        _ name: UnsafeBufferPointer<UInt8>?,
        _ sections: [Section]
    ) -> Int? {
        var first: Int?
        func consider(_ place: Int) {
            guard place < first ?? .max else { return }
            let isRight = sections[place].header.withKey { otherKind, otherName in
                guard otherKind.hasSameBytes(as: kind) else { return false }
                guard let name, let otherName else { return name == nil && otherName == nil }
                return otherName.hasSameBytes(as: name)
            }
            if isRight { first = place }
        }
        let hash = Table.hash(kind, name)
        let mask = table.slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while table.slots[slot] != 0 {
            let entry = table.slots[slot]
            if entry & Table.tagMask == hash & Table.tagMask,
                let place = now(Int(truncatingIfNeeded: entry & ~Table.tagMask) - 1, after: 0)
            {
                consider(place)
            }
            slot = (slot + 1) & mask
        }
        forEachInserted(consider)
        return first
    }

    /// The place of the last section of this kind.
    func lastPlace(_ kind: String, _ sections: [Section]) -> Int? {
        func slow() -> Int? { sections.lastIndex { $0.kind == kind } }
        guard let known = SectionKind.allCases.firstIndex(where: { $0.rawValue == kind }) else { return slow() }
        func isOfKind(_ header: Line) -> Bool { header.withKey { kind, _ in SectionKind.place(of: kind) == known } }
        var last: Int?
        if table.last[known] >= 0 {
            guard let place = now(table.last[known], after: 0) else { return slow() }
            last = place
        }
        forEachInserted { place in
            if place > last ?? -1, isOfKind(sections[place].header) { last = place }
        }
        return last
    }

    /// Where a section is now that was at `place` after so many of the edits; nil if it was removed.
    private func now(_ place: Int, after count: Int) -> Int? {
        var place = place
        for edit in edits[count...] {
            switch edit {
            case .inserted(let other): if other <= place { place += 1 }
            case .removed(let other):
                if other == place { return nil }
                if other < place { place -= 1 }
            }
        }
        return place
    }

    private func forEachInserted(_ body: (Int) -> Void) {
        for (count, edit) in edits.enumerated() {
            if case .inserted(let place) = edit, let place = now(place, after: count + 1) { body(place) }
        }
    }
}

extension Line {
    /// The first word and the second as bytes, unquoted; both empty where the line has none or cannot be split.
    func withKey<Result>(
        _ body: (_ kind: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>?) -> Result
    ) -> Result {
        let plain: Result? = withBytes { bytes in
            var index = 0
            func word() -> UnsafeBufferPointer<UInt8> {
                while index < bytes.count, Lexer.isBlank(bytes[index]) { index += 1 }
                let start = index
                while index < bytes.count, !Lexer.isSpecial(bytes[index]) { index += 1 }
                return UnsafeBufferPointer(rebasing: bytes[start..<index])
            }
            let (kind, name) = (word(), word())
            // A quote anywhere may make the whole line one that cannot be split.
            let isPlain = bytes[index...].allSatisfy {
                $0 != Lexer.doubleQuote && $0 != Lexer.singleQuote && $0 != Lexer.backslash
            }
            return isPlain && !kind.isEmpty ? body(kind, name.isEmpty ? nil : name) : nil
        }
        if let plain { return plain }
        let words = self.words
        var (kind, name) = (words.first ?? "", words.count > 1 ? words[1] : "")
        return kind.withUTF8 { kind in
            name.withUTF8 { body(kind, words.count > 1 ? $0 : nil) }
        }
    }
}
