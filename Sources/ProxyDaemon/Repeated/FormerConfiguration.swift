internal import Glibc
internal import ProxyConfig
internal import ProxyEngine

/// The configuration that serves, for reading of the next one what has changed.
struct FormerConfiguration {
    let snapshot: EncodedSnapshot
    /// nil: the next one is read as a whole.
    let digest: ConfigurationDigest?
    /// Whether a listener is configured at an address.
    let listens: (ListenAddress) -> Bool

    /// A part of the next text: what is to be read of it, and what is taken over.
    struct Part {
        var text: String
        /// For each proxy of the text its place in the digest; nil for one that is read.
        var sources: [Int?]
        /// Of those that are read.
        var hashes: [UInt64]
        fileprivate var common: UInt64
        /// Of the header of each proxy.
        fileprivate var lines: [UInt32]
    }

    /// What has to be read of the next text; nil if all of it: where most has changed, or anything that concerns all.
    func part(_ bytes: UnsafeBufferPointer<UInt8>, _ cuts: SectionCuts) -> Part? {
        guard let digest, digest.common == ConfigurationDigest.common(bytes, cuts),
            let base = SourceFinder(digest).sources(bytes, cuts)
        else { return nil }
        let names = ProxyNames(bytes, cuts)
        guard !names.hasDuplicates else { return nil }
        var sources = base.sources
        let limit = 16 + sources.count / 4
        var reading: [Int] = []
        for index in sources.indices where sources[index].map({ digest.proxies[$0].isVolatile }) ?? true {
            sources[index] = nil
            reading.append(index)
        }
        // Whoever names what has changed, or what is gone.
        var changed = base.sources.indices.filter { base.sources[$0] == nil }.map { Array(bytes[cuts[$0].name]) }
        changed += goneNames(digest, base.sources)
        guard reading.count < limit, changed.count <= 64 else { return nil }
        for name in Set(changed) {
            guard let sections = names.sections(naming: name) else { return nil }
            for index in sections where sources[index] != nil {
                sources[index] = nil
                reading.append(index)
            }
        }
        // And whom they name, down to the last.
        for cut in cuts.all where !cut.isProxy { names.targets(in: cut.range) { Self.add($0, &sources, &reading) } }
        var next = 0
        while next < reading.count {
            if reading.count > limit { return nil }
            names.targets(in: cuts[reading[next]].range) { Self.add($0, &sources, &reading) }
            next += 1
        }
        var text = Array(bytes[..<(cuts.all.first?.range.lowerBound ?? 0)])
        var (proxy, hashes) = (0, [UInt64]())
        for cut in cuts.all {
            if cut.isProxy {
                defer { proxy += 1 }
                if sources[proxy] != nil { continue }
                hashes.append(base.hashes[proxy])
            }
            text += bytes[cut.range]
        }
        return Part(
            text: String(decoding: text, as: UTF8.self),
            sources: sources,
            hashes: hashes,
            common: digest.common,
            lines: Self.lines(bytes, cuts)
        )
    }

    private static func lines(_ bytes: UnsafeBufferPointer<UInt8>, _ cuts: SectionCuts) -> [UInt32] {
        var (line, place) = (UInt32(1), 0)
        return cuts.proxies.map { index in
            let start = cuts.all[index].range.lowerBound
            while place < start {
                if bytes[place] == UInt8(ascii: "\n") { line += 1 }
                place += 1
            }
            return line
        }
    }

    private static func add(_ index: Int, _ sources: inout [Int?], _ reading: inout [Int]) {
        if sources[index] == nil { return }
        sources[index] = nil
        reading.append(index)
    }

    /// Names of proxies that are not in the next text as they are here.
    private func goneNames(_ digest: ConfigurationDigest, _ sources: [Int?]) -> [[UInt8]] {
        var stays = [Bool](repeating: false, count: digest.proxies.count)
        for case let source? in sources { stays[source] = true }
        return zip(pieces(digest), stays).filter { !$0.1 }.flatMap { pieces, _ in
            [pieces.frontend, pieces.backend].compactMap { $0?.name }
        }
    }

    /// The pieces of each proxy.
    private func pieces(_ digest: ConfigurationDigest) -> [(frontend: EncodedProxy?, backend: EncodedProxy?)] {
        var (frontend, backend) = (0, 0)
        return digest.proxies.map { proxy in
            defer {
                frontend += proxy.hasFrontend ? 1 : 0
                backend += proxy.hasBackend ? 1 : 0
            }
            return (
                proxy.hasFrontend ? snapshot.frontends[frontend] : nil,
                proxy.hasBackend ? snapshot.backends[backend] : nil
            )
        }
    }

    /// The whole of a configuration of which `part` was read.
    ///
    /// - Parameters:
    ///   - read: What was made of the part, and its digest.
    /// - Returns: nil if what was read does not go with the rest.
    func whole(_ part: Part, _ read: LoadedConfiguration) -> LoadedConfiguration? {
        guard let digest, let own = read.digest, own.proxies.count == part.hashes.count,
            read.snapshot.frontends.count == own.proxies.count(where: { $0.hasFrontend }),
            read.snapshot.backends.count == own.proxies.count(where: { $0.hasBackend })
        else { return nil }
        let pieces = pieces(digest)
        var known = [Bool](repeating: false, count: pieces.count)
        for case let source? in part.sources { known[source] = true }
        // Two listeners at one address: the first has it, and which that is takes all of them to say.
        let former = pieces.indices.filter { !known[$0] }.compactMap { pieces[$0].frontend }
        let free = Set(former.flatMap { Self.addresses($0) })
        for address in read.snapshot.frontends.flatMap({ Self.addresses($0) }) {
            if listens(address), !free.contains(address) { return nil }
        }
        var result = read
        var whole = ConfigurationDigest(common: digest.common, proxies: [])
        whole.proxies.reserveCapacity(part.sources.count)
        var (frontends, backends): ([EncodedProxy], [EncodedProxy]) = ([], [])
        frontends.reserveCapacity(part.sources.count)
        backends.reserveCapacity(part.sources.count)
        var (next, frontend, backend) = (0, 0, 0)
        for source in part.sources {
            if let source {
                whole.proxies.append(digest.proxies[source])
                if let piece = pieces[source].frontend { frontends.append(piece) }
                if let piece = pieces[source].backend { backends.append(piece) }
                result.needs.listeners += Int(digest.proxies[source].listeners)
                result.needs.servers += Int(digest.proxies[source].servers)
                continue
            }
            guard own.proxies[next].hash == part.hashes[next] else { return nil }
            whole.proxies.append(own.proxies[next])
            if own.proxies[next].hasFrontend {
                frontends.append(read.snapshot.frontends[frontend])
                frontend += 1
            }
            if own.proxies[next].hasBackend {
                backends.append(read.snapshot.backends[backend])
                backend += 1
            }
            next += 1
        }
        var order = ProxyOrder(sections: whole.proxies.map { $0.sides })
        (order.file, order.lines) = (read.snapshot.order.file, part.lines)
        result.snapshot = read.snapshot.with(
            read.snapshot.settings,
            frontends: frontends,
            backends: backends,
            order: order
        )
        // Those that were read for the sake of others are mostly the same.
        result.snapshot = result.snapshot.sharing(with: snapshot).withLogGroups(of: snapshot)
        result.digest = whole
        return result
    }

    private static func addresses(_ piece: EncodedProxy) -> [ListenAddress] {
        (try? piece.frontend())?.listeners.map { $0.address } ?? []
    }
}

extension SectionCuts {
    /// The proxy at this place among the proxies.
    subscript(proxy: Int) -> Cut { all[proxies[proxy]] }
}

/// Finds each proxy of a text in the digest of the one before.
private struct SourceFinder {
    private struct Key: Hashable {
        var hash: UInt64
        var context: UInt32
    }

    private let digest: ConfigurationDigest

    init(_ digest: ConfigurationDigest) { self.digest = digest }

    /// nil if one is there twice.
    func sources(_ bytes: UnsafeBufferPointer<UInt8>, _ cuts: SectionCuts) -> (sources: [Int?], hashes: [UInt64])? {
        var sources: [Int?] = []
        var hashes: [UInt64] = []
        sources.reserveCapacity(cuts.proxies.count)
        hashes.reserveCapacity(cuts.proxies.count)
        var taken = [Bool](repeating: false, count: digest.proxies.count)
        var places: [Key: Int]?
        var next = 0
        for place in cuts.proxies {
            let cut = cuts.all[place]
            let hash = ConfigurationDigest.hash(bytes, cut.range)
            hashes.append(hash)
            var found: Int?
            if next < digest.proxies.count, isSame(next, hash, cut) {
                found = next
            } else {
                let known = places ?? self.places
                places = known
                found = known[Key(hash: hash, context: cut.context)]
            }
            if let found {
                if taken[found] { return nil }
                taken[found] = true
                next = found + 1
            }
            sources.append(found)
        }
        return (sources, hashes)
    }

    private func isSame(_ index: Int, _ hash: UInt64, _ cut: SectionCuts.Cut) -> Bool {
        digest.proxies[index].hash == hash && digest.proxies[index].context == cut.context
    }

    private var places: [Key: Int] {
        let pairs = digest.proxies.enumerated().map { (Key(hash: $1.hash, context: $1.context), $0) }
        return Dictionary(pairs) { first, _ in first }
    }
}
