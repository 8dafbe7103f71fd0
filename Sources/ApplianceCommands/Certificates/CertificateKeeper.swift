internal import Diagnostics
internal import CLinux
internal import Files
internal import FoundationEssentials
internal import Glibc
internal import NetworkFiles
internal import NetworkWatch
internal import PKI
internal import Synchronization
internal import Syscalls

/// Keeps the certificates right: they are renewed in time, issued anew when addresses or names change, and looked at when
/// the clock is set. What others do with them, the commands on certificates or an admin, is looked at as soon as they have
/// done it, and mended a little later where it is not right: who copies a certificate has its key still to copy.
///
/// Files are written, and keys made, on a thread of its own: the service's loop never waits for a disk. A CA is never made
/// here; that is first boot's.
final class CertificateKeeper: WatchPart {
    /// How often they are looked at where nothing happens.
    static let interval = Duration.seconds(3600)
    /// After a failure, and after others have left something that is to be mended.
    static let retry = Duration.seconds(60)
    /// So long before its end the CA is spoken of: clients have to be given another.
    static let notice: TimeInterval = 90 * 86400

    private let store: PKIStore
    private let clock: @Sendable () -> CertificateClock.Reading
    /// Readable when the clock was set; nil where the kernel cannot tell.
    private let alarm: CInt?
    private let mailbox: Mailbox
    /// nil where nothing more can be watched, which is ``obstacle``.
    private let watcher: FileWatcher?
    private let obstacle: String?
    private var wanted: NetworkConfiguration?
    private var isBusy = false
    /// What is to come after the look that runs.
    private var next: Purpose?
    private var wishes: [WatchWish] = []
    private var report = Report(purpose: .telling)
    private(set) var deadline: Duration?

    /// What a look is for.
    enum Purpose: Sendable {
        /// To tell how they stand; nothing is written.
        case telling
        /// To make them right.
        case mending
    }

    /// What came of a look.
    struct Report: Sendable {
        var purpose: Purpose
        var isFailed = false
        /// Something is to be mended.
        var isDue = false
        var problems: [String] = []
        /// What was done, for the log.
        var changes: [String] = []
        /// The server certificate's fingerprint, and when it is renewed.
        var server: String?
        var renewal: Date?
    }

    /// Lives as long as the thread.
    private final class Mailbox: Sendable {
        let report = Mutex<Report?>(nil)
        /// Readable when the thread has ended.
        let bell: Bell

        init() throws(SystemError) { bell = try Bell() }

        func put(_ news: Report) {
            report.withLock { $0 = news }
            bell.ring()
        }
    }

    init(
        _ store: PKIStore,
        clock: @escaping @Sendable () -> CertificateClock.Reading = { CertificateClock.now() }
    ) throws(SystemError) {
        self.store = store
        self.clock = clock
        mailbox = try Mailbox()
        let raw = clinux_clock_alarm()
        alarm = raw < 0 ? nil : raw
        do {
            watcher = try FileWatcher(PKIPaths.all.map { store.path($0) })
            obstacle = nil
        } catch {
            watcher = nil
            obstacle = "certificates that others change are heard of within the hour: \(error)"
        }
    }

    deinit { if let alarm { close(alarm) } }

    var descriptors: [CInt] { [mailbox.bell.descriptor, watcher?.descriptor, alarm].compactMap { $0 } }
    var problems: [String] { report.problems + (obstacle.map { [$0] } ?? []) }

    func takeWishes() -> [WatchWish] {
        defer { wishes = [] }
        return wishes
    }

    /// What the files say now, whoever has just changed them.
    var status: [(name: String, json: String)] {
        guard let summary = (try? store.summary()) ?? nil else { return [] }
        let server = summary.server
        let certificates = ServiceStatus.Certificates(
            caFingerprint: summary.authority.fingerprint,
            caNotAfter: UTCTime(summary.authority.notAfter).rfc3339,
            serverNotAfter: server.map { UTCTime($0.notAfter).rfc3339 },
            renewal: report.server == server?.fingerprint ? report.renewal.map { UTCTime($0).rfc3339 } : nil
        )
        guard let json = try? JSONEncoder().encode(certificates) else { return [] }
        return [("certificates", String(decoding: json, as: UTF8.self))]
    }

    /// Where the network cannot be made so, certificates are kept all the same.
    func prepare(_ configuration: NetworkConfiguration, at now: Duration) {
        if wanted == nil { applied(configuration, at: now) }
    }

    func applied(_ configuration: NetworkConfiguration, at now: Duration) {
        // What the certificates depend on comes and goes with the files and the leases.
        if configuration == wanted { return }
        wanted = configuration
        look(.mending, at: now)
    }

    func timer(at now: Duration) {
        guard let deadline, deadline <= now else { return }
        look(.mending, at: now)
    }

    func hear(_ descriptor: CInt, at now: Duration) {
        if descriptor == watcher?.descriptor { return hearFiles(at: now) }
        var count: UInt64 = 0
        // Of the alarm it fails with ECANCELED: the clock was set.
        _ = read(descriptor, &count, 8)
        guard descriptor == mailbox.bell.descriptor else { return look(.mending, at: now) }
        guard let news = mailbox.report.withLock({ $0.take() }) else { return }
        isBusy = false
        for change in news.changes { wishes.append(.log(.info, "certificates: \(change)")) }
        report = news
        if news.isFailed || news.isDue {
            deadline = min(deadline ?? now + Self.retry, now + Self.retry)
        } else if news.purpose == .mending {
            deadline = now + Self.interval
        }
        if let next { look(next, at: now) }
    }

    private func hearFiles(at now: Duration) {
        // One that cannot be told is a change; of one that is being written more is heard.
        let changes = try? watcher?.changes().values.filter { $0 != .writing }
        if changes?.isEmpty != true { look(.telling, at: now) }
    }

    private func look(_ purpose: Purpose, at now: Duration) {
        guard let wanted else { return }
        if purpose == .mending { deadline = now + Self.interval }
        if isBusy {
            if next != .mending { next = purpose }
            return
        }
        next = nil
        let (store, clock, mailbox) = (store, clock, mailbox)
        do throws(SystemError) {
            try startDetachedThread("keep the certificates") {
                mailbox.put(Self.look(store, wanted, purpose, now: clock()))
            }
            isBusy = true
        } catch {
            deadline = now + Self.retry
        }
    }

    /// Looks at them, and makes them right where that is the purpose.
    static func look(
        _ store: PKIStore,
        _ configuration: NetworkConfiguration,
        _ purpose: Purpose,
        now: CertificateClock.Reading
    ) -> Report {
        var report = Report(purpose: purpose)
        do {
            guard try store.hasAuthority else { return report }
            let request = try CertificateRequest(configuration, now: now)
            if purpose == .mending {
                let outcome = try store.ensure(request)
                report.changes = outcome.files.compactMap { $0.words }
                if let reason = outcome.issued {
                    report.changes.append("the API's certificate was issued anew, because \(reason.words)")
                }
            }
            guard let state = try store.examine(request) else { return report }
            report.isDue = state.reason != nil || state.publication != nil
            report.server = state.server?.fingerprint
            report.renewal = state.renewal
            report.problems = state.problems.map { "\($0.subject): \($0.message)" }
            if let reason = state.reason {
                report.problems.append("the API's certificate is issued anew in a minute, because \(reason.words)")
            }
            if now.time + notice >= state.authority.notAfter, state.next == nil {
                let end = UTCTime(state.authority.notAfter)
                report.problems.append("the CA ends at \(end): appliance-net cert rotate-ca makes the next one")
            }
        } catch let error as PKIError {
            report.isFailed = true
            report.problems = error.problems.map { "\($0.subject): \($0.message)" }
        } catch {
            report.isFailed = true
            report.problems = ["certificates: \(error)"]
        }
        return report
    }
}
