internal import Files
internal import Glibc
internal import PKI

/// What there is in the directories of which a bundle holds everything, as far as it is to be watched.
struct WatchedTree: Equatable {
    private(set) var directories: [String] = []
    /// Links to what none of them holds: a bundle has the content. It may lie where no call returns, and is not looked at.
    private(set) var links: [String] = []

    private static let roots = ["/etc/appliance-net", PKIPaths.proxyDirectory, PKIPaths.directory]
    /// More directories and links are not watched: every backup sees what is there all the same.
    private static let most = 200

    init(_ root: Root) {
        for path in Self.roots { add(path, root) }
    }

    private mutating func add(_ path: String, _ root: Root) {
        // It follows from haproxy.cfg.
        guard path != ApplianceFiles.proxyHistory, directories.count + links.count < Self.most else { return }
        directories.append(path)
        for name in ((try? AtomicFile.names(in: root[path])) ?? []).sorted() where !name.hasPrefix(".") {
            let inner = path + "/" + name
            switch (try? root.status(ofLink: inner)).map({ $0.st_mode & S_IFMT }) {
            case S_IFDIR: add(inner, root)
            case S_IFLNK where Self.leadsAway(inner, root): links.append(inner)
            default: break
            }
        }
    }

    /// By its text: its target is not looked at.
    private static func leadsAway(_ path: String, _ root: Root) -> Bool {
        guard let target = try? AtomicFile.linkTarget(of: root[path]) else { return false }
        let whole = target.hasPrefix("/") ? target : AtomicFile.directory(of: path) + "/" + target
        var names: [Substring] = []
        for name in whole.split(separator: "/") where name != "." {
            if name == ".." { _ = names.popLast() } else { names.append(name) }
        }
        let place = "/" + names.joined(separator: "/")
        return !ApplianceFiles.directories.contains { place.hasPrefix($0 + "/") }
    }
}
