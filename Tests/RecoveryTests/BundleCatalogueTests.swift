import Addresses
import Files
import Foundation
import NetworkFiles
import PKI
import TestSupport
import Testing

@testable import Recovery

/// Bundles of several appliances of one name in one place.
@Suite(.blocking) struct BundleCatalogueTests {
    private static let quick = SampleAppliance.quick

    /// What `root` would bring away, in a file of that number.
    private static func bundle(_ root: Root, _ number: Int, isMarked: Bool = true) throws -> String {
        var backup = Backup(root, program: "0.1.0", now: 1_795_000_000 + Int64(number))
        backup.derivation = quick
        let file = root.prefix + "/00000\(number)-20261122T00000\(number)Z.bundle"
        try AtomicFile.replace(file, with: try backup.take(SampleAppliance.passphrase))
        guard !isMarked else { return file }
        let files = try ApplianceFiles.collect(root)
        let bytes = try RecoveryBundle.seal(
            files,
            origin: SampleAppliance.origin,
            passphrase: SampleAppliance.passphrase,
            derivation: quick
        )
        try AtomicFile.replace(file, with: bytes)
        return file
    }

    @Test func theManifestTellsWhoseItIs() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            try SampleAppliance.make(directory)
            let file = try Self.bundle(root, 1)
            let bytes = try AtomicFile.read(file)
            let origin = try RecoveryBundle.manifest(bytes).origin
            let authority = try #require(try PKIStore(root: root).fingerprint())
            #expect(origin.authority == authority && origin.nextAuthority == nil)
            #expect(origin.authorities == "CA \(authority)")
            #expect(try origin.appliance == ApplianceIdentity.read(root))
            // It is in the bundle, and in the next one.
            let files = try RecoveryBundle.open(bytes, passphrase: SampleAppliance.passphrase)
            #expect(files.text(ApplianceIdentity.path) == origin.appliance.map { $0 + "\n" })
            #expect(BundleCatalogue.origin(Root(), try Self.bundle(root, 2))?.appliance == origin.appliance)
            // The head of one that is not whole tells the same; less tells nothing.
            let head = directory + "/head"
            try AtomicFile.replace(head, with: Array(bytes.prefix(try RecoveryBundle.headSize(bytes))))
            #expect(BundleCatalogue.origin(Root(), head) == origin)
            try AtomicFile.replace(head, with: Array(bytes.prefix(20)))
            #expect(BundleCatalogue.origin(Root(), head) == nil)
            #expect(BundleCatalogue.origin(Root(), directory + "/nothing") == nil)
            // Of a program that did not tell.
            let older = try RecoveryBundle.seal(
                files,
                origin: SampleAppliance.origin,
                passphrase: SampleAppliance.passphrase,
                derivation: Self.quick
            )
            #expect(try RecoveryBundle.manifest(older).origin.authority == nil)
            #expect(try RecoveryBundle.open(older, passphrase: SampleAppliance.passphrase) == files)
        }
    }

    /// A machine that was deployed in the place of another one and knows nothing of it does not bury that one's bundles, nor
    /// does it remove any.
    @Test func whatIsAnothersStaysTheNewest() throws {
        try withTemporaryDirectory { directory in
            let (own, other, store) = (Root(directory + "/own"), Root(directory + "/other"), directory + "/store")
            for root in [own, other] { try SampleAppliance.make(root.prefix) }
            try AtomicFile.makeDirectory(store)
            let target = RecoveryTarget.directory(store)
            var settings = RecoverySettings()
            settings.keep = 2
            func push(_ bundle: String) throws { try Push(Root(), host: "lb1").push(target, bundle, settings) }
            func names() throws -> [String] {
                try AtomicFile.names(in: store).sorted().map { String($0.dropFirst(4).prefix(6)) }
            }
            try push(try Self.bundle(own, 1, isMarked: false))
            for number in 2...4 { try push(try Self.bundle(own, number)) }
            // What does not say whose it is stays.
            #expect(try names() == ["000001", "000003", "000004"])
            let error = #expect(throws: RestoreError.self) { try push(try Self.bundle(other, 5)) }
            let authorities = try [own, other].map { try #require(try PKIStore(root: $0).fingerprint()) }
            let words =
                "\(store) holds bundles of another appliance of the name lb1, and none of this one is brought there: "
            #expect(error?.message.hasPrefix(words + "lb1-000004-20261122T000004Z.bundle, made ") == true)
            #expect(error?.message.hasSuffix("CA \(authorities[0]); this one has CA \(authorities[1])") == true)
            #expect(try names() == ["000001", "000003", "000004"])

            // Another CA of the same appliance is no other appliance's.
            let request = { (change: CertificateRequest.Change) in
                let names = try ServerNames(names: ["lb1"], addresses: [])
                var request = CertificateRequest(names: names, now: .init(Date(timeIntervalSince1970: 1_795_000_000)))
                request.change = change
                return request
            }
            let begun = try PKIStore(root: own).ensure(try request(.beginRotation(nil)))
            let during = try Self.bundle(own, 5)
            #expect(BundleCatalogue.origin(Root(), during)?.nextAuthority == begun.next?.fingerprint)
            try push(during)
            _ = try PKIStore(root: own).ensure(try request(.finishRotation))
            let after = try Self.bundle(own, 6)
            #expect(BundleCatalogue.origin(Root(), after)?.authority == begun.next?.fingerprint)
            try push(after)
            #expect(try names() == ["000001", "000005", "000006"])
            // Another host's are nobody's business here.
            try Push(Root(), host: "lb2").push(target, try Self.bundle(other, 7), settings)
            #expect(try AtomicFile.names(in: store).count == 4)
        }
    }
}
