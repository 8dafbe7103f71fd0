internal import Addresses
internal import ProxyConfig
internal import ProxyEngine

/// The log groups that a configuration has, each once.
struct LogGroups: Sendable {
    private var groups: [UInt64: LogGroup] = [:]
    private var last: (targets: [LogTarget], tag: String, number: UInt64)?

    var all: [LogGroup] { groups.values.sorted { $0.number < $1.number } }

    /// The number of the group; 0 if there is nobody to be told.
    mutating func number(_ targets: [LogTarget], tag: String, hostName: String?) -> UInt64 {
        // Mostly one is as the one before.
        if let last, last.tag == tag, last.targets == targets { return last.number }
        let outputs = targets.compactMap { LogOutput($0, hasHostName: hostName != nil) }
        let group = LogGroup(outputs: outputs, tag: tag, hostName: hostName)
        let number = outputs.isEmpty ? 0 : group.number
        if number != 0 { groups[number] = group }
        last = (targets, tag, number)
        return number
    }

    mutating func merge(_ other: LogGroups) { groups.merge(other.groups) { first, _ in first } }
}

/// Formats by their texts. Thousands of proxies mostly inherit the same, which is read once.
struct LineFormats: Sendable {
    private var formats: [String: LineFormat?] = [:]

    /// nil for one with what is not known.
    mutating func format(_ text: String) -> LineFormat? {
        if let known = formats[text] { return known }
        let format = LineFormat(text)
        formats[text] = .some(format)
        return format
    }
}

extension SnapshotCompiler {
    mutating func logGroup(_ targets: [LogTarget], tag: String?) -> UInt64 {
        if targets.isEmpty { return 0 }
        return logGroups.number(targets, tag: tag ?? model.global.logTag ?? "haproxy", hostName: logHostName)
    }

    private var logHostName: String? { model.global.logHostName.map { $0.isEmpty ? HostName.own : $0 } }
}

extension LogOutput {
    /// nil for where nothing can be sent yet.
    fileprivate init?(_ target: LogTarget, hasHostName: Bool) {
        let destination: LogDestination
        switch target.destination {
        case .standardOutput: destination = .standardOutput
        case .standardError: destination = .standardError
        case .socket(.ip(let address, let ports)):
            destination = .datagrams(Endpoint(address, port: ports?.lowerBound ?? 514))
        case .socket(.unix(let path)): destination = .unix(path)
        case .socket(.abstract(let name)): destination = .unix("@" + name)
        case .socket, .ring: return nil
        }
        self.init(
            destination,
            format: ProxyEngine.LogFormat(target.format, hasHostName: hasHostName),
            facility: UInt8(target.facility.rawValue),
            level: LogLevel(target.level),
            minimumLevel: target.minimumLevel.map { LogLevel($0) } ?? .emergency,
            length: UInt32(clamping: target.length)
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
