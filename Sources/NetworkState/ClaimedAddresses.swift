public import Addresses
public import Files
import Glibc
public import Syscalls

/// The virtual addresses that the service has claimed since the machine's start: `/run/appliance-net/claimed`.
///
/// Those of their own, outside every range, need a route each, which is as wanted as what the files say. The others are
/// there so that a service that starts again need not ask anew whether they are free.
public struct ClaimedAddresses: Sendable, Hashable {
    /// Under the root.
    public static let path = "/run/appliance-net/claimed"

    /// Addresses in no range, each with a route of its own.
    public var own: Set<IPAddress>
    /// Addresses in the ranges.
    public var inRanges: Set<IPAddress>

    public init(own: Set<IPAddress> = [], inRanges: Set<IPAddress> = []) {
        self.own = own
        self.inRanges = inRanges
    }

    public var all: Set<IPAddress> { own.union(inRanges) }

    /// Lines `own 10.13.200.70` and `range 10.13.200.40`; what is no such line is passed over.
    public init(text: String) {
        self.init()
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, let address = IPAddress(words[1]) else { continue }
            switch words[0] {
            case "own": own.insert(address)
            case "range": inRanges.insert(address)
            default: continue
            }
        }
    }

    public var text: String {
        (own.sorted().map { "own \($0)\n" } + inRanges.sorted().map { "range \($0)\n" }).joined()
    }

    /// What was written last; none if nothing was.
    public static func read(_ root: Root) -> ClaimedAddresses {
        (try? AtomicFile.readText(root[path], limit: 16 << 20)).flatMap { $0 }.map { ClaimedAddresses(text: $0) }
            ?? ClaimedAddresses()
    }

    /// Whether any were written, none perhaps: a service has run since the machine's start, and made a guard if one is
    /// wanted.
    public static func areKept(_ root: Root) -> Bool { access(root[path], F_OK) == 0 }

    public func write(_ root: Root) throws(SystemError) {
        try AtomicFile.makeDirectory(AtomicFile.directory(of: root[Self.path]))
        try AtomicFile.replace(root[Self.path], with: text, mode: 0o600)
    }
}
