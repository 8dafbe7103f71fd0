internal import CLinux
internal import Glibc

/// Wakes whoever polls it, from any thread: an eventfd(2).
public struct Bell: ~Copyable, Sendable {
    private let event: FileDescriptor

    /// - Throws: ``SystemError``; EMFILE or ENFILE when there are too many files.
    public init() throws(SystemError) {
        event = FileDescriptor(owning: try syscall("eventfd") { clinux_eventfd(1) })
    }

    /// Readable when it has been rung and nobody has taken that.
    public var descriptor: CInt { event.raw }

    public func ring() {
        var one: UInt64 = 1
        _ = write(event.raw, &one, 8)
    }

    /// Whether it has been rung since the last call. Never waits.
    public func take() -> Bool {
        var count: UInt64 = 0
        return read(event.raw, &count, 8) == 8
    }
}
