public import Files
internal import FoundationEssentials
internal import Glibc

/// How far the first boot of this start is: for the console, `status` and the host. No secret is in it.
public struct FirstBootProgress: Sendable, Codable, Hashable {
    public enum State: String, Sendable, Codable {
        case running
        case complete
        /// A step failed; the next first boot tries it again.
        case failed
        /// The properties are wrong; nothing was configured, but management where that could be.
        case refused
        /// It was ended in the middle, by a power cut of its own.
        case interrupted
    }

    public var state: State
    /// Where the properties come from; nil if there are none.
    public var source: String?
    /// Seconds since 1970.
    public var began: Int64
    public var ended: Int64?
    /// What is being done; nil when it has ended.
    public var step: String?
    public var steps: [FirstBootReport.Step]
    /// Why the properties were refused.
    public var problems: [String]
    /// Which adapter was taken for which interface, and why, where the properties name none; else nil.
    public var adapters: [String]?
    /// Of the process, to see whether it is still there.
    public var process: Int32

    static let path = "/run/appliance-net/firstboot.json"

    public init(source: String?, now: Int64) {
        state = .running
        self.source = source
        began = now
        steps = []
        problems = []
        process = getpid()
    }

    /// What the first boot of this start has told; nil if there was none.
    public static func read(_ root: Root) -> FirstBootProgress? {
        guard let bytes = try? AtomicFile.read(root[path], limit: 1 << 20),
            var progress = try? JSONDecoder().decode(FirstBootProgress.self, from: Data(bytes))
        else { return nil }
        if progress.state == .running, kill(progress.process, 0) != 0, errno == ESRCH { progress.state = .interrupted }
        return progress
    }

    public func write(_ root: Root) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.makeDirectory(AtomicFile.directory(of: root[Self.path]))
        try AtomicFile.replace(root[Self.path], with: Array(try encoder.encode(self)))
    }

    /// `2 of 11 steps, now: certificates`; of refused properties `only management was started`.
    public var summary: String {
        if state == .refused { return steps.isEmpty ? "nothing was changed" : "only management was started" }
        let done = "\(steps.count) of \(FirstBoot.steps.count) steps"
        return step.map { "\(done), now: \($0)" } ?? done
    }

    /// `first boot refused, only management was started: network.workload_ip = "10.13.201.10/33": …`; nil of one that runs,
    /// or is complete.
    public var failure: String? {
        guard ![.running, .complete].contains(state) else { return nil }
        let reasons = steps.compactMap { step in step.failure.map { "\(step.name): \($0)" } } + problems
        let reason = reasons.first?.split(separator: "\n").first.map { ": \($0)" } ?? ""
        return "first boot \(state.rawValue), \(summary)\(reason)"
    }
}
