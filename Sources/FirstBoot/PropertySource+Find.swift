internal import Diagnostics
public import Files
public import Guestinfo
internal import OVF

extension PropertySource {
    /// The first source there is of those that need not be named: guestinfo, a disc, the last good copy.
    ///
    /// - Parameters:
    ///   - guestinfo: nil where there is no VMware below.
    ///   - drives: Where a disc may be.
    ///   - say: Told of a source that may be there and cannot be read; the next one is taken.
    /// - Returns: nil if there is none.
    /// - Throws: `DiagnosticsError` for a source that is there and wrong: an older one would not be what was asked for.
    public static func find(
        _ root: Root,
        guestinfo: Guestinfo? = .find(),
        drives: [String] = EnvironmentDisc.drives,
        say: (String) -> Void
    ) throws -> PropertySource? {
        if let guestinfo, let text = attempt(say, { try guestinfo.get(GuestinfoKey.ovfEnvironment) }) {
            let file = GuestinfoKey.ovfEnvironment
            return PropertySource(try OVFEnvironment(xml: Array(text.utf8), file: file), .guestinfo(guestinfo))
        }
        for drive in drives {
            guard let bytes = attempt(say, { try EnvironmentDisc.read(root[drive]) }) else { continue }
            let environment = try OVFEnvironment(xml: bytes, file: drive + ":ovf-env.xml")
            return PropertySource(environment, .disc(device: root[drive]))
        }
        let path = root[PropertyRecord.path]
        guard let text = try AtomicFile.readText(path, limit: 1 << 20) else { return nil }
        let environment = try OVFEnvironment(json: Array(text.utf8), file: path)
        return environment.adapters.isEmpty ? nil : PropertySource(environment, .copy)
    }

    private static func attempt<Value>(_ say: (String) -> Void, _ body: () throws -> Value?) -> Value? {
        do {
            return try body()
        } catch {
            say("\(error)")
            return nil
        }
    }
}
