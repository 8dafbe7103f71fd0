internal import Glibc

/// The sinks and groups that there are; they stay for as long as the engine, so that whoever points to them may go on to do
/// so. There are as many as a configuration has different `log` lines.
///
/// One thread adds to it. Others read what was there when they were told of it.
final class LogBook: @unchecked Sendable {
    // Memory that is written before somebody is told of it.
    /// Room that nobody uses costs nothing.
    static let mostSinks = 1024
    let sinks: UnsafeMutablePointer<LogSink>
    private(set) var sinkCount = 0
    private var places: [LogDestination: Int] = [:]
    private var groups: [UInt64: UnsafePointer<LogGroupEntry>] = [:]
    private var arena = Arena()
    /// ``LineFormat/tcp`` and ``LineFormat/client``.
    private var formats: [LineFormat: UnsafePointer<LineFormatEntry>] = [:]
    let tcpFormat: UnsafePointer<LineFormatEntry>?
    let clientFormat: UnsafePointer<LineFormatEntry>?
    /// Standard output and error.
    private var streams = (LogSink(descriptor: 1), LogSink(descriptor: 2))

    init() {
        sinks = .allocate(capacity: Self.mostSinks)
        tcpFormat = arena.lineFormat(.tcp)
        clientFormat = arena.lineFormat(.client)
    }

    /// Opens standard output and error anew, while there is a file system.
    func openStreams() { streams = (LogSink(stream: 1), LogSink(stream: 2)) }

    deinit {
        for index in 0..<sinkCount where sinks[index].manner == .datagrams { close(sinks[index].descriptor) }
        for stream in [streams.0, streams.1] where stream.descriptor > 2 { close(stream.descriptor) }
        sinks.deallocate()
        arena.free()
    }

    /// Takes those in that are new.
    func take(_ groups: [LogGroup]) {
        for group in groups where self.groups[group.number] == nil { self.groups[group.number] = entry(group) }
    }

    /// nil: nobody is told.
    func group(_ number: UInt64) -> UnsafePointer<LogGroupEntry>? { number == 0 ? nil : groups[number] }

    /// Thousands of proxies mostly have the same.
    func format(_ format: LineFormat?) -> UnsafePointer<LineFormatEntry>? {
        guard let format else { return nil }
        if let known = formats[format] { return known }
        let entry = arena.lineFormat(format)
        formats[format] = entry
        return entry
    }

    private func entry(_ group: LogGroup) -> UnsafePointer<LogGroupEntry> {
        let outputs = group.outputs.compactMap { output in
            sink(for: output.destination).map { sink in
                LogOutputEntry(
                    sink: sink,
                    format: output.format,
                    facility: output.facility,
                    level: output.level,
                    minimumLevel: output.minimumLevel,
                    length: Int(output.length)
                )
            }
        }
        return arena.copy([
            LogGroupEntry(
                outputs: arena.copy(outputs),
                count: outputs.count,
                tag: arena.text(group.tag),
                hostName: arena.text(group.hostName ?? ""),
                level: outputs.map { $0.level }.max() ?? .emergency,
                tellsTime: outputs.contains { ![.priority, .short, .raw].contains($0.format) }
            )
        ])
    }

    private func sink(for destination: LogDestination) -> Int? {
        if let place = places[destination] { return place }
        guard sinkCount < Self.mostSinks else { return nil }
        let sink =
            switch destination {
            case .standardOutput: streams.0
            case .standardError: streams.1
            case .datagrams(let endpoint): LogSink(endpoint)
            case .unix(let place): LogSink(unix: place)
            }
        (sinks + sinkCount).initialize(to: sink)
        places[destination] = sinkCount
        sinkCount += 1
        return sinkCount - 1
    }
}
