internal import Addresses
internal import CLinux
internal import Glibc

/// The sinks and groups that there are. Groups stay for as long as the engine, so that whoever points to them may go on to do
/// so; sinks that no configuration names any more give their places to others when there are many.
///
/// One thread adds to it. Others read what was there when they were told of it.
final class LogBook: @unchecked Sendable {
    // Memory that is written before somebody is told of it.
    /// ``LogGroup/mostTargets``. Room that nobody uses costs nothing.
    private let mostTargets: Int
    /// Places of sinks: those of one configuration, and of the next one before that is in effect.
    let capacity: Int
    let sinks: UnsafeMutablePointer<LogSink>
    private(set) var sinkCount = 0
    private var places: [LogDestination: Place] = [:]
    /// Of those that have gone.
    private var freePlaces: [Int] = []
    /// Those that are not to be used any more, and may be in use for a moment.
    private var leaving: [(index: Int, destination: LogDestination)] = []
    private var changes = 0
    /// Targets of the configuration that was taken last which have places.
    private var placed = 0
    private var groups: [UInt64: Group] = [:]
    private var arena = Arena()
    /// ``LineFormat/tcp`` and ``LineFormat/client``.
    private var formats: [LineFormat: UnsafePointer<LineFormatEntry>] = [:]
    let tcpFormat: UnsafePointer<LineFormatEntry>?
    let clientFormat: UnsafePointer<LineFormatEntry>?
    /// Standard output and error.
    private(set) var streams = (LogSink(descriptor: 1), LogSink(descriptor: 2))
    /// Those that ``sinks`` write to, in order.
    private(set) var rings: [(ring: LogRing, memory: UnsafeMutablePointer<RingMemory>)] = []
    private var forwarder: RingForwarder?
    /// For datagrams over IP; -1: not yet. All sinks of a family share one, as HAProxy's do.
    private var sockets: (v4: CInt, v6: CInt) = (-1, -1)

    private struct Place {
        var index: Int
        /// The last change whose configuration named it.
        var change: Int
    }

    /// Memory of rings that are not to be written to any more, and may be for a moment.
    private var leavingRings: [(ring: LogRing, memory: UnsafeMutablePointer<RingMemory>)] = []

    private struct Group {
        var entry: UnsafePointer<LogGroupEntry>
        /// The same with other tags.
        var tagged: [PlanName: UnsafePointer<LogGroupEntry>] = [:]
        var destinations: [LogDestination]
        /// All targets have their places.
        var isWhole: Bool
        /// The last change whose configuration named it.
        var change: Int
    }

    init(mostTargets: Int = LogGroup.mostTargets) {
        self.mostTargets = mostTargets
        capacity = 2 * mostTargets
        sinks = .allocate(capacity: capacity)
        tcpFormat = arena.lineFormat(.tcp)
        clientFormat = arena.lineFormat(.client)
    }

    /// Opens standard output and error anew, while there is a file system.
    func openStreams() { streams = (LogSink(stream: 1), LogSink(stream: 2)) }

    deinit {
        forwarder?.stop()
        for (_, memory) in rings + leavingRings { RingMemory.release(memory) }
        for (destination, place) in places { close(place.index, destination) }
        for socket in [sockets.v4, sockets.v6] where socket >= 0 { Glibc.close(socket) }
        for stream in [streams.0, streams.1] where stream.descriptor > 2 { Glibc.close(stream.descriptor) }
        sinks.deallocate()
        arena.free()
    }

    /// Takes those in that are new.
    func take(_ groups: [LogGroup]) {
        changes += 1
        placed = 0
        for destination in Set(groups.flatMap { $0.outputs.map { $0.destination } }) {
            guard let place = places[destination] else { continue }
            places[destination]?.change = changes
            placed += 1
            // It gave its lines to another one of its name, which is to go now.
            if case .ring(let ring) = destination, !rings.contains(where: { $0.ring == ring }) {
                sinks[place.index].ring = memory(for: ring)
            }
        }
        for group in groups {
            let number = group.number
            if self.groups[number] == nil {
                self.groups[number] = entry(group)
            } else if self.groups[number]?.isWhole == false {
                let isWhole = findPlaces(group)
                self.groups[number]?.isWhole = isWhole
            }
            self.groups[number]?.change = changes
        }
        guard let forwarder else { return }
        let outputs = groups.flatMap { $0.outputs }
        forwarder.keep(outputs.compactMap { if case .ring(let ring) = $0.destination { ring } else { nil } })
    }

    /// Places for those of a group's targets that have none; whether all have one now. The entry stays where it is.
    private func findPlaces(_ group: LogGroup) -> Bool {
        guard let outputs = groups[group.number]?.entry.pointee.outputs else { return false }
        var isWhole = true
        for (index, output) in group.outputs.enumerated() where outputs[index].sink < 0 {
            guard let sink = sink(for: output.destination) else {
                isWhole = false
                continue
            }
            // In this order: whoever looks at it now finds no place, or all of it.
            clinux_atomic_store(&outputs[index].generation, sinks[sink].generation)
            outputs[index].sink = sink
        }
        return isWhole
    }

    /// nil: nobody is told.
    ///
    /// - Parameter tag: nil for the group's own.
    func group(_ number: UInt64, tag: String? = nil) -> UnsafePointer<LogGroupEntry>? {
        guard number != 0, let group = groups[number] else { return nil }
        guard var tag else { return group.entry }
        if let known = tag.withUTF8({ group.tagged[PlanName($0)] }) { return known }
        var entry = group.entry.pointee
        entry.tag = arena.text(tag)
        let made = UnsafePointer(arena.copy([entry]))
        groups[number]?.tagged[PlanName(made.pointee.tag)] = made
        return made
    }

    /// Thousands of proxies mostly have the same.
    func format(_ format: LineFormat?) -> UnsafePointer<LineFormatEntry>? {
        guard let format else { return nil }
        if let known = formats[format] { return known }
        let entry = arena.lineFormat(format)
        formats[format] = entry
        return entry
    }

    private func entry(_ group: LogGroup) -> Group {
        let outputs = group.outputs.map { entry($0, sink(for: $0.destination)) }
        let made = arena.copy([
            LogGroupEntry(
                outputs: UnsafeMutablePointer(mutating: arena.copy(outputs)),
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
        return Group(
            entry: made,
            destinations: group.outputs.map { $0.destination },
            isWhole: !outputs.contains { $0.sink < 0 },
            change: changes
        )
    }

    private func entry(_ output: LogOutput, _ sink: Int?) -> LogOutputEntry {
        var entry = LogOutputEntry(
            sink: sink ?? -1,
            generation: sink.map { sinks[$0].generation } ?? 0,
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

    // MARK: - Places

    private func sink(for destination: LogDestination) -> Int? {
        if let place = places[destination] { return place.index }
        guard placed < mostTargets else { return nil }
        let index: Int
        if let free = freePlaces.popLast() {
            index = free
        } else if sinkCount < capacity {
            index = sinkCount
            sinkCount += 1
            (sinks + index).initialize(to: LogSink(descriptor: -1))
        } else {
            return nil
        }
        var sink =
            switch destination {
            case .standardOutput: streams.0
            case .standardError: streams.1
            case .datagrams(let endpoint): LogSink(endpoint, over: socket(for: endpoint))
            case .unix(let place): LogSink(unix: place)
            case .ring(let ring): LogSink(memory(for: ring))
            case .descriptor(let descriptor): LogSink(stream: descriptor)
            }
        sink.generation = sinks[index].generation
        sinks[index] = sink
        places[destination] = Place(index: index, change: changes)
        placed += 1
        return index
    }

    private func socket(for endpoint: Endpoint) -> CInt {
        if endpoint.address.family == .v4 {
            if sockets.v4 < 0 { sockets.v4 = LogSink.datagramSocket(AF_INET) }
            return sockets.v4
        }
        if sockets.v6 < 0 { sockets.v6 = LogSink.datagramSocket(AF_INET6) }
        return sockets.v6
    }

    /// What was taken comes into effect: where there are many sinks, those that it does not name get no more lines, the longest
    /// unused first. Threads may still be at work with one until they have answered the change.
    ///
    /// Rings that it does not name go at once, for they may be large. Whoever still writes to one writes to the one that has its
    /// name now, or to none.
    func retire() {
        retireRings()
        guard places.count > mostTargets else { return }
        let unused = places.filter { $0.value.change != changes }.sorted { $0.value.change < $1.value.change }
        for (destination, place) in unused.prefix(places.count - mostTargets) {
            leave(place, destination)
        }
        forgetGroups()
    }

    private func leave(_ place: Place, _ destination: LogDestination) {
        sinks[place.index].generation &+= 1
        leaving.append((place.index, destination))
        places[destination] = nil
    }

    /// Of groups that are not named, only whole ones are known on.
    private func forgetGroups() {
        groups = groups.filter { _, group in
            group.change == changes || group.destinations.allSatisfy { places[$0] != nil }
        }
    }

    private func retireRings() {
        func isNamed(_ ring: LogRing) -> Bool { places[.ring(ring)]?.change == changes }
        let (named, unnamed) = (rings.filter { isNamed($0.ring) }, rings.filter { !isNamed($0.ring) })
        if unnamed.isEmpty { return }
        rings = named
        leavingRings += unnamed
        let heirs = Dictionary(named.map { ($0.ring.name, $0.memory) }) { $1 }
        let count = leaving.count
        for (destination, place) in places where place.change != changes {
            guard case .ring(let ring) = destination else { continue }
            if let heir = heirs[ring.name] {
                sinks[place.index].ring = heir
            } else {
                leave(place, destination)
            }
        }
        if leaving.count > count { forgetGroups() }
    }

    /// No thread is at work any more with what ``retire()`` took away: others may have the places.
    func freePlacesThatAreLeft() {
        for (index, destination) in leaving {
            close(index, destination)
            let generation = sinks[index].generation
            sinks[index] = LogSink(descriptor: -1)
            sinks[index].generation = generation
        }
        freePlaces += leaving.map { $0.index }
        leaving = []
        for (ring, memory) in leavingRings {
            if let forwarder, !ring.servers.isEmpty { forwarder.forget(memory) } else { RingMemory.release(memory) }
        }
        leavingRings = []
    }

    /// Closes what is the sink's own.
    private func close(_ index: Int, _ destination: LogDestination) {
        let descriptor = sinks[index].descriptor
        switch destination {
        case .unix where descriptor >= 0: Glibc.close(descriptor)
        case .descriptor(let original) where descriptor != original: Glibc.close(descriptor)
        default: break
        }
    }
}
