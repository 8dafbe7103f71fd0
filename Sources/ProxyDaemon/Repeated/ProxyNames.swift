internal import CLinux

/// The names of the proxies of a text, and who names whom.
struct ProxyNames {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let cuts: SectionCuts
    private var frontends: [UInt64: Int] = [:]
    private var backends: [UInt64: Int] = [:]
    /// Two proxies of a kind have one name.
    private(set) var hasDuplicates = false

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ cuts: SectionCuts) {
        self.bytes = bytes
        self.cuts = cuts
        frontends.reserveCapacity(cuts.proxies.count / 2 + 1)
        backends.reserveCapacity(cuts.proxies.count / 2 + 1)
        for index in cuts.proxies.indices {
            let key = ConfigurationDigest.hash(bytes, cuts[index].name)
            if cuts[index].hasFrontend, frontends.updateValue(index, forKey: key) != nil { hasDuplicates = true }
            if cuts[index].hasBackend, backends.updateValue(index, forKey: key) != nil { hasDuplicates = true }
        }
    }

    /// The proxies whose names stand in a part of the text.
    func targets(in range: Range<Int>, _ body: (Int) -> Void) {
        var start = range.lowerBound
        while start < range.upperBound {
            guard SectionCuts.isNameByte(bytes[start]) else {
                start += 1
                continue
            }
            var end = start
            while end < range.upperBound, SectionCuts.isNameByte(bytes[end]) { end += 1 }
            let key = ConfigurationDigest.hash(bytes, start..<end)
            if let index = frontends[key] { body(index) }
            if let index = backends[key] { body(index) }
            start = end
        }
    }

    /// The proxies in whose text a name stands; nil if it stands in what proxies have in common: any of them may inherit
    /// it from there.
    func sections(naming name: [UInt8]) -> [Int]? {
        guard let base = bytes.baseAddress, !name.isEmpty else { return [] }
        var result: [Int] = []
        var start = 0
        while start < bytes.count {
            let found = clinux_find(base + start, UInt(bytes.count - start), name, UInt(name.count))
            if found < 0 { break }
            let place = start + found
            start = place + 1
            let end = place + name.count
            if place > 0, SectionCuts.isNameByte(bytes[place - 1]) { continue }
            if end < bytes.count, SectionCuts.isNameByte(bytes[end]) { continue }
            guard let index = proxy(at: place) else {
                if isCommon(place) { return nil }
                continue
            }
            if result.last != index { result.append(index) }
        }
        return result
    }

    /// In a section that is no proxy, and not in a comment above them all.
    private func isCommon(_ place: Int) -> Bool { place >= cuts.all.first?.range.lowerBound ?? 0 }

    private func proxy(at place: Int) -> Int? {
        var (low, high) = (0, cuts.proxies.count)
        while low < high {
            let middle = (low + high) / 2
            if cuts[middle].range.upperBound <= place { low = middle + 1 } else { high = middle }
        }
        return low < cuts.proxies.count && cuts[low].range.contains(place) ? low : nil
    }
}
