internal import Diagnostics
internal import Files
internal import Glibc
internal import Syscalls

/// A descriptor and what comes with it: an OVA, which is a tar archive, or an OVF file in its directory.
struct DeploymentPackage {
    let path: String
    let isArchive: Bool
    let descriptor: PackageMember
    /// Of an archive, in order.
    let members: [PackageMember]

    init(_ path: String) throws {
        self.path = path
        do throws(SystemError) {
            isArchive = try PackageStream.isArchive(path)
        } catch {
            throw Self.problem(path, "\(error)")
        }
        if isArchive {
            members = try PackageStream.members(path)
            guard let first = members.first, first.name.hasSuffix(".ovf") else {
                throw Self.problem(path, "the archive does not begin with its descriptor")
            }
            descriptor = first
        } else {
            guard path.hasSuffix(".ovf") else {
                throw Self.problem(path, "it is no tar archive, and not named as a descriptor")
            }
            members = []
            descriptor = try PackageStream.member(
                path,
                name: path.split(separator: "/").last.map { String($0) } ?? path
            )
        }
        guard descriptor.content != nil else {
            throw Self.problem(path, "the descriptor has \(descriptor.size) bytes, more than are read")
        }
    }

    var bytes: [UInt8] { descriptor.content ?? [] }

    /// The name of one of its files for diagnostics: `appliance.ova:appliance.mf`.
    func place(_ name: String) -> String {
        if isArchive { return "\(path):\(name)" }
        return name == descriptor.name ? path : AtomicFile.directory(of: path) + "/" + name
    }

    /// One of its files; nil if it is not there.
    func member(_ name: String) throws -> PackageMember? {
        if isArchive { return members.first { $0.name == name } }
        do {
            return try PackageStream.member(place(name), name: name)
        } catch let error as SystemError where error.code == ENOENT {
            return nil
        }
    }

    var manifestName: String { String(descriptor.name.dropLast(4)) + ".mf" }

    func manifest() throws -> PackageManifest? {
        try member(manifestName)?.content.map { PackageManifest($0, file: place(manifestName)) }
    }

    private static func problem(_ path: String, _ message: String) -> DiagnosticsError {
        DiagnosticsError([Diagnostic(file: path, message, remedy: "give an .ova file or the .ovf file of one")])
    }
}
