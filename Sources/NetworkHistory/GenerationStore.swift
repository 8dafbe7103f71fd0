public import Files
internal import FoundationEssentials
internal import Glibc
internal import Syscalls

/// The generations on disk: `/var/lib/appliance-net/generations/ID.json`, one file each. The oldest are removed first, but
/// before them old repairs: something that undoes our work every minute must not cost the way back to last week.
public struct GenerationStore: Sendable {
    /// Most generations that are kept.
    public static let limit = 50
    /// So many of the newest are kept whatever they are.
    static let newest = 10
    public static let path = "/var/lib/appliance-net/generations"

    let directory: String

    public init(_ root: Root = Root()) { directory = root[Self.path] }

    /// All that can be read, oldest first. One that cannot be read is left out: the others are worth no less.
    public func all() throws -> [Generation] { try allAndDamaged().generations }

    /// All that can be read, oldest first, and why the others cannot.
    public func allAndDamaged() throws -> (generations: [Generation], damaged: [String]) {
        var result: (generations: [Generation], damaged: [String]) = ([], [])
        for id in try ids() {
            do {
                result.generations.append(try generation(id))
            } catch HistoryError.noGeneration {
                // Removed since it was listed.
                continue
            } catch let error as SystemError where error.code == EACCES {
                // None can be read: that is no history without entries.
                throw error
            } catch {
                result.damaged.append("\(error)")
            }
        }
        return result
    }

    /// - Throws: ``HistoryError`` if there is none with this id, or it cannot be read.
    public func generation(_ id: Int) throws -> Generation {
        let path = path(of: id)
        guard try AtomicFile.status(path) != nil else { throw HistoryError.noGeneration(id) }
        do {
            return try JSONDecoder().decode(Generation.self, from: Data(try AtomicFile.read(path)))
        } catch let error as DecodingError {
            throw HistoryError.damaged(path, "\(error)")
        }
    }

    /// The newest that is in effect; nil if there is none.
    public func current() throws -> Generation? {
        for id in try ids().reversed() {
            if let generation = try? generation(id), generation.isInEffect { return generation }
        }
        return nil
    }

    /// The id that the next generation gets.
    public func nextID() throws -> Int { (try ids().last ?? 0) + 1 }

    /// Writes it, durably, and removes the oldest beyond ``limit``.
    public func record(_ generation: Generation) throws {
        try AtomicFile.makeDirectory(directory, mode: 0o700)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.replace(path(of: generation.id), with: Array(try encoder.encode(generation)), mode: 0o600)
        let surplus = try ids().count - Self.limit
        if surplus > 0 { for id in try dispensable(surplus) { try AtomicFile.remove(path(of: id)) } }
    }

    private func dispensable(_ count: Int) throws -> [Int] {
        let all = try all()
        let steps = Set(all.steps.map { $0.id })
        let repairs = all.dropLast(Self.newest).filter { $0.isInEffect && !steps.contains($0.id) }.map { $0.id }
        // What cannot be read counts among the oldest.
        return Array((repairs + (try ids()).filter { !repairs.contains($0) }).prefix(count))
    }

    /// In ascending order; files with other names are nobody's generations.
    func ids() throws -> [Int] {
        guard let stream = opendir(directory) else {
            if errno == ENOENT { return [] }
            throw SystemError(code: errno, operation: "opendir \(directory)")
        }
        defer { closedir(stream) }
        var ids: [Int] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".json"), let id = Int(name.dropLast(5)), id > 0 { ids.append(id) }
        }
        return ids.sorted()
    }

    private func path(of id: Int) -> String { "\(directory)/\(id).json" }
}
