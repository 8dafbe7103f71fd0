internal import Diagnostics
public import Files
internal import Glibc
public import Guestinfo
internal import OVF

extension PropertySource {
    /// What to do once guestinfo, which could not be read, can be.
    static let readAgain =
        "when vmware-rpctool 'info-get \(GuestinfoKey.ovfEnvironment)' answers: systemctl restart appliance-firstboot"

    /// The first source there is of those that need not be named: guestinfo, a disc, the last good copy.
    ///
    /// - Parameters:
    ///   - guestinfo: nil where there is no VMware below.
    ///   - drives: Where a disc may be.
    ///   - patience: How long guestinfo that cannot be read is asked again.
    ///   - settle: Called before the drives are looked at: some may still be on their way.
    ///   - say: Told of a source that may be there and cannot be read; the next one is taken.
    /// - Returns: nil if there is none.
    /// - Throws: `DiagnosticsError` for a source that is there and wrong: an older one would not be what was asked for. So
    ///   is guestinfo that cannot be read where there is no other one.
    public static func find(
        _ root: Root,
        guestinfo: Guestinfo? = .find(),
        drives: [String] = EnvironmentDisc.drives,
        patience: Duration = .seconds(10),
        settle: () -> Void = {},
        say: (String) -> Void
    ) throws -> PropertySource? {
        let key = GuestinfoKey.ovfEnvironment
        var text: String?
        var unread: String?
        do {
            text = try guestinfo.flatMap { try ask($0, key, patience, say) }
        } catch {
            unread = "\(error)"
        }
        if let guestinfo, let text {
            return PropertySource(try OVFEnvironment(xml: Array(text.utf8), file: key), .guestinfo(guestinfo))
        }
        settle()
        for drive in drives {
            guard let bytes = disc(root[drive], say) else { continue }
            let environment = try OVFEnvironment(xml: bytes, file: drive + ":ovf-env.xml")
            return PropertySource(environment, .disc(device: root[drive]), unread: unread)
        }
        let path = root[PropertyRecord.path]
        if let text = try AtomicFile.readText(path, limit: 1 << 20) {
            let environment = try OVFEnvironment(json: Array(text.utf8), file: path)
            if !environment.adapters.isEmpty { return PropertySource(environment, .copy, unread: unread) }
        }
        guard let unread else { return nil }
        throw DiagnosticsError([
            Diagnostic(.error, "\(unread); there is no other source of the properties", remedy: readAgain)
        ])
    }

    /// Asks until there is an answer, or patience ends: at a power-on the host may be late.
    private static func ask(
        _ guestinfo: Guestinfo,
        _ key: String,
        _ patience: Duration,
        _ say: (String) -> Void
    ) throws(GuestinfoError) -> String? {
        let deadline = ContinuousClock.now + patience
        var told = ""
        while true {
            do {
                return try guestinfo.get(key)
            } catch {
                let words = "\(error)"
                if words != told { say(words) }
                told = words
                if ContinuousClock.now >= deadline { throw error }
                sleep(1)
            }
        }
    }

    private static func disc(_ device: String, _ say: (String) -> Void) -> [UInt8]? {
        do {
            return try EnvironmentDisc.read(device)
        } catch {
            say("\(error)")
            return nil
        }
    }
}
