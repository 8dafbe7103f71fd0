public import Addresses
public import Files
internal import Glibc
public import NetworkFiles
internal import Syscalls

/// Brings a bundle to where it is safe from the appliance's own end, by the system's own clients. No secret is on a
/// command line: keys and passwords are in files, and curl reads its options from standard input.
public struct Push: Sendable {
    public var root: Root
    /// Of the names of the copies.
    public var host: String
    /// Longest time in seconds.
    public var patience = 120

    public init(_ root: Root, host: String) {
        self.root = root
        self.host = host
    }

    /// - Parameter bundle: The file.
    /// - Throws: ``RestoreError`` with what the client said.
    public func push(_ target: RecoveryTarget, _ bundle: String, _ settings: RecoverySettings) throws {
        switch target {
        case .directory(let directory):
            let name = Self.name(host, bundle)
            let (place, keep) = (root[directory], settings.keep)
            let what = "copy the bundle to \(target)"
            let isDone: Void? = try BoundedWork.run(within: .seconds(patience), what) {
                try copy(bundle, to: place, name, keep: keep)
            }
            // Whatever hangs there hangs no more when this program has ended.
            if isDone == nil { throw Self.failure(what, "no end after \(patience) s") }
        case .sftp(let user, let server, let port, let path):
            try push(sftp: Self.sftp(user, server, port, settings, root), path, target, bundle)
        case .https(let address):
            try push(https: address, target, bundle, settings)
        }
    }

    /// `lb1.corp.example-000012-20261121T235959Z.bundle`
    static func name(_ host: String, _ bundle: String) -> String {
        let file = bundle.split(separator: "/").last.map { String($0) } ?? bundle
        return BundleName.host(host) + "-" + file
    }

    /// The highest number of this host's bundles at the target; 0 where nobody can say.
    public func highest(_ target: RecoveryTarget) -> Int {
        guard case .directory(let directory) = target else { return 0 }
        // The bundle is kept here soon, whatever has become of the mount.
        let found = try? BoundedWork.run(within: .seconds(min(patience, 10)), "read \(directory)") {
            try own(in: root[directory])
        }
        return found?.map { $0.number }.max() ?? 0
    }

    private func own(in directory: String) throws -> [BundleName] {
        let own = BundleName.host(host)
        return try AtomicFile.names(in: directory).compactMap { BundleName($0) }.filter { $0.host == own }
    }

    static func failure(_ what: String, _ reason: String) -> RestoreError {
        RestoreError("\(what): \(reason)", remedy: "see [recovery] of \(ApplianceFile.path)")
    }

    /// A directory that is not there is a mount that is not there: it is not made.
    private func copy(_ bundle: String, to directory: String, _ name: String, keep: Int) throws {
        guard let status = try AtomicFile.status(directory), status.st_mode & S_IFMT == S_IFDIR else {
            throw RestoreError("\(directory): there is no such directory", remedy: "make or mount it")
        }
        let own = BundleCatalogue.origin(Root(), bundle)
        let names = try AtomicFile.names(in: directory)
        let catalogue = BundleCatalogue(Root(directory), names: names, host: BundleName.host(host))
        if let own, let appliance = own.appliance, let other = catalogue.foreign(to: appliance) {
            throw foreign("\(other.name)", other.origin, at: directory, own)
        }
        try AtomicFile.replace(directory + "/" + name, with: try AtomicFile.read(bundle), mode: 0o600)
        // Those of this appliance, on whatever machine it was. The one that was just written stays, whatever its number;
        // so do those that do not say whose they are.
        let others = catalogue.entries.filter { $0.origin.appliance == own?.appliance && $0.name.description != name }
        for old in others.dropLast(max(1, keep) - 1) { try AtomicFile.remove("\(directory)/\(old.name)") }
    }
}
