internal import CLinux
internal import Glibc
public import Syscalls

/// The listening sockets of the process that owns them, and the addresses that could not be bound.
///
/// One address that cannot be bound never stops the others: it is put aside with its reason and tried again.
public struct ListenerBook: ~Copyable {
    /// An address that does not serve.
    public struct Quarantined: Hashable, Sendable {
        public var reason: SystemError
        public var retry: RetrySchedule
    }

    /// What was set on a socket last; mostly the same for thousands, which share it.
    private final class Settings: Sendable {
        let options: ListenerOptions
        let backlog: Int32

        init(_ options: ListenerOptions, backlog: Int32) {
            self.options = options
            self.backlog = backlog
        }
    }

    private var settings: [CInt: Settings] = [:]
    private var lastSettings: Settings?
    /// The files of unix sockets that we made.
    private var files: [ListenAddress: SocketFile] = [:]
    /// Our copies; whoever serves has copies of its own.
    public private(set) var sockets: [ListenAddress: CInt] = [:]
    public private(set) var quarantined: [ListenAddress: Quarantined] = [:]

    /// Addresses that came, went or could not be bound; nil: nobody asks.
    private var touched: Set<ListenAddress>?

    /// Sockets of a former process; they are taken before any is opened.
    public var inherited = InheritedListeners()
    /// Addresses whose socket was taken over.
    public private(set) var takenOver: Set<ListenAddress> = []

    public init() {}

    deinit { for socket in sockets.values { close(socket) } }

    /// From now on ``takeTouched()`` has something to say.
    public mutating func track() { touched = [] }

    /// Addresses that came, went or could not be bound since this was last asked; each may be what it was.
    public mutating func takeTouched() -> Set<ListenAddress> {
        guard let result = touched else { return [] }
        touched = []
        return result
    }

    /// Opens what `snapshot` wants and is not open yet, quarantined addresses included, whatever their time.
    ///
    /// - Returns: The sockets that are new.
    public mutating func open(_ snapshot: ProxySnapshot, now: UInt64) -> [ListenAddress: CInt] {
        var fresh: [ListenAddress: CInt] = [:]
        var wanted = snapshot.listeners.map { $0.listener }
        if !sockets.isEmpty { wanted.removeAll { sockets[$0.address] != nil } }
        if wanted.count >= ListenersAtOnce.least, inherited.isEmpty, ListenersAtOnce.areApart(wanted) {
            openAtOnce(wanted, snapshot, now, &fresh)
            adjust(to: snapshot)
            return fresh
        }
        for listener in wanted where fresh[listener.address] == nil {
            if let socket = attempt(listener, snapshot, now) { fresh[listener.address] = socket }
        }
        adjust(to: snapshot)
        return fresh
    }

    private mutating func openAtOnce(
        _ listeners: [Listener],
        _ snapshot: ProxySnapshot,
        _ now: UInt64,
        _ fresh: inout [ListenAddress: CInt]
    ) {
        fresh.reserveCapacity(listeners.count)
        settings.reserveCapacity(settings.count + listeners.count)
        let wanted = listeners.map { (listener: $0, backlog: Self.backlog(of: $0, snapshot)) }
        for ((listener, backlog), outcome) in zip(wanted, ListenersAtOnce.open(wanted)) {
            switch outcome {
            case .open(let socket):
                note(listener.options, backlog: backlog, of: socket)
                // The same address twice.
                if let other = fresh.updateValue(socket, forKey: listener.address) { close(other) }
            case .failed(let error): refuse(listener.address, error, now)
            }
        }
    }

    private mutating func refuse(_ address: ListenAddress, _ error: SystemError, _ now: UInt64) {
        touched?.insert(address)
        if quarantined[address] != nil {
            quarantined[address]?.reason = error
            quarantined[address]?.retry.failed(at: now)
        } else {
            quarantined[address] = Quarantined(reason: error, retry: RetrySchedule(failedAt: now))
        }
    }

    /// Sockets that stay take over what has changed about them. Options are those of the socket, whoever holds a copy.
    private mutating func adjust(to snapshot: ProxySnapshot) {
        if sockets.isEmpty { return }
        for (_, listener) in snapshot.listeners {
            let backlog = Self.backlog(of: listener, snapshot)
            guard let socket = sockets[listener.address], let old = settings[socket],
                old.options != listener.options || old.backlog != backlog
            else { continue }
            // An option that the kernel refuses now keeps its former value; the listener serves.
            try? listener.configure(socket, replacing: old.options)
            if old.backlog != backlog { listen(socket, backlog) }
            note(listener.options, backlog: backlog, of: socket)
        }
    }

    private static func backlog(of listener: Listener, _ snapshot: ProxySnapshot) -> Int32 {
        listener.backlog > 0 ? listener.backlog : Int32(clamping: snapshot.settings.maxConnections)
    }

    /// Tries quarantined addresses that are due.
    ///
    /// - Parameter others: Some that are tried whether they are due or not.
    public mutating func retryDue(
        _ snapshot: ProxySnapshot,
        now: UInt64,
        and others: Set<ListenAddress> = []
    ) -> [ListenAddress: CInt] {
        var fresh: [ListenAddress: CInt] = [:]
        for (_, listener) in snapshot.listeners {
            guard let entry = quarantined[listener.address], fresh[listener.address] == nil,
                entry.retry.due <= now || others.contains(listener.address)
            else { continue }
            if let socket = attempt(listener, snapshot, now) { fresh[listener.address] = socket }
        }
        return fresh
    }

    /// When ``retryDue(_:now:)`` has something to do; nil if nothing is quarantined.
    public var nextRetry: UInt64? { quarantined.values.map { $0.retry.due }.min() }

    /// Takes new sockets in, once whoever serves has them.
    public mutating func keep(_ fresh: [ListenAddress: CInt]) {
        for (address, socket) in fresh {
            sockets[address] = socket
            quarantined[address] = nil
            touched?.insert(address)
        }
    }

    /// Closes what of a former process nobody wanted.
    public mutating func dropInherited() {
        inherited = InheritedListeners()
        takenOver = []
    }

    /// Whether sockets that are about to go take new connections. Without that, whoever came between the moment that the
    /// queue was emptied and the end of the socket would be reset. The kernel may have no room for it.
    public func take(_ isTaking: Bool, at addresses: some Sequence<ListenAddress>) {
        for address in addresses where address.endpoint != nil {
            if let socket = sockets[address] { _ = clinux_refuse_new(socket, isTaking ? 0 : 1) }
        }
    }

    /// Closes and forgets these addresses.
    public mutating func forget(_ addresses: [ListenAddress]) {
        for address in addresses {
            touched?.insert(address)
            if let socket = sockets.removeValue(forKey: address) {
                close(socket)
                settings[socket] = nil
            }
            files.removeValue(forKey: address)?.remove()
            quarantined[address] = nil
        }
    }

    /// Closes and forgets every address that `snapshot` does not name.
    public mutating func forgetOthers(than snapshot: ProxySnapshot) {
        let wanted = Set(snapshot.listeners.map { $0.listener.address })
        for (address, socket) in sockets where !wanted.contains(address) {
            close(socket)
            touched?.insert(address)
            sockets[address] = nil
            settings[socket] = nil
            files.removeValue(forKey: address)?.remove()
        }
        // Sockets that were opened and closed again, because who should serve them could not.
        for (address, file) in files where sockets[address] == nil {
            file.remove()
            files[address] = nil
        }
        for address in quarantined.keys where !wanted.contains(address) {
            touched?.insert(address)
            quarantined[address] = nil
        }
    }

    /// Closes and forgets everything: a port is free only when nobody holds its socket.
    public mutating func closeAll() { forgetOthers(than: ProxySnapshot()) }

    private mutating func note(_ options: ListenerOptions, backlog: Int32, of socket: CInt) {
        let last = lastSettings.flatMap { $0.options == options && $0.backlog == backlog ? $0 : nil }
        let own = last ?? Settings(options, backlog: backlog)
        lastSettings = own
        settings[socket] = own
    }

    private mutating func attempt(_ listener: Listener, _ snapshot: ProxySnapshot, _ now: UInt64) -> CInt? {
        let backlog = Self.backlog(of: listener, snapshot)
        if !inherited.isEmpty, let socket = inherited.take(listener.address, backlog: backlog) {
            takenOver.insert(listener.address)
            try? listener.configure(socket, replacing: nil)
            note(listener.options, backlog: backlog, of: socket)
            return socket
        }
        do throws(SystemError) {
            let socket = try listener.open(backlog: backlog).release()
            note(listener.options, backlog: backlog, of: socket)
            if case .path(let path) = listener.address.place { files[listener.address] = SocketFile(path) }
            return socket
        } catch {
            refuse(listener.address, error, now)
            return nil
        }
    }
}
