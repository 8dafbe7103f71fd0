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
    /// Those that ``sinks`` write to, in order.
    private(set) var rings: [(ring: LogRing, memory: UnsafeMutablePointer<RingMemory>)] = []
    private var forwarder: RingForwarder?

    init() {
        sinks = .allocate(capacity: Self.mostSinks)
        tcpFormat = arena.lineFormat(.tcp)
        clientFormat = arena.lineFormat(.client)
    }

    /// Opens standard output and error anew, while there is a file system.
    func openStreams() { streams = (LogSink(stream: 1), LogSink(stream: 2)) }

    deinit {
        forwarder?.stop()
        for (_, memory) in rings {
            memory.pointee.free()
            memory.deallocate()
        }
        for index in 0..<sinkCount where sinks[index].manner == .datagrams { close(sinks[index].descriptor) }
        for stream in [streams.0, streams.1] where stream.descriptor > 2 { close(stream.descriptor) }
        sinks.deallocate()
        arena.free()
    }

    /// Takes those in that are new.
    func take(_ groups: [LogGroup]) {
        for group in groups where self.groups[group.number] == nil { self.groups[group.number] = entry(group) }
        guard let forwarder else { return }
        let outputs = groups.flatMap { $0.outputs }
        forwarder.keep(outputs.compactMap { if case .ring(let ring) = $0.destination { ring } else { nil } })
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
                entry(output, sink)
            }
        }
        return arena.copy([
            LogGroupEntry(
                outputs: arena.copy(outputs),
                count: outputs.count,
                tag: arena.text(group.tag),
                hostName: arena.text(group.hostName ?? ""),
                level: outputs.map { $0.level }.max() ?? .emergency,
                tellsTime: outputs.contains { ![.priority, .short, .raw].contains($0.format) },
                structuredData: outputs.contains { $0.format == .rfc5424 } ? format(group.structuredData) : nil,
                errorFormat: format(group.errorFormat),
                takesStructure: outputs.contains { $0.format == .rfc5424 }
            )
        ])
    }

    private func entry(_ output: LogOutput, _ sink: Int) -> LogOutputEntry {
        var entry = LogOutputEntry(
            sink: sink,
            format: output.format,
            facility: output.facility,
            level: output.level,
            minimumLevel: output.minimumLevel,
            length: Int(output.length),
            sample: sample(output.sample)
        )
        if case .ring(let ring) = output.destination {
            // What a ring keeps has its form and length, whatever the line says.
            (entry.format, entry.length) = (ring.format, Int(ring.maxLength))
        }
        return entry
    }

    private func sample(_ sample: LogSample?) -> UnsafePointer<LogSampleEntry>? {
        guard let sample else { return nil }
        let lines = arena.table(of: UInt32.self, count: 1)
        lines.initialize(to: 0)
        let ranges = sample.ranges.map { (low: $0.lowerBound, high: $0.upperBound) }
        return arena.copy([
            LogSampleEntry(ranges: arena.copy(ranges), count: ranges.count, size: sample.size, lines: lines)
        ])
    }

    // MARK: - Rings

    private func memory(for ring: LogRing) -> UnsafeMutablePointer<RingMemory> {
        if forwarder == nil, !ring.servers.isEmpty { forwarder = RingForwarder() }
        let memory = UnsafeMutablePointer<RingMemory>.allocate(capacity: 1)
        let bell = ring.servers.isEmpty ? -1 : forwarder?.bell ?? -1
        memory.initialize(to: RingMemory(size: Int(ring.size), bell: bell))
        rings.append((ring, memory))
        forwarder?.add(ring.servers.map { RingLink($0, ring, memory) })
        return memory
    }

    /// Starts the thread that sends messages on, if there is one to send on.
    func startForwarding() { forwarder?.start() }

    /// No message is sent on any more.
    func stopForwarding() { forwarder?.stop() }

    private func sink(for destination: LogDestination) -> Int? {
        if let place = places[destination] { return place }
        guard sinkCount < Self.mostSinks else { return nil }
        let sink =
            switch destination {
            case .standardOutput: streams.0
            case .standardError: streams.1
            case .datagrams(let endpoint): LogSink(endpoint)
            case .unix(let place): LogSink(unix: place)
            case .ring(let ring): LogSink(memory(for: ring))
            case .descriptor(let descriptor): LogSink(stream: descriptor)
            }
        (sinks + sinkCount).initialize(to: sink)
        places[destination] = sinkCount
        sinkCount += 1
        return sinkCount - 1
    }
}
