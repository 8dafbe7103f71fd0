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

    /// Seconds between two attempts to scrub.
    private static let patience = 60

    init(_ guestinfo: Guestinfo, _ root: Root) {
        self.guestinfo = guestinfo
        self.root = root
    }

    func run(every seconds: Int) -> Never {
        var publisher = StatusPublisher(guestinfo)
        var authority = ""
        var lastComplaint = ""
        var nextScrub = time(nil)
        while true {
            do {
                let overview = OverviewReader.read(root)
                try publisher.publish(overview)
                let fingerprint = overview.certificates?.fingerprint ?? ""
                if fingerprint != authority {
                    try Publisher.publishAuthority(to: guestinfo, root)
                    authority = fingerprint
                }
                if GuestinfoScrub.isPending(root), time(nil) >= nextScrub {
                    nextScrub = time(nil) + Self.patience
                    _ = try GuestinfoScrub(guestinfo, root).finish()
                    Console.say("took the secrets out of \(GuestinfoKey.ovfEnvironment)")
                }
                lastComplaint = ""
            } catch {
                if "\(error)" != lastComplaint { Console.say("\(error)") }
                lastComplaint = "\(error)"
            }
            sleep(UInt32(seconds))
        }
    }
}
