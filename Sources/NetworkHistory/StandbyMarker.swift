public import Files
import Glibc
public import Syscalls

/// Remembers that `down` was said: `/run/appliance-net/down`, which a reboot forgets.
public struct StandbyMarker: Sendable, Hashable {
    /// Under the root.
    public static let path = "/run/appliance-net/down"

    /// The file.
    public let file: String

    public init(_ root: Root = Root()) { file = root[Self.path] }

    public var isSet: Bool { access(file, F_OK) == 0 }

    /// Before the network is taken down, so that nobody repairs what goes.
    public func set() throws(SystemError) {
        try AtomicFile.makeDirectory(AtomicFile.directory(of: file))
        try AtomicFile.replace(file, with: "appliance-net down was run. appliance-net up ends it.\n")
    }

    /// After the network was applied.
    public func clear() throws(SystemError) { try AtomicFile.remove(file) }
}
