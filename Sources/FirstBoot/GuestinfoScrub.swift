internal import Appliance
internal import Diagnostics
public import Files
public import Guestinfo
internal import OVF

/// Takes the secrets out of `guestinfo.ovfEnv`, and remembers to try again where that fails.
///
/// First boot begins it when every secret is in place, and leaves a mark until it has worked. The console
/// (appliance-console.service) tries again every minute while the mark is there, and so does every later first boot.
public struct GuestinfoScrub: Sendable {
    let guestinfo: Guestinfo
    let root: Root

    /// Not of the next boot: that has properties of its own, whose secrets are not in place yet.
    static let mark = "/run/appliance-net/scrub-pending"

    public init(_ guestinfo: Guestinfo, _ root: Root) {
        self.guestinfo = guestinfo
        self.root = root
    }

    /// Whether a scrub was begun and has not worked yet.
    public static func isPending(_ root: Root) -> Bool {
        (try? AtomicFile.status(root[mark])) ?? nil != nil
    }

    /// Every secret of this boot's properties is in place: they may go.
    ///
    /// - Returns: The keys of the properties that lost their value.
    public func begin() throws -> [String] {
        try AtomicFile.makeDirectory(AtomicFile.directory(of: root[Self.mark]))
        try AtomicFile.replace(root[Self.mark], with: "")
        return try finish()
    }

    /// Tries once. The value is read back: what the host still has is what counts.
    public func finish() throws -> [String] {
        let keys = try scrub()
        _ = try AtomicFile.remove(root[Self.mark])
        return keys
    }

    private func scrub() throws -> [String] {
        let key = GuestinfoKey.ovfEnvironment
        guard let text = try guestinfo.get(key) else { return [] }
        let scrubbed = try EnvironmentScrubber.scrub(text, file: key) { PropertySchema.isTakenOut($0, $1) }
        guard !scrubbed.keys.isEmpty else { return [] }
        try guestinfo.set(key, to: scrubbed.text)
        guard try guestinfo.get(key) == scrubbed.text else {
            throw FirstBootError(
                "\(key) still holds what was taken out of it",
                remedy: "it is tried again every minute; look at the VMware tools: vmware-rpctool 'info-get \(key)'"
            )
        }
        return scrubbed.keys
    }
}
