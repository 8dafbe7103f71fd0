internal import Addresses
internal import Glibc
internal import Syscalls

/// Opens thousands of listeners with a second thread: the time is the kernel's, and goes by sockets.
enum ListenersAtOnce {
    enum Outcome: Sendable {
        case open(CInt)
        case failed(SystemError)
    }

    /// With fewer than this a thread costs more than it saves.
    static let least = 512

    /// Whether none of them can take the place of another, in whatever order they are opened.
    static func areApart(_ listeners: [Listener]) -> Bool {
        listeners.allSatisfy { listener in
            guard let endpoint = listener.address.endpoint else { return false }
            return endpoint.address.number != 0 && listener.address.namespace.isEmpty
        }
    }

    /// Opens each; the outcomes are in their order.
    static func open(_ wanted: [(listener: Listener, backlog: Int32)]) -> [Outcome] {
        DescriptorTable.reserve(wanted.count + 64)
        let middle = wanted.count / 2
        let former = Beside { wanted[..<middle].map { open($0.listener, $0.backlog) } }
        let latter = wanted[middle...].map { open($0.listener, $0.backlog) }
        return former.value() + latter
    }

    private static func open(_ listener: Listener, _ backlog: Int32) -> Outcome {
        do throws(SystemError) {
            return .open(try listener.open(backlog: backlog).release())
        } catch {
            return .failed(error)
        }
    }
}
