import Files
import TestSupport

/// An OVA of the repository's descriptor with a small disk, packed by tar and sha256sum.
struct TestPackage {
    let directory: String
    /// Changes the descriptor before its digest is taken.
    var descriptor: (String) -> String = { $0 }
    /// Changes the manifest.
    var manifest: (String) -> String = { $0 }
    /// In the order of the archive.
    var members = ["appliance.ovf", "appliance.mf", "disk.vmdk"]

    static let disk = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    static var template: String {
        get throws {
            try AtomicFile.readText(
                CommandLineTests.example.replacing("examples/frontend.ovf-env.xml", with: "appliance.ovf")
            ) ?? ""
        }
    }

    /// - Returns: The path of the archive; what is in it lies beside it.
    func pack() throws -> String {
        let text = descriptor(
            try Self.template.replacing("@DISK@", with: "disk.vmdk").replacing(
                "@DISK_SIZE@",
                with: "\(Self.disk.count)"
            )
            .replacing("@POPULATED@", with: "1").replacing("@VERSION@", with: "0.1.0")
        )
        try AtomicFile.replace(directory + "/appliance.ovf", with: text)
        try AtomicFile.replace(directory + "/disk.vmdk", with: Self.disk)
        let lines = try ["appliance.ovf", "disk.vmdk"].map { name in
            let digest = try run("sha256sum", directory + "/" + name).prefix(64)
            return "SHA256(\(name))= \(digest)\n"
        }
        try AtomicFile.replace(directory + "/appliance.mf", with: manifest(lines.joined()))
        let archive = directory + "/appliance.ova"
        try run(["tar", "--format=ustar", "--hard-dereference", "-cf", archive, "-C", directory] + members)
        return archive
    }
}
