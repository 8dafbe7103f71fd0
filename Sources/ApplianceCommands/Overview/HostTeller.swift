internal import Files
internal import FirstBoot
internal import Glibc
internal import Guestinfo

/// Keeps the host informed, and goes on with what first boot could not finish there: scrubbing.
///
/// On a thread of its own: a host that does not answer must not hold the page.
struct HostTeller {
    private let guestinfo: Guestinfo
    private let root: Root
    private let source: OverviewSource
    private var publisher: StatusPublisher
    /// What clients trust, as it was told last.
    private var authority: FileSignature?
    private var nextScrub = time(nil)
    /// By what was tried: said once, until it works or fails in another way.
    private var complaints: [String: String] = [:]

    /// Seconds between two attempts to scrub.
    private static let patience = 60

    init(_ guestinfo: Guestinfo, _ root: Root, _ source: OverviewSource) {
        self.guestinfo = guestinfo
        self.root = root
        self.source = source
        publisher = StatusPublisher(guestinfo)
    }

    mutating func run(every seconds: Int) -> Never {
        while true {
            tell()
            sleep(UInt32(seconds))
        }
    }

    /// One round. What the host refuses keeps it from nothing else.
    mutating func tell() {
        if GuestinfoScrub.isPending(root), time(nil) >= nextScrub { attempt("scrub") { try $0.scrub() } }
        attempt("authority") { try $0.publishAuthority() }
        attempt("status") { try $0.publisher.publish($0.source.overview()) }
    }

    private mutating func scrub() throws {
        nextScrub = time(nil) + Self.patience
        _ = try GuestinfoScrub(guestinfo, root).finish()
        Console.say("took the secrets out of \(GuestinfoKey.ovfEnvironment)")
    }

    /// Both while one CA follows the other: whenever the file is another one.
    private mutating func publishAuthority() throws {
        let signature = try AtomicFile.status(root[Publisher.authorityPath]).map { FileSignature($0) }
        guard signature != authority else { return }
        try Publisher.publishAuthority(to: guestinfo, root)
        authority = signature
    }

    private mutating func attempt(_ what: String, _ body: (inout Self) throws -> Void) {
        do {
            try body(&self)
            complaints[what] = nil
        } catch {
            if complaints[what] != "\(error)" { Console.say("\(error)") }
            complaints[what] = "\(error)"
        }
    }
}
