internal import Diagnostics
public import Files
internal import FoundationEssentials
internal import Glibc

/// The bundles that are kept on the appliance: `/var/lib/appliance-net/backups`, the newest by their numbers, whatever
/// the clock says.
public struct BackupStore: Sendable {
    public static let path = "/var/lib/appliance-net/backups"
    /// The number of the newest, here or on the appliance before this one.
    static let numberPath = ApplianceFiles.stateDirectory + "/number"

    /// One bundle.
    public struct Entry: Sendable, Hashable {
        public var number: Int
        /// `000012-20261121T235959Z.bundle`
        public var name: String
    }

    /// What was done last.
    public struct State: Sendable, Hashable, Codable {
        /// Of the files in the newest bundle: the same again is not kept again.
        public var digest: String
        /// The newest bundle's name.
        public var name: String
        /// Seconds since 1970.
        public var time: Int64
        /// Where it was brought to; nil if it was not yet.
        public var target: String?
        /// Why it was not; nil if it was, or nobody wants it.
        public var failure: String?
    }

    let root: Root
    var directory: String { root[Self.path] }

    public init(_ root: Root) { self.root = root }

    /// From the oldest to the newest.
    public func entries() throws -> [Entry] {
        guard try AtomicFile.status(directory) != nil else { return [] }
        let names = try AtomicFile.names(in: directory).compactMap { BundleName($0) }.filter { $0.host.isEmpty }
        return names.sorted().map { Entry(number: $0.number, name: $0.description) }
    }

    public func place(of name: String) -> String { directory + "/" + name }

    /// The number that the next bundle gets: higher than all before, those of the appliance that this one was rebuilt
    /// from too.
    ///
    /// - Parameter highest: Of those that this appliance has at its target, where somebody who knows less began anew.
    func nextNumber(above highest: Int) throws -> Int {
        let last = try AtomicFile.readText(root[Self.numberPath], limit: 64).flatMap { Int($0.prefix { $0.isNumber }) }
        return max(last ?? 0, try entries().last?.number ?? 0, highest) + 1
    }

    /// Keeps a bundle as the newest, and forgets the oldest.
    func add(_ bytes: [UInt8], number: Int, time: Int64, keep: Int) throws -> Entry {
        try AtomicFile.makeDirectory(directory, mode: 0o700)
        try AtomicFile.makeDirectory(root[ApplianceFiles.stateDirectory], mode: 0o700)
        let name = BundleName(number: number, stamp: UTCTime(time).compact).description
        try AtomicFile.replace(place(of: name), with: bytes, mode: 0o600)
        try AtomicFile.replace(root[Self.numberPath], with: "\(number)\n", mode: 0o600)
        for old in try entries().dropLast(max(1, keep)) { try AtomicFile.remove(place(of: old.name)) }
        return Entry(number: number, name: name)
    }

    /// nil before the first; one that cannot be read is none.
    public func state() throws -> State? {
        guard let text = try AtomicFile.readText(directory + "/state.json", limit: 1 << 20) else { return nil }
        return try? JSONDecoder().decode(State.self, from: Data(text.utf8))
    }

    func write(_ state: State) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.replace(directory + "/state.json", with: Array(try encoder.encode(state)), mode: 0o600)
    }
}
