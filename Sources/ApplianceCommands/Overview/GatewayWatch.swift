internal import Doctor
internal import Explanation
internal import Files
internal import Glibc
internal import Synchronization

/// Knows which gateways do not answer, for the overview.
final class GatewayWatch: Sendable {
    private let root: Root
    private let silent = Mutex<Set<Finding>>([])

    /// Seconds until they are asked again: where one was silent, or nobody could be asked, and else.
    private static let (soon, late): (UInt32, UInt32) = (5, 60)

    init(_ root: Root) { self.root = root }

    /// For people.
    var problems: [String] {
        silent.withLock { $0 }.map { "gateway \($0.subject): \($0.message) (\($0.remedy ?? ""))" }.sorted()
    }

    /// Asks for ever. A thread of its own runs it: an answer takes its time.
    func run() -> Never {
        var former: Set<Finding> = []
        while true {
            // Where nobody can be asked, nobody is silent: without files yet, or powers.
            let found = try? SilentGateways.find(root)
            let now = Set(found ?? [])
            // Once is not enough: a link may just have come up.
            let both = former.intersection(now)
            silent.withLock { $0 = both }
            former = now
            sleep(found == [] ? Self.late : Self.soon)
        }
    }
}
