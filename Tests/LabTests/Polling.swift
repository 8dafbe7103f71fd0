import Synchronization
import Syscalls
import TestSupport

/// A program of `scripts/lab.d` at work in a node, which goes on until somebody wants to know what it has found.
final class Polling: Sendable {
    private let end: String
    private let found = Mutex<[String]?>(nil)
    private static let count = Atomic(0)

    /// `poll`: places that are asked again and again. A line for each, such as
    /// `10.13.200.34:443 answered 812 refused 0 silent 0 longest 14`.
    ///
    /// - Parameters:
    ///   - directory: Seen by all nodes, and there until ``lines()``.
    ///   - places: `10.13.200.34:443` each.
    convenience init(_ lab: Lab, from node: String, in directory: String, _ places: [String]) {
        self.init(lab, node, directory) { ["poll", $0] + places }
    }

    /// `scan`: ports of addresses, some hundred times a second each. Those that answered once, and how often all of them
    /// were asked together.
    convenience init(_ lab: Lab, scanningFrom node: String, in directory: String, _ addresses: [String], _ ports: [Int])
    {
        let ports = ports.map { "\($0)" }.joined(separator: ",")
        self.init(lab, node, directory) { ["scan", "--until", $0] + addresses + [ports] }
    }

    /// `talk`: one connection that goes on. `said 31` if it did.
    convenience init(_ lab: Lab, talkingFrom node: String, in directory: String, _ place: String) {
        self.init(lab, node, directory) { ["talk", $0, place] }
    }

    private init(_ lab: Lab, _ node: String, _ directory: String, _ words: (String) -> [String]) {
        end = "\(directory)/\(Self.count.add(1, ordering: .relaxed).newValue).end"
        let command = words(end)
        startThread { [self] in
            let result = try? lab.command(["exec", node, Lab.scripts + command[0]] + command.dropFirst())
            let lines = (result?.output ?? "").split(separator: "\n").map { String($0) }
            found.withLock { $0 = lines }
        }
    }

    /// Ends it, and gives what it says.
    func lines() throws -> [String] {
        try run("touch", end)
        _ = eventually { found.withLock { $0 != nil } }
        try run("rm", "-f", end)
        return found.withLock { $0 ?? [] }
    }
}
