import Appliance
import Files
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
}
