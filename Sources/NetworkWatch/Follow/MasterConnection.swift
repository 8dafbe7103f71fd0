import CLinux
import Files
import Glibc
import RuntimeAPI
import Syscalls

/// The connection on which the proxy's master tells of its listeners; made again when it ends.
struct MasterConnection: ~Copyable {
    /// What came of a call.
    enum News: Equatable {
        case part(ListenerStream.Part)
        /// Nobody is there.
        case lost
        /// It is no master that tells of its listeners.
        case foreign(String)
    }

    /// From one attempt to connect to the next: the first, doubled up to the last.
    static let firstPause = Duration.milliseconds(20)
    static let longestPause = Duration.milliseconds(500)
    /// Where the file tells of the next master.
    static let restingPause = Duration.seconds(30)
    /// Time that the list may take.
    static let patience = Duration.seconds(2)
    /// How long the master may take nothing of what it is told.
    static let sendingPatience = Duration.seconds(10)

    let path: String
    /// Tells when a master comes, so that nobody is asked again and again where there is none. nil: out of inotify.
    private let watcher: FileWatcher?
    /// -1: there is none.
    private var socket: CInt = -1
    private var stream = ListenerStream()
    private var pause = MasterConnection.firstPause
    private var nextAttempt: Duration?
    /// When the list must be there.
    private var listDue: Duration?
    /// What the master has not taken yet, and when it must have taken more of it.
    private var unsent: [UInt8] = []
    private var sendDue: Duration?
    /// An epoll of its own while something is unsent: its readers wait for nothing but input. -1: there is none.
    private var room: CInt = -1

    init(_ path: String) {
        self.path = path
        watcher = try? FileWatcher([path])
    }

    deinit {
        if socket >= 0 { close(socket) }
        if room >= 0 { close(room) }
    }

    var descriptor: CInt? { socket >= 0 ? socket : nil }
    /// Readable when the master's socket may be another: ``look(at:)``.
    var fileDescriptor: CInt? { watcher?.descriptor }
    /// Readable when the master takes more of what it is told: ``flush(at:)``.
    var roomDescriptor: CInt? { room >= 0 ? room : nil }
    /// Something that was said has not been taken yet. Who has more to say, and can wait, waits.
    var isSending: Bool { !unsent.isEmpty }
    var deadline: Duration? { socket < 0 ? nextAttempt : [listDue, sendDue].compactMap { $0 }.min() }

    private mutating func disconnect() {
        if socket >= 0 { close(socket) }
        socket = -1
        forgetUnsent()
    }

    private mutating func forgetUnsent() {
        if room >= 0 { close(room) }
        (unsent, sendDue, room) = ([], nil, -1)
    }

    /// Connects, or says that nobody is there; then it is tried again.
    mutating func connect(at now: Duration) -> News? {
        do throws(SystemError) {
            let new = try UnixSocket.connect(path, timeoutMilliseconds: 1)
            try UnixSocket.send("listeners follow\n", to: new.raw, path: path)
            let raw = new.raw
            try syscall("listen to \(path)") { fcntl(raw, F_SETFL, fcntl(raw, F_GETFL) | O_NONBLOCK) }
            disconnect()
            socket = new.release()
            stream = ListenerStream()
            (nextAttempt, listDue) = (nil, now + Self.patience)
            return nil
        } catch {
            let news = end(at: now)
            if error.code == ENOENT, watcher != nil { nextAttempt = now + Self.restingPause }
            return news
        }
    }

    /// The file of the socket may have come, or be another.
    mutating func look(at now: Duration) -> [News] {
        guard let changes = try? watcher?.changes(), !changes.isEmpty, socket < 0 else { return [] }
        pause = Self.firstPause
        return connect(at: now).map { [$0] } ?? []
    }

    private mutating func end(at now: Duration, isForeign: Bool = false) -> News {
        disconnect()
        listDue = nil
        let longest = watcher == nil ? Self.longestPause : Self.restingPause
        if isForeign { pause = longest }
        nextAttempt = now + pause
        pause = min(pause * 2, longest)
        return .lost
    }

    /// Reads what has come. A connection that ends is made again at once: the program may just have been replaced.
    mutating func hear(at now: Duration) -> [News] {
        var news: [News] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while socket >= 0 {
            let count = recv(socket, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { break }
            if count <= 0 {
                disconnect()
                let hadList = listDue == nil
                // Who was never told the list is not told it a moment later either.
                news += (hadList ? connect(at: now) : end(at: now)).map { [$0] } ?? []
                break
            }
            do throws(ListenerStream.Malformed) {
                for part in try stream.take(chunk.prefix(count)) {
                    if part.isWhole { (listDue, pause) = (nil, Self.firstPause) }
                    news.append(.part(part))
                }
            } catch {
                news += [.foreign(error.line), end(at: now, isForeign: true)]
            }
        }
        return news
    }

    mutating func timer(at now: Duration) -> [News] {
        guard let deadline, deadline <= now else { return [] }
        return (socket < 0 ? connect(at: now) : end(at: now)).map { [$0] } ?? []
    }

    /// Waits for the list, but not long: for a start, at which nothing must be closed that is served.
    mutating func waitForList(_ limit: Duration, at now: Duration) -> [News] {
        var news = connect(at: now).map { [$0] } ?? []
        var left = MonotonicTime.milliseconds(limit)
        while listDue != nil, left > 0, socket >= 0 {
            var wait = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            let step = min(left, 50)
            poll(&wait, 1, step)
            left -= step
            if wait.revents != 0 { news += hear(at: now) }
        }
        return news
    }

    /// Says something. What the master does not take at once it is told as it reads; one that does not read is let go of.
    mutating func say(_ text: String, at now: Duration) -> News? {
        guard socket >= 0 else { return nil }
        if unsent.isEmpty { sendDue = now + Self.sendingPatience }
        unsent += Array(text.utf8)
        return flush(at: now)
    }

    /// Says what is left, as far as the master takes it.
    mutating func flush(at now: Duration) -> News? {
        let raw = socket
        var sent = 0
        while sent < unsent.count {
            let count = unsent[sent...].withUnsafeBytes {
                send(raw, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { break }
            if count <= 0 { return end(at: now) }
            sent += count
            sendDue = now + Self.sendingPatience
        }
        unsent.removeFirst(sent)
        if unsent.isEmpty {
            forgetUnsent()
        } else if room < 0 {
            room = clinux_epoll_create()
            guard clinux_epoll_add(room, raw, UInt32(CLINUX_EPOLL_OUT), 0) == 0 else { return end(at: now) }
        }
        return nil
    }
}
