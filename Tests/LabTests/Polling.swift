import Synchronization
import Syscalls
import TestSupport

/// `scripts/lab.d/poll` at work: places asked from a node again and again, until somebody wants to know.
final class Polling: Sendable {
    private let end: String
    private let found = Mutex<[String]?>(nil)

    /// - Parameters:
    ///   - directory: Seen by all nodes, and there until ``lines()``.
    ///   - places: `10.13.200.34:443` each.
    init(_ lab: Lab, from node: String, in directory: String, _ places: [String]) {
        end = "\(directory)/\(node)-\(places.joined(separator: "-")).end"
        startThread { [self] in
            let result = try? lab.command(["exec", node, Lab.scripts + "poll", end] + places)
            let lines = (result?.output ?? "").split(separator: "\n").map { String($0) }
            found.withLock { $0 = lines }
        }
    }

    /// Ends it, and gives a line for each place, such as
    /// `10.13.200.34:443 answered 812 refused 0 silent 0 longest 14`.
    func lines() throws -> [String] {
        try run("touch", end)
        _ = eventually { found.withLock { $0 != nil } }
        try run("rm", "-f", end)
        return found.withLock { $0 ?? [] }
    }
}
