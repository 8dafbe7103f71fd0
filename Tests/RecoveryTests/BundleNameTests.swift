import Addresses
import Files
import NetworkFiles
import TestSupport
import Testing

@testable import Recovery

/// Which bundle is whose, in a directory that several appliances share.
struct BundleNameTests {
    @Test(arguments: [
        ("lb1-000012-20261121T235959Z.bundle", "lb1", 12), ("lb1-b-000012-20261121T235959Z.bundle", "lb1-b", 12),
        ("000012-20261121T235959Z.bundle", "", 12), ("a-000001-1234567-20261121T235959Z.bundle", "a-000001", 1_234_567),
    ]) func namesAreReadFromTheirEnd(_ text: String, _ host: String, _ number: Int) throws {
        let name = try #require(BundleName(text))
        #expect(name.host == host)
        #expect(name.number == number)
        #expect(name.description == text)
    }

    @Test(arguments: [
        "lb1-12-20261121T235959Z.bundle", "lb1-000012-20261121.bundle", "lb1-000012-20261121T235959Z.part", "x.bundle",
        "-000012-20261121T235959Z.bundle", "lb1-00001x-20261121T235959Z.bundle", ".bundle", "",
    ]) func otherNames(_ text: String) { #expect(BundleName(text) == nil) }

    /// Another's, whose name begins as ours does, stay; so does the one just written though its number is the lowest.
    @Test func onlyOwnBundlesAreRemoved() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.makeDirectory(directory + "/mnt")
            var origin = SampleAppliance.origin
            origin.appliance = "the one of all"
            let content = try RecoveryBundle.seal(
                FileSet(),
                origin: origin,
                passphrase: SampleAppliance.passphrase,
                derivation: SampleAppliance.quick
            )
            func place(_ name: String) throws { try AtomicFile.replace("\(directory)/mnt/\(name)", with: content) }
            let others = ["lb1-b-000001", "lb1-b-000002", "lb1.corp-000001", "lb10-000001"]
            for name in others + (5...8).map({ "lb1-00000\($0)" }) { try place(name + "-20261121T000000Z.bundle") }
            try place("notes.txt")
            let bundle = directory + "/000002-20261122T000000Z.bundle"
            try AtomicFile.replace(bundle, with: content)
            var settings = RecoverySettings()
            settings.keep = 2
            let push = Push(Root(directory), host: "lb1")
            let target = RecoveryTarget.directory("/mnt")
            #expect(push.highest(target) == 8)
            try push.push(target, bundle, settings)
            let left = try AtomicFile.names(in: directory + "/mnt").sorted()
            let own = ["lb1-000002-20261122", "lb1-000008-20261121"].map { $0 + "T000000Z.bundle" }
            #expect(left == (others.map { $0 + "-20261121T000000Z.bundle" } + own + ["notes.txt"]).sorted())
        }
    }

    @Test func numbersGoOnAboveThoseOfTheTarget() throws {
        try withTemporaryDirectory { directory in
            let store = BackupStore(Root(directory))
            let numbers = try [store.nextNumber(above: 0), store.nextNumber(above: 8)]
            #expect(numbers == [1, 9])
        }
    }
}
