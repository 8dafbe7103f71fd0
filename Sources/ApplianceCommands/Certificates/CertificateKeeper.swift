internal import Diagnostics
internal import CLinux
internal import FoundationEssentials
internal import Glibc
internal import NetworkFiles
internal import NetworkWatch
internal import PKI
internal import Synchronization
internal import Syscalls

/// Keeps the certificates right: they are renewed in time, issued anew when addresses or names change, and looked at when
/// the clock is set.
///
/// Files are written, and keys made, on a thread of its own: the service's loop never waits for a disk. A CA is never made
/// here; that is first boot's.
final class CertificateKeeper: WatchPart {
    /// How often they are looked at where nothing happens, and after a failure.
    static let interval = Duration.seconds(3600)
    static let retry = Duration.seconds(60)
    /// So long before its end the CA is spoken of: clients have to be given another.
    static let notice: TimeInterval = 90 * 86400

    private let store: PKIStore
    private let clock: @Sendable () -> CertificateClock.Reading
    /// Readable when the clock was set; nil where the kernel cannot tell.
    private let alarm: CInt?
    private let mailbox: Mailbox
    private var wanted: NetworkConfiguration?
    private var isBusy = false
    private var isStale = false
    private var wishes: [WatchWish] = []
    private var report = Report()
    private(set) var deadline: Duration?

    /// What came of a look.
    struct Report: Sendable {
        var isFailed = false
        var problems: [String] = []
        /// What was done, for the log.
        var changes: [String] = []
        var authority: CertificateFacts?
        var server: CertificateFacts?
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
    }

    deinit { if let alarm { close(alarm) } }

    var descriptors: [CInt] { [mailbox.bell.descriptor] + (alarm.map { [$0] } ?? []) }
    var problems: [String] { report.problems }

    func takeWishes() -> [WatchWish] {
        defer { wishes = [] }
        return wishes
    }

    var status: [(name: String, json: String)] {
        guard let authority = report.authority else { return [] }
        func time(_ date: Date) -> String { "\"\(UTCTime(date).rfc3339)\"" }
        var members = [
            ("ca_fingerprint", "\"\(authority.fingerprint)\""), ("ca_not_after", time(authority.notAfter)),
        ]
        if let server = report.server { members.append(("server_not_after", time(server.notAfter))) }
        if let renewal = report.renewal { members.append(("renewal", time(renewal))) }
        return [("certificates", "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}")]
    }

    /// Where the network cannot be made so, certificates are kept all the same.
    func prepare(_ configuration: NetworkConfiguration, at now: Duration) {
        if wanted == nil { applied(configuration, at: now) }
    }

    func applied(_ configuration: NetworkConfiguration, at now: Duration) {
        // What the certificates depend on comes and goes with the files and the leases.
        if configuration == wanted { return }
        wanted = configuration
        look(at: now)
    }

    func timer(at now: Duration) {
        guard let deadline, deadline <= now else { return }
        look(at: now)
    }

    func hear(_ descriptor: CInt, at now: Duration) {
        var count: UInt64 = 0
        // Of the alarm it fails with ECANCELED: the clock was set.
        _ = read(descriptor, &count, 8)
        guard descriptor == mailbox.bell.descriptor else { return look(at: now) }
        guard let news = mailbox.report.withLock({ $0.take() }) else { return }
        isBusy = false
        for change in news.changes { wishes.append(.log(.info, "certificates: \(change)")) }
        report = news
        deadline = now + (news.isFailed ? Self.retry : Self.interval)
        if isStale { look(at: now) }
    }

    private func look(at now: Duration) {
        guard let wanted else { return }
        deadline = now + Self.interval
        isStale = isBusy
        if isBusy { return }
        let (store, clock, mailbox) = (store, clock, mailbox)
        do throws(SystemError) {
            try startDetachedThread("keep the certificates") {
                mailbox.put(Self.look(store, wanted, now: clock()))
            }
            isBusy = true
        } catch {
            deadline = now + Self.retry
        }
    }

    /// Makes them right.
    static func look(_ store: PKIStore, _ configuration: NetworkConfiguration, now: CertificateClock.Reading) -> Report
    {
        var report = Report()
        do {
            guard try store.hasAuthority else { return report }
            let request = try CertificateRequest(configuration, now: now)
            let outcome = try store.ensure(request)
            report.changes = outcome.files.compactMap { $0.words }
            if let reason = outcome.issued {
                report.changes.append("the API's certificate was issued anew, because \(reason.words)")
            }
            guard let state = try store.examine(request) else { return report }
            report.authority = state.authority
            report.server = state.server
            report.renewal = state.renewal
            report.problems = state.remarks.map { "\($0.subject): \($0.message)" }
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
