internal import Addresses
internal import ProxyConfig
internal import ProxyEngine

/// The log groups that a configuration has, each once.
struct LogGroups: Sendable {
    private var groups: [UInt64: LogGroup] = [:]
    private var last: (words: LogWords, number: UInt64)?

    var all: [LogGroup] { groups.sorted { $0.key < $1.key }.map { $0.value } }

    /// The number of the group; 0 if there is nobody to be told.
    mutating func number(_ words: LogWords, _ make: () -> LogGroup) -> UInt64 {
        // Mostly one is as the one before.
        if let last, last.words == words { return last.number }
        let group = make()
        let number = group.outputs.isEmpty ? 0 : group.number
        if number != 0 { groups[number] = group }
        last = (words, number)
        return number
    }

    mutating func merge(_ other: LogGroups) { groups.merge(other.groups) { first, _ in first } }
}

/// What of a section its group follows from.
struct LogWords: Hashable, Sendable {
    var targets: [LogTarget]
    var structuredData: String?
    var errorFormat: String?
    /// The section's name, where lines are counted for a sample.
    var owner: String?

    init(_ targets: [LogTarget]) { self.targets = targets }

    init(_ frontend: ProxyConfig.Frontend) {
        self.init(frontend.logTargets)
        structuredData = frontend.structuredDataFormat
        errorFormat = frontend.errorLogFormat
        if targets.contains(where: { $0.sample != nil }) { owner = frontend.name }
    }

    init(_ backend: ProxyConfig.Backend) {
        self.init(backend.logTargets)
        if targets.contains(where: { $0.sample != nil }) { owner = backend.name }
    }
}

/// Formats by their texts. Thousands of proxies mostly inherit the same, which is read once.
struct LineFormats: Sendable {
    private var formats: [String: LineFormat?] = [:]

    /// nil for one with what is not known.
    ///
    /// - Parameters:
    ///   - proxy: The section that it stands in: samples may speak of it.
    ///   - isValue: It is what a variable is set to.
    mutating func format(_ text: String, of proxy: String, isValue: Bool = false) -> LineFormat? {
        let name = isValue ? "\(text)\n" : text
        let key = text.contains("%") && text.contains("[") ? "\(name)\n\(proxy)" : name
        if let known = formats[key] { return known }
        let format = LineFormat(text, isValue: isValue) { expression in
            ProxyConfig.SampleExpression.answered(expression).map { ProxyEngine.SampleExpression($0, of: proxy) }
        }
        formats[key] = .some(format)
        return format
    }

    /// nil also for one with samples: what several proxies share knows none.
    mutating func plain(_ text: String) -> LineFormat? {
        format(text, of: "").flatMap { $0.hasSamples ? nil : $0 }
    }
}

extension SnapshotCompiler {
    /// nil for the process's.
    func logTag(_ tag: String?) -> String? { tag == model.global.logTag ? nil : tag }

    mutating func logGroup(_ words: LogWords) -> UInt64 {
        if words.targets.isEmpty { return 0 }
        let hostName = model.global.logHostName.map { $0.isEmpty ? HostName.own : $0 }
        let (structure, error) = (
            words.structuredData.flatMap { formats.plain($0) }, words.errorFormat.flatMap { formats.plain($0) }
        )
        let model = model
        return logGroups.number(words) {
            var group = LogGroup(
                outputs: words.targets.compactMap { LogOutput($0, hasHostName: hostName != nil, model.rings) },
                tag: model.global.logTag ?? "haproxy",
                hostName: hostName
            )
            group.structuredData = structure
            group.errorFormat = error
            group.owner = words.owner
            return group
        }
    }
}

extension LogOutput {
    /// nil for where nothing can be sent.
    fileprivate init?(_ target: LogTarget, hasHostName: Bool, _ rings: [Ring]) {
        let format = ProxyEngine.LogFormat(target.format, hasHostName: hasHostName)
        let destination: LogDestination
        switch target.destination {
        case .standardOutput: destination = .standardOutput
        case .standardError: destination = .standardError
        case .socket(.ip(let address, let ports)):
            destination = .datagrams(Endpoint(address, port: ports?.lowerBound ?? 514))
        case .socket(.unix(let path)): destination = .unix(path)
        case .socket(.abstract(let name)): destination = .unix("@" + name)
        case .socket(.descriptor(let number)): destination = .descriptor(Int32(clamping: number))
        case .stream(.ip(let address, let ports)):
            let endpoint = Endpoint(address, port: ports?.lowerBound ?? 514)
            destination = .ring(LogRing(endpoint, format, maxLength: target.length))
        case .ring(let name):
            guard let ring = LogRing(named: name, among: rings) else { return nil }
            destination = .ring(ring)
        case .socket, .stream: return nil
        }
        self.init(
            destination,
            format: format,
            facility: UInt8(target.facility.rawValue),
            level: LogLevel(target.level),
            minimumLevel: target.minimumLevel.map { LogLevel($0) } ?? .emergency,
            length: UInt32(clamping: target.length),
            sample: target.sample.map { ProxyEngine.LogSample($0) }
        )
    }
}

extension ProxyEngine.LogSample {
    fileprivate init(_ sample: ProxyConfig.LogSample) {
        self.init(
            ranges: sample.ranges.map { UInt32(clamping: $0.lowerBound)...UInt32(clamping: $0.upperBound) },
            size: UInt32(clamping: sample.size)
        )
    }
}

extension LogRing {
    /// The ring that HAProxy makes of a `log tcp@…` line, with its sizes and times.
    fileprivate init(_ endpoint: Endpoint, _ format: ProxyEngine.LogFormat, maxLength: Int) {
        self.init(
            name: "\(endpoint)",
            description: "created for a log line with a stream address",
            format: format,
            maxLength: UInt32(clamping: maxLength),
            connectTimeout: 1000,
            serverTimeout: 1000,
            servers: [.init(name: "\(endpoint)", endpoint: endpoint)]
        )
    }

    /// `buf0` is always there.
    fileprivate init?(named name: String, among rings: [Ring]) {
        if name == "buf0" {
            self.init(name: name, description: "in-memory ring buffer", format: .timed, size: 1 << 20)
            return
        }
        guard let ring = rings.first(where: { $0.name == name }) else { return nil }
        self.init(
            name: name,
            description: ring.description ?? name,
            format: ProxyEngine.LogFormat(rawValue: ring.format.rawValue) ?? .raw,
            maxLength: UInt32(clamping: ring.maxLength),
            size: UInt32(clamping: ring.size),
            connectTimeout: ring.connectTimeout.flatMap { $0 > 0 ? UInt32(clamping: $0) : nil },
            serverTimeout: ring.serverTimeout.flatMap { $0 > 0 ? UInt32(clamping: $0) : nil },
            servers: ring.servers.compactMap { server in
                guard case .ip(let address, let ports) = server.address else { return nil }
                let endpoint = Endpoint(address, port: ports?.lowerBound ?? 514)
                return Server(name: server.name, endpoint: endpoint, countsOctets: server.countsOctets)
            }
        )
    }
}

extension ProxyEngine.LogFormat {
    fileprivate init(_ format: LogTarget.Format?, hasHostName: Bool) {
        // As the manual says of `log-send-hostname`.
        self = format.flatMap { Self(rawValue: $0.rawValue) } ?? (hasHostName ? .rfc3164 : .local)
    }
}

extension LogLevel {
    fileprivate init(_ level: LogTarget.Level) { self = LogLevel(rawValue: UInt8(level.rawValue)) ?? .debug }
}
