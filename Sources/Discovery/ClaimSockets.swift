public import Addresses
internal import CLinux
internal import Glibc
public import Syscalls

/// The addresses that this machine claims on its links: ``ClaimMachine`` with sockets.
///
/// For a loop that waits on ``descriptor`` (readable: ``hear(at:)``) and until ``deadline`` (``timer(at:)``), both cheap
/// when there is nothing to do. Times are of CLOCK_MONOTONIC. Belongs to the thread and the network namespace that made
/// it. Whatever arrives, one call works on a bounded part of it.
public final class ClaimSockets {
    private var machine: ClaimMachine
    private var sockets: [SocketKey: PacketSocket] = [:]
    /// Of all sockets, so that who waits need not follow them as they come and go.
    private let epoll: FileDescriptor
    private var buffer = ReceiveBuffer()
    private var events: [ClaimEvent] = []
    /// When frames that wait for room in the kernel are sent again.
    private var flushAt: Duration?
    /// Something was released: more is listened to than needed.
    private var tidyAt: Duration?
    /// Interfaces that cannot be spoken on just now, by index.
    public private(set) var failures: [Int: SystemError] = [:]

    /// - Parameters:
    ///   - settings: Timing and policy.
    ///   - ownMACs: Of every interface of this machine: one may hear another.
    public init(
        _ settings: ClaimMachine.Settings = ClaimMachine.Settings(),
        ownMACs: Set<MACAddress> = []
    ) throws(SystemError) {
        machine = ClaimMachine(settings, ownMACs: ownMACs)
        epoll = FileDescriptor(owning: try syscall("epoll") { clinux_epoll_create() })
    }

    /// Readable when ``hear(at:)`` has something; the same for as long as this lives.
    public var descriptor: CInt { epoll.raw }

    /// When to call ``timer(at:)``; nil: never.
    public var deadline: Duration? { [machine.deadline, flushAt, tidyAt].compactMap { $0 }.min() }

    public var settings: ClaimMachine.Settings {
        get { machine.settings }
        set {
            machine.settings = newValue
            tidy()
        }
    }

    public var ownMACs: Set<MACAddress> {
        get { machine.ownMACs }
        set { machine.ownMACs = newValue }
    }

    /// What is claimed, and who else uses it.
    public var conflicts: [ClaimKey: MACAddress] { machine.conflicts }

    /// What has happened since the last call, in order.
    public func takeEvents() -> [ClaimEvent] {
        defer { events = [] }
        return events
    }

    // MARK: - What is asked of it

    /// Begins to probe, all addresses at the same time; ``ClaimEvent/probed(_:conflicts:)`` with the number that this
    /// gives follows, within 150 ms by default. An address that is claimed already on its interface is not probed.
    public func probe(_ requests: [AddressProbe.Request], at now: Duration) -> Int {
        listen(requests)
        return act(now) { machine.probe(requests, at: now, &$0) }
    }

    /// Announces addresses and watches them from now on; 1,000 take some milliseconds.
    ///
    /// - Parameters:
    ///   - areVirtual: Of AnyIP ranges: the kernel answers no neighbour solicitation for them, so this does.
    ///     false for addresses that an interface has.
    ///   - held: Of these, what another host is known to use.
    public func claim(
        _ requests: [AddressProbe.Request],
        areVirtual: Bool,
        held: [ClaimKey: MACAddress] = [:],
        at now: Duration
    ) {
        listen(requests)
        act(now) { machine.claim(requests, areVirtual: areVirtual, held: held, at: now, &$0) }
    }

    /// Announces claimed addresses anew: their link has come back, or another node had them.
    public func announce(_ keys: [ClaimKey], at now: Duration) {
        act(now) { machine.announce(keys, at: now, &$0) }
    }

    /// They are not ours any more. Nothing is sent: there is no packet that says so.
    public func release(_ keys: some Sequence<ClaimKey>, at now: Duration) {
        machine.release(keys)
        if tidyAt == nil { tidyAt = now + Self.tidiness }
    }

    // MARK: - The loop

    /// Takes what has come in, one batch of each socket at most.
    public func hear(at now: Duration) {
        let raw = epoll.raw
        var batch = [clinux_event](repeating: clinux_event(), count: Int(CLINUX_EVENT_BATCH))
        guard let count = try? syscall("epoll_wait", { clinux_epoll_wait(raw, &batch, 0) }) else { return }
        for event in batch.prefix(Int(count)) {
            guard let socket = sockets.values.first(where: { $0.descriptor == CInt(event.tag) }) else { continue }
            do throws(SystemError) {
                let count = try socket.receive(&buffer)
                act(now) { actions in
                    for index in 0..<count {
                        machine.hear(buffer.frame(index), on: socket.key.interface, at: now, &actions)
                    }
                }
            } catch {
                fail(socket, error)
            }
        }
        timer(at: now)
    }

    /// Does what is due.
    public func timer(at now: Duration) {
        act(now) { machine.advance(at: now, &$0) }
        if let due = tidyAt, due <= now { tidy() }
    }

    private func act<Result>(_ now: Duration, _ body: (inout [ClaimAction]) -> Result) -> Result {
        var actions: [ClaimAction] = []
        let result = body(&actions)
        for action in actions {
            switch action {
            case .send(let interface, let family, let frames): sockets[SocketKey(interface, family)]?.send(frames)
            case .tell(let event):
                events.append(event)
                if case .probed = event, tidyAt == nil { tidyAt = now + Self.tidiness }
            }
        }
        flush(now)
        return result
    }

    private func flush(_ now: Duration) {
        flushAt = nil
        for socket in sockets.values where socket.isWaiting {
            do throws(SystemError) {
                if !(try socket.flush()) { flushAt = now + .milliseconds(2) }
                failures[socket.key.interface] = nil
            } catch {
                fail(socket, error)
            }
        }
    }

    /// Frames wait for room in the kernel.
    var isSending: Bool { flushAt != nil }

    // MARK: - Sockets

    /// How long after something is released it is no longer listened to: until then it may come back.
    private static let tidiness = Duration.seconds(10)

    private func listen(_ requests: [AddressProbe.Request]) {
        for (key, group) in Dictionary(grouping: requests, by: { SocketKey($0) }) {
            do throws(SystemError) { try open(key).listen(group.map { $0.address }) } catch {
                failures[key.interface] = error
            }
        }
    }

    private func open(_ key: SocketKey) throws(SystemError) -> PacketSocket {
        if let socket = sockets[key] { return socket }
        let socket = try PacketSocket(key)
        let (raw, descriptor) = (epoll.raw, socket.descriptor)
        try syscall("epoll") { clinux_epoll_add(raw, descriptor, UInt32(CLINUX_EPOLL_IN), UInt64(descriptor)) }
        sockets[key] = socket
        return socket
    }

    /// An interface that is gone takes its socket with it; one that is down may come back.
    private func fail(_ socket: PacketSocket, _ error: SystemError) {
        failures[socket.key.interface] = error
        if error.code != ENETDOWN { sockets[socket.key] = nil }
    }

    private func tidy() {
        tidyAt = nil
        let wanted = machine.addresses
        for (key, socket) in sockets {
            do throws(SystemError) {
                if let addresses = wanted[key] {
                    try socket.listen(only: addresses)
                } else if !machine.uses(key) {
                    sockets[key] = nil
                }
            } catch {
                fail(socket, error)
            }
        }
    }
}
