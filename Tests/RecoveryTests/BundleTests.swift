import Appliance
import Files
import Foundation
import TestSupport
import Testing

@testable import Recovery

/// Bundles as bytes: what goes in comes out, and nothing else is ever taken for a bundle.
@Suite(.blocking) struct BundleTests {
    @Test func whatGoesInComesOut() throws {
        try withTemporaryDirectory { directory in
            try SampleAppliance.make(directory)
            let files = try ApplianceFiles.collect(Root(directory))
            let bytes = try SampleAppliance.bundle(directory)
            #expect(try RecoveryBundle.open(bytes, passphrase: SampleAppliance.passphrase) == files)
            #expect(files["/etc/haproxy/haproxy.cfg"]?.group == "haproxy")
            #expect(files["/etc/haproxy/ca.key"]?.kind == .link)
            #expect(files["/etc/vmware/workload-networks.cfg"]?.kind == .absent)
            #expect(!files.files.contains { $0.path.contains("/.appliance") })
            let text = RecoveryBundle.text(bytes)
            #expect(try RecoveryBundle.bytes(text: text) == bytes)
            // As a text field may give it back.
            let wrapped = text.enumerated().map { $0.offset % 64 == 63 ? "\($0.element)\r\n " : "\($0.element)" }
                .joined()
            #expect(try RecoveryBundle.bytes(file: Array(wrapped.utf8)) == bytes)
        }
    }

    /// A key that costs what it should costs no minutes either.
    @Test func theStandardDerivationOpens() throws {
        let files = FileSet([SavedFile("/etc/a", .file, [1, 2, 3])])
        let bytes = try RecoveryBundle.seal(
            files,
            origin: SampleAppliance.origin,
            passphrase: SampleAppliance.passphrase
        )
        #expect(try RecoveryBundle.open(bytes, passphrase: SampleAppliance.passphrase) == files)
        let again = try RecoveryBundle.seal(
            files,
            origin: SampleAppliance.origin,
            passphrase: SampleAppliance.passphrase
        )
        #expect(again != bytes)
    }

    /// What could not be opened again is not sealed.
    @Test func tooManyFilesAreRefused() throws {
        let name = String(repeating: "n", count: 3900)
        let files = FileSet((0..<1200).map { SavedFile("/etc/\($0)/\(name)", .file, []) })
        #expect(throws: BundleError.tooManyFiles(1200)) {
            try RecoveryBundle.seal(files, origin: SampleAppliance.origin, passphrase: SampleAppliance.passphrase)
        }
    }

    @Test func theManifestIsReadWithoutThePassphraseAndTellsNoSecret() throws {
        try withTemporaryDirectory { directory in
            try SampleAppliance.make(directory)
            let bytes = try SampleAppliance.bundle(directory)
            let manifest = try RecoveryBundle.manifest(bytes)
            #expect(manifest.origin == SampleAppliance.origin)
            #expect(
                manifest.files.entries.contains { $0.path == "/var/lib/appliance-net/pki/ca.key" && $0.mode == 0o600 }
            )
            // By the layout of docs/recovery.md, with other programs.
            try AtomicFile.replace(directory + "/bundle", with: bytes)
            let script = """
                length=$(od -An -tu4 --endian=big -j10 -N4 "$1/bundle" | tr -d ' ')
                tail -c +15 "$1/bundle" | head -c "$length" | zstd -dc >"$1/manifest"
                head -c -32 "$1/bundle" | sha256sum | cut -d' ' -f1
                tail -c 32 "$1/bundle" | od -An -tx1 | tr -d ' \\n'; echo
                jq -r '.origin.host' "$1/manifest"
                """
            let lines = try run("sh", "-ec", script, "sh", directory).split(separator: "\n")
            #expect(lines[0] == lines[1])
            #expect(lines[2] == "lb1")
            let text = try #require(try AtomicFile.readText(directory + "/manifest"))
            for secret in ["BEGIN", "$6$abc", "host key"] { #expect(!text.contains(secret)) }
        }
    }

    @Test func anotherPassphraseIsTold() throws {
        let bytes = try small()
        for wrong in ["", "correct horse batter", "correct horse battery "] {
            #expect(throws: BundleError.wrongPassphrase) {
                try RecoveryBundle.open(bytes, passphrase: Secret(wrong))
            }
        }
    }

    @Test func whatIsCutOffIsTruncated() throws {
        let bytes = try small()
        for count in stride(from: 0, to: bytes.count, by: 3) {
            #expect(throws: BundleError.self, "\(count)") {
                try RecoveryBundle.open(Array(bytes[..<count]), passphrase: SampleAppliance.passphrase)
            }
        }
        #expect(throws: BundleError.truncated) {
            try RecoveryBundle.open(Array(bytes.dropLast()), passphrase: SampleAppliance.passphrase)
        }
        #expect(throws: BundleError.self) {
            try RecoveryBundle.open(bytes + [0], passphrase: SampleAppliance.passphrase)
        }
    }

    @Test func noByteCanBeAnother() throws {
        let bytes = try small()
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 1 << (index % 8)
            #expect(throws: BundleError.self, "byte \(index)") {
                try RecoveryBundle.open(altered, passphrase: SampleAppliance.passphrase)
            }
        }
    }

    /// Whoever alters a bundle can make its checksum right, and no more.
    @Test func aRightChecksumDoesNotHelp() throws {
        let bytes = try small()
        for index in stride(from: 0, to: bytes.count - 32, by: 5) {
            var altered = Array(bytes.dropLast(32))
            altered[index] ^= 0x10
            try withTemporaryDirectory { directory in
                try AtomicFile.replace(directory + "/a", with: altered)
                let sum = try run("sha256sum", directory + "/a").prefix(64)
                var digits = sum[...]
                while !digits.isEmpty {
                    altered.append(try #require(UInt8(digits.prefix(2), radix: 16)))
                    digits = digits.dropFirst(2)
                }
            }
            #expect(throws: BundleError.self, "byte \(index)") {
                try RecoveryBundle.open(altered, passphrase: SampleAppliance.passphrase)
            }
        }
    }

    @Test func anotherVersionIsTold() throws {
        var bytes = try small()
        bytes[9] = 2
        #expect(throws: BundleError.otherVersion(2)) { try RecoveryBundle.manifest(bytes) }
        #expect(throws: BundleError.notABundle) { try RecoveryBundle.manifest(Array("hello, world".utf8)) }
        #expect(throws: BundleError.notABundle) { try RecoveryBundle.bytes(text: "hello, world!") }
        #expect(throws: BundleError.truncated) {
            try RecoveryBundle.bytes(text: String(RecoveryBundle.text(try small()).prefix(101)))
        }
    }

    /// A derivation that would take all memory is not begun.
    @Test func costlyDerivationsAreRefused() throws {
        for rounds in [0, 1023, 1 << 30] {
            let derivation = KeyDerivation(rounds: rounds, blockSize: 8, parallelism: 1, salt: Data(count: 16))
            #expect(throws: BundleError.badDerivation) {
                try RecoveryBundle.seal(
                    FileSet(),
                    origin: SampleAppliance.origin,
                    passphrase: SampleAppliance.passphrase,
                    derivation: derivation
                )
            }
        }
    }

    /// A property takes a typical appliance, and a backup of a large one takes no second.
    @Test func sizesAndTimes() throws {
        try withTemporaryDirectory { directory in
            for services in [20, 100, 500] {
                try SampleAppliance.make(directory, services: services)
                let files = try ApplianceFiles.collect(Root(directory))
                let bytes = try RecoveryBundle.seal(
                    files,
                    origin: SampleAppliance.origin,
                    passphrase: SampleAppliance.passphrase,
                    small: true,
                    derivation: SampleAppliance.quick
                )
                let count = RecoveryBundle.text(bytes).utf8.count
                print("\(services) services: \(files.size) bytes, \(count) characters as text")
                #expect(count <= RecoveryBundle.longestText)
            }
            try SampleAppliance.make(directory, services: 5000)
            let clock = ContinuousClock()
            let begin = clock.now
            let files = try ApplianceFiles.collect(Root(directory))
            let bytes = try RecoveryBundle.seal(
                files,
                origin: SampleAppliance.origin,
                passphrase: SampleAppliance.passphrase
            )
            print("5000 services: \(files.size) bytes, bundle \(bytes.count) bytes in \(clock.now - begin)")
        }
    }

    private func small() throws -> [UInt8] {
        try RecoveryBundle.seal(
            FileSet([SavedFile("/etc/a", .file, Array("hello, world".utf8)), SavedFile("/etc/b", .link, [0x61])]),
            origin: SampleAppliance.origin,
            passphrase: SampleAppliance.passphrase,
            derivation: SampleAppliance.quick
        )
    }
}
