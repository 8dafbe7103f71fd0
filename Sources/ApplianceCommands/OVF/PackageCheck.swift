internal import Diagnostics
internal import OVF

/// Whether a package is whole: every file of its descriptor there, with the size and the digest that are written down.
struct PackageCheck {
    private let package: DeploymentPackage
    private let manifest: PackageManifest?
    private var found: [Diagnostic] = []

    static func problems(_ package: DeploymentPackage, _ descriptor: OVFDescriptor) throws -> [Diagnostic] {
        var check = PackageCheck(package: package, manifest: try package.manifest())
        try check.check(descriptor)
        return check.found
    }

    private init(package: DeploymentPackage, manifest: PackageManifest?) {
        self.package = package
        self.manifest = manifest
    }

    private mutating func check(_ descriptor: OVFDescriptor) throws {
        if let manifest {
            found += manifest.problems
        } else {
            // Who builds a package makes it last.
            found.append(
                Diagnostic(
                    package.isArchive ? .error : .warning,
                    file: package.path,
                    "there is no manifest \(package.manifestName): whether a file is damaged cannot be told",
                    remedy: "give the package as it was built"
                )
            )
        }
        for (index, member) in package.members.enumerated()
        where package.members[..<index].contains(where: { $0.name == member.name }) {
            found.append(
                Diagnostic(
                    file: package.path,
                    "\(member.name) is there twice",
                    remedy: "give the package as it was built"
                )
            )
        }
        weigh(package.descriptor)
        var known: Set<String> = [package.descriptor.name, package.manifestName]
        for file in descriptor.files {
            known.insert(file.href)
            guard !file.href.contains("/") else {
                found.append(
                    descriptor.diagnostic(
                        at: file.position,
                        "the file \(file.href) does not lie beside the descriptor",
                        remedy: "pack it, and give its name alone"
                    )
                )
                continue
            }
            guard let member = try package.member(file.href) else {
                found.append(
                    descriptor.diagnostic(
                        at: file.position,
                        "the file \(file.href) is not there",
                        remedy: "get the package again, whole"
                    )
                )
                continue
            }
            if let size = file.size, size != member.size {
                found.append(
                    descriptor.diagnostic(
                        at: file.position,
                        "the file \(file.href) has \(member.size) bytes, and not \(size)",
                        remedy: "get the package again, whole"
                    )
                )
            }
            weigh(member)
        }
        for entry in manifest?.entries ?? [] where !known.contains(entry.name) { report(entry) }
        // A signature may be there; it is vSphere that looks at it.
        for member in package.members where !known.contains(member.name) && !member.name.hasSuffix(".cert") {
            found.append(
                Diagnostic(
                    .warning,
                    file: package.path,
                    "\(member.name) is in the archive, and the descriptor does not name it",
                    remedy: "leave it out"
                )
            )
        }
    }

    private mutating func weigh(_ member: PackageMember) {
        guard let manifest else { return }
        guard let entry = manifest[member.name] else {
            // A line that could not be read may have been its.
            guard manifest.problems.isEmpty else { return }
            found.append(
                Diagnostic(
                    file: manifest.source.file,
                    "\(member.name) is not in the manifest",
                    remedy: "give the package as it was built"
                )
            )
            return
        }
        guard entry.digest != member.digest else { return }
        found.append(
            manifest.source.diagnostic(
                at: entry.digestPosition,
                "\(member.name) is not the file that was packed: its SHA-256 is \(member.digest)",
                remedy: "get the package again"
            )
        )
    }

    private mutating func report(_ entry: PackageManifest.Entry) {
        guard let manifest else { return }
        found.append(
            manifest.source.diagnostic(
                at: entry.position,
                "the descriptor has no file \(entry.name)",
                remedy: "give the package as it was built"
            )
        )
    }
}
