import Files
import Glibc
import Syscalls
import TestSupport
import Testing

/// An appliance in a lab that brings its bundles away, and what the machine is made of that is to take its place.
struct Replacement {
    let lab: Lab
    /// Shared by all nodes.
    let directory: String
    var bundles: String { directory + "/bundles" }
    /// The properties of the new machine: other adapters, and where the bundles are.
    var settings: String { directory + "/after.xml" }

    private static let passphrase = ("recovery.passphrase", "correct horse battery")

    /// The appliance is up while `body` runs.
    static func with(_ name: String, body: (Replacement) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let bundles = directory + "/bundles"
            try AtomicFile.makeDirectory(bundles)
            let properties = [("recovery.target", bundles), passphrase]
            let before = directory + "/before.xml"
            try Lab.writeExample(before, properties)
            try withLab(name, "--ovf-env", before) { lab throws in
                let replacement = Replacement(lab: lab, directory: directory)
                let source = properties + [("recovery.source", bundles)]
                try Lab.writeExample(replacement.settings, source, replacing: ["00:50:56:": "00:50:57:"])
                try body(replacement)
            }
        }
    }

    /// There is a bundle of what the appliance is now.
    func backUp() throws { try lab.exec("appliance", "appliance-net", "backup") }

    /// Ends the appliance, and puts the other machine in its place.
    func crash() throws {
        let crash = try lab.command("crash")
        try #require(crash.status == 0, "\(crash.errors)")
        let replaced = try lab.command(["replace", "--ovf-env", settings])
        try #require(replaced.status == 0, "\(replaced.errors)")
    }
}
