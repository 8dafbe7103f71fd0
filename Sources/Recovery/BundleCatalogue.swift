public import Files

/// Bundles of one host in a directory, with what each tells of itself.
public struct BundleCatalogue: Sendable {
    public struct Entry: Sendable {
        public var name: BundleName
        public var origin: BundleManifest.Origin
    }

    /// From the oldest to the newest. What cannot be read is none.
    public private(set) var entries: [Entry]

    /// Reads the heads of the bundles.
    ///
    /// - Parameters:
    ///   - directory: Which may be a stranger's.
    ///   - host: As names have it: ``BundleName/host(_:)``.
    public init(_ directory: Root, names: [String], host: String) {
        let own = names.compactMap { BundleName($0) }.filter { $0.host == host }.sorted()
        entries = own.compactMap { name in
            Self.origin(directory, "/\(name)").map { Entry(name: name, origin: $0) }
        }
    }

    /// What a file tells, whole or not; nil if it is no bundle that this program reads.
    public static func origin(_ root: Root, _ path: String) -> BundleManifest.Origin? {
        guard let start = try? root.read(path, first: RecoveryBundle.shortestHead),
            let size = try? RecoveryBundle.headSize(start), let head = try? root.read(path, first: size)
        else { return nil }
        return try? RecoveryBundle.manifest(ofHead: head).origin
    }

    /// Whether they are of several appliances, as far as they tell. Those that do not tell are of one.
    public var isMixed: Bool { Set(entries.map { $0.origin.appliance }).count > 1 }

    /// One line each: `lb1-000012-20261121T235959Z.bundle: made 2026-11-21T23:59:59Z, CA 3A:0F:…`
    public var lines: [String] { entries.map { "\($0.name): \($0.origin.words)" } }

    /// The newest that tells that it is of another appliance; nil if there is none.
    func foreign(to appliance: String) -> Entry? {
        entries.last { $0.origin.appliance.map { $0 != appliance } ?? false }
    }
}
