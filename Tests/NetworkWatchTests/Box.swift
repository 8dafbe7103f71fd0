import Files
import Glibc
import NetworkFiles
import NetworkHistory
import NetworkTestSupport
import TestSupport
import Testing

@testable import NetworkWatch

/// An appliance in the calling thread's network namespace, its files in a directory, and the service between them;
/// the test turns its loop by hand.
final class Box {
    let root: Root
    private var running: WatchService?
    var service: WatchService {
        guard let running else { preconditionFailure("the service has ended") }
        return running
    }
    private final class Record {
        var log: [String] = []
        var notes: [String] = []
        /// What applying fails with; nil: it works.
        var failure: String?
    }
    private let record = Record()

    var log: [String] { record.log }
    var notes: [String] { record.notes }
    var report: WatchReport { service.report }
    var failure: String? {
        get { record.failure }
        set { record.failure = newValue }
    }

    /// A fresh namespace with an appliance whose service has started.
    static func with(receiveBuffer: Int? = nil, _ body: @escaping @Sendable (Box) throws -> Void) throws {
        try inAppliance { root in
            let box = try Box(root, receiveBuffer)
            try #require(try box.turns { box.report.state == .inSync })
            try body(box)
        }
    }

    init(_ root: Root, _ receiveBuffer: Int?, _ parts: [any WatchPart] = []) throws {
        self.root = root
        running = try Self.start(root, record, receiveBuffer, parts)
    }

    /// It ends as by a crash: nothing of it is done any more.
    func end() { running = nil }

    /// Another service in the place of this one, as after a crash.
    func restart(parts: [any WatchPart] = []) throws {
        record.log = []
        record.notes = []
        running = try Self.start(root, record, nil, parts)
    }

    private static func start(
        _ root: Root,
        _ record: Record,
        _ receiveBuffer: Int?,
        _ parts: [any WatchPart]
    ) throws -> WatchService {
        var applier = Applier(root, patience: .zero)
        var settings = WatchService.Settings(
            apply: { configuration, isAllowed in
                if let failure = record.failure { throw ControlError(message: failure) }
                applier.beforeOperation = { _, _ in try isAllowed() }
                return try applier.apply(.watch, configuration)
            },
            log: { _, text in record.log.append(text) },
            notify: { record.notes.append($0) }
        )
        settings.root = root
        settings.parts = parts
        settings.takesSignals = false
        settings.receiveBuffer = receiveBuffer
        return try WatchService(settings)
    }

    /// Turns the loop until `condition` holds; false after half a minute.
    func turns(until condition: () throws -> Bool) throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if try condition() { return true }
            try service.turn(atMost: .milliseconds(20))
        }
        return try condition()
    }

    /// Turns until nothing has happened for longer than any of its delays.
    func quiet() throws {
        let settled = ContinuousClock.now + .milliseconds(1200)
        while ContinuousClock.now < settled { try service.turn(atMost: .milliseconds(50)) }
    }

    /// What the control socket answers to a line.
    func ask(_ line: String) throws -> String {
        let socket = try TestSocket.connect(unix: root[ControlServer.path])
        try socket.send(line + "\n")
        var wait = pollfd(fd: socket.raw, events: Int16(POLLIN), revents: 0)
        _ = try turns { poll(&wait, 1, 0) == 1 }
        return String(decoding: try socket.receive().dropLast(), as: UTF8.self)
    }

    func shell(_ script: String) throws { try run("sh", "-c", "cd \(root["/etc/vmware"]); " + script) }

    func hasRange(_ range: String) throws -> Bool {
        try run("ip", "route", "show", "table", "local").contains("local \(range) dev lo")
    }
}
