internal import Addresses
internal import Glibc
internal import ProxyConfig
internal import ProxyEngine

/// What is kept of the text that serves: a number for each section, by which the next text shows what has changed.
struct ConfigurationDigest: Sendable {
    struct Proxy: Sendable {
        /// Of its text, by a key that this process drew.
        var hash: UInt64
        var context: UInt32
        var listeners: UInt32
        var servers: UInt32
        /// What it means is not told by its text alone: it is read every time.
        var isVolatile: Bool
        var hasFrontend: Bool
        var hasBackend: Bool

        var sides: ProxyOrder.Sides {
            var sides: ProxyOrder.Sides = []
            if hasFrontend { sides.insert(.frontend) }
            if hasBackend { sides.insert(.backend) }
            return sides
        }
    }

    /// Of all sections that are no proxies.
    var common: UInt64
    var proxies: [Proxy]

    static func hash(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[range]))
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    static func common(_ bytes: UnsafeBufferPointer<UInt8>, _ cuts: SectionCuts) -> UInt64 {
        var hasher = Hasher()
        for cut in cuts.all where !cut.isProxy {
            hasher.combine(hash(bytes, cut.range))
        }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// - Parameters:
    ///   - model: What the check found, before names were resolved.
    ///   - snapshot: What was compiled of it.
    /// - Returns: nil if a change has to be read as a whole.
    init?(_ text: [UInt8], _ file: ConfigurationFile, _ model: ProxyModel, _ snapshot: ProxySnapshot) {
        let digest = text.withUnsafeBufferPointer { bytes -> ConfigurationDigest? in
            guard let cuts = SectionCuts(bytes), cuts.all.count == file.sections.count else { return nil }
            return ConfigurationDigest(bytes, cuts, model, snapshot)
        }
        guard let digest else { return nil }
        self = digest
    }

    private init?(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ cuts: SectionCuts,
        _ model: ProxyModel,
        _ snapshot: ProxySnapshot
    ) {
        guard Self.standsForItself(model, snapshot) else { return nil }
        common = Self.common(bytes, cuts)
        proxies = []
        proxies.reserveCapacity(cuts.proxies.count)
        // What is in such files is not told by the text: they are read every time.
        let namesFiles = !snapshot.patternFiles.isEmpty
        if namesFiles, cuts.all.contains(where: { !$0.isProxy && Self.mayNameFile(bytes, $0.range) }) { return nil }
        let tables = Set(model.stickTables.map { $0.name })
        var (frontend, backend, fresh, compiled) = (0, 0, 0, 0)
        for place in cuts.proxies {
            let cut = cuts.all[place]
            let name = String(decoding: UnsafeBufferPointer(rebasing: bytes[cut.name]), as: UTF8.self)
            var proxy = Proxy(
                hash: Self.hash(bytes, cut.range),
                context: cut.context,
                listeners: 0,
                servers: 0,
                isVolatile: tables.contains(name) || bytes[cut.range].contains(UInt8(ascii: "$"))
                    || namesFiles && Self.mayNameFile(bytes, cut.range),
                hasFrontend: false,
                hasBackend: false
            )
            if cut.hasFrontend {
                guard frontend < model.frontends.count, model.frontends[frontend].name == name else { return nil }
                if model.frontends[frontend].isVolatile { proxy.isVolatile = true }
                frontend += 1
                if fresh < snapshot.frontends.count, snapshot.frontends[fresh].name == name {
                    proxy.hasFrontend = true
                    proxy.listeners = UInt32(clamping: snapshot.frontends[fresh].listeners.count)
                    fresh += 1
                }
            }
            if cut.hasBackend {
                guard backend < model.backends.count, model.backends[backend].name == name,
                    compiled < snapshot.backends.count, snapshot.backends[compiled].name == name
                else { return nil }
                if model.backends[backend].isVolatile { proxy.isVolatile = true }
                proxy.hasBackend = true
                proxy.servers = UInt32(clamping: snapshot.backends[compiled].servers.count)
                backend += 1
                compiled += 1
            }
            proxies.append(proxy)
        }
        guard frontend == model.frontends.count, backend == model.backends.count, fresh == snapshot.frontends.count,
            compiled == snapshot.backends.count
        else { return nil }
    }

    /// Whether a section has an ACL with `-f` or a converter `map`.
    private static func mayNameFile(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        var place = range.lowerBound
        while place + 2 < range.upperBound {
            switch bytes[place] {
            case UInt8(ascii: "-"): if bytes[place + 1] == UInt8(ascii: "f") { return true }
            case UInt8(ascii: "m"):
                if bytes[place + 1] == UInt8(ascii: "a"), bytes[place + 2] == UInt8(ascii: "p") { return true }
            default: break
            }
            place += 1
        }
        return false
    }

    init(common: UInt64, proxies: [Proxy]) {
        self.common = common
        self.proxies = proxies
    }

    /// Nothing of the whole depends on what is in each proxy.
    static func standsForItself(_ model: ProxyModel, _ snapshot: ProxySnapshot) -> Bool {
        if snapshot.settings.loadsTLS || !snapshot.authorities.isEmpty { return false }
        // Numbers that were given by hand change those of others.
        if !snapshot.order.numbers.isEmpty { return false }
        // What a table keeps is said by those who use it too.
        let sharesTables = model.backends.indices.contains { index in
            model.backends[index].stickRules.contains { $0.table != model.backends[index].name }
        }
        if sharesTables { return false }
        // `fullconn` is counted from all frontends.
        return model.backends.indices.allSatisfy { index in
            model.backends[index].fullConnections != nil
                || !model.backends[index].servers.contains { ($0.minConnections ?? 0) > 0 }
        }
    }
}

extension ProxyConfig.Frontend {
    /// Other things than its text say what it listens to: names, users, the listeners of others.
    fileprivate var isVolatile: Bool {
        !quarantine.isEmpty || mode == .http
            || binds.contains { bind in
                bind.quarantine != nil || bind.isTransparent
                    || !bind.addresses.allSatisfy { address in
                        if case .ip(let ip, let ports) = address { ip.number != 0 && ports != nil } else { false }
                    }
            }
    }
}

extension ProxyConfig.Backend {
    fileprivate var isVolatile: Bool {
        !quarantine.isEmpty || mode == .http || source != nil
            || servers.contains { server in
                if case .ip = server.address {
                    server.quarantine != nil || server.resolvers != nil || server.source != nil || server.caFile != nil
                } else {
                    true
                }
            }
    }
}
