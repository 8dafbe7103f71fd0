import Appliance
import Files
import Foundation
import Recovery
import Syscalls
import TestSupport
import Testing

/// What is said of a bundle and its passphrase before anything is done.
@Suite(.blocking) struct BundleInputTests {
    /// A passphrase that was made now could open nothing: none is made.
    @Test func aRestoreMakesNoPassphrase() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            try AtomicFile.replace(directory + "/bundle", with: try RecoveryCommandTests.bundle(root))
            let place = directory + "/new"
            for options in [["--plan"], []] {
                let result = try RecoveryCommandTests.program(
                    ["restore", directory + "/bundle", "--root", place] + options
                )
                #expect(result.status == 1)
                #expect(result.errors.contains("remedy: give that of the appliance that made the bundle"))
                #expect(try run("find", place, "-type", "f") == "")
            }
        }
    }

    /// What is wrong with a bundle is said before the machine is started.
    @Test func validateOpensTheBundle() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            let bundle = try RecoveryCommandTests.bundle(root)
            func validate(_ bundle: [UInt8], _ passphrase: String) throws -> Subprocess.Result {
                try RecoveryCommandTests.program(
                    "validate",
                    "--ovf-env",
                    try RecoveryCommandTests.environment(directory, bundle: bundle, passphrase: passphrase)
                )
            }
            let passphrase = RecoveryCommandTests.passphrase.revealed()
            #expect(try validate(bundle, passphrase).output == "valid\n")
            for (bytes, phrase, words) in [
                (bundle, "something else", "recovery.passphrase: the passphrase is not the one"),
                (Array(bundle.dropLast(9)), passphrase, "appliance.recovery_bundle: the end of the bundle is missing"),
                (Array("hello".utf8), passphrase, "appliance.recovery_bundle: this is no recovery bundle"),
                (bundle, "", "appliance.recovery_bundle: it cannot be opened without its passphrase"),
            ] {
                let result = try validate(bytes, phrase)
                #expect(result.status == 65)
                #expect(result.errors.contains(words), "\(result.errors)")
                #expect(!(result.errors + result.output).contains(passphrase))
            }
            // What is not typed is what the bundle says.
            let typed = """
                {"appliance.recovery_bundle": "\(RecoveryBundle.text(bundle))", "recovery.passphrase": "\(passphrase)",
                 "adapters": [{"mac": "00:50:56:00:00:01", "network": "a", "unit_number": 7},
                              {"mac": "00:50:56:00:00:02", "network": "b", "unit_number": 8},
                              {"mac": "00:50:56:00:00:03", "network": "c", "unit_number": 9}]}
                """
            try AtomicFile.replace(directory + "/properties.json", with: typed)
            let short = try RecoveryCommandTests.program("validate", "--properties", directory + "/properties.json")
            #expect(short.output == "valid\n", "\(short.errors)")
        }
    }

    /// A bundle of files, whatever they are.
    private static func seal(_ files: FileSet) throws -> [UInt8] {
        try RecoveryBundle.seal(
            files,
            origin: BundleManifest.Origin(created: 0, host: "lb1", program: "0.1.0", version: nil, services: 0),
            passphrase: RecoveryCommandTests.passphrase,
            derivation: KeyDerivation(rounds: 1024, blockSize: 8, parallelism: 1, salt: Data(repeating: 7, count: 16))
        )
    }

    /// Nothing is made of what has no CA, whatever gives it: first boot would make another one, which no client trusts.
    @Test func whatWasNeverConfiguredMakesNoAppliance() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            let passphrase = RecoveryCommandTests.passphrase.revealed()
            var files = try ApplianceFiles.collect(Root(root))
            files["/etc/haproxy/ca.crt"] = nil
            let bundle = try Self.seal(files)
            let environment = try RecoveryCommandTests.environment(directory, bundle: bundle)
            let words = "this bundle is of a machine that was never configured: it has no CA\n"
            for command in ["validate", "firstboot"] {
                let place = command == "firstboot" ? ["--files-only", "--root", directory + "/new"] : []
                let result = try RecoveryCommandTests.program([command, "--ovf-env", environment] + place)
                #expect(result.status == 65 && result.errors.contains(words), "\(command): \(result.errors)")
            }
            try AtomicFile.replace(directory + "/bundle", with: bundle)
            try AtomicFile.replace(directory + "/passphrase", with: passphrase)
            let before = try RecoveryCommandTests.witness(root)
            let restore = ["restore", directory + "/bundle", "--passphrase-file", directory + "/passphrase"]
            let place = ["--files-only", "--root", root]
            for options in [["--plan"], []] {
                let result = try RecoveryCommandTests.program(restore + place + options)
                #expect(result.status == 65 && result.errors.contains(words), "\(result.errors)")
            }
            #expect(try RecoveryCommandTests.witness(root) == before)
            // A disk, and a bundle in a file.
            try AtomicFile.remove(root + "/etc/haproxy/ca.crt")
            for (source, status) in [(root, 1), (directory + "/bundle", 65)] {
                let typed = """
                    {"recovery.source": "\(source)", "recovery.passphrase": "\(passphrase)"}
                    """
                try AtomicFile.replace(directory + "/properties.json", with: typed)
                let boot = ["firstboot", "--properties", directory + "/properties.json", "--files-only"]
                let result = try RecoveryCommandTests.program(boot + ["--root", directory + "/new"])
                #expect(result.status == status, "\(result.errors)")
                #expect(result.errors.contains("is of a machine that was never configured: it has no CA\n"))
            }
            #expect(try AtomicFile.status(directory + "/new/etc") == nil)
        }
    }

    /// What restore refuses its plan refuses as well, in the same words.
    @Test func aPlanRefusesWhatIsWrong() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            var files = try ApplianceFiles.collect(Root(root))
            let path = "/etc/appliance-net/appliance.toml"
            files[path] = SavedFile(path, .file, Array("[interface.management]\nmac = \"nothing\"\n".utf8), mode: 0o644)
            try AtomicFile.replace(directory + "/bundle", with: try Self.seal(files))
            try AtomicFile.replace(directory + "/passphrase", with: RecoveryCommandTests.passphrase.revealed())
            let restore = ["restore", directory + "/bundle", "--passphrase-file", directory + "/passphrase"]
            let place = ["--files-only", "--root", root]
            let results = try [[], ["--plan"]].map { try RecoveryCommandTests.program(restore + place + $0) }
            #expect(results.map(\.status) == [65, 65] && results[1].output == "")
            #expect(results[0].errors == results[1].errors && results[1].errors.contains("nothing was changed"))
        }
    }
}
