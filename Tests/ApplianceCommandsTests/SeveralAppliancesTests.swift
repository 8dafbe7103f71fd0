import Appliance
import Files
import Foundation
import Recovery
import Syscalls
import TestSupport
import Testing

/// A machine that was deployed in the place of another, without its bundle: the other one's bundles are not buried, and
/// whoever rebuilds is not given the wrong one.
@Suite(.blocking) struct SeveralAppliancesTests {
    private typealias Commands = RecoveryCommandTests

    /// An appliance whose bundles are brought to a directory that others have too, and the same appliance deployed anew.
    private struct Site {
        let directory: String
        let own: String
        var other: String { directory + "/other" }
        var store: String { directory + "/store" }
        var settings: String { "/etc/appliance-net/appliance.toml" }

        /// As the properties recovery.target and recovery.passphrase do.
        func bringAway(_ root: String) throws {
            let text = try #require(try AtomicFile.readText(root + settings))
            try AtomicFile.replace(root + settings, with: text + "\n[recovery]\ntarget = \"/mnt\"\n")
            let passphrase = root + "/var/lib/appliance-net/recovery/passphrase"
            try AtomicFile.replace(passphrase, with: Commands.passphrase.revealed(), mode: 0o600)
            try AtomicFile.replaceLink(root + "/mnt", target: store)
        }

        func names() throws -> [String] { try AtomicFile.names(in: store).sorted() }

        func authority(_ root: String) throws -> String {
            let file = root + "/etc/haproxy/ca.crt"
            let line = try run("openssl", "x509", "-in", file, "-noout", "-fingerprint", "-sha256")
            return String(line.dropLast().drop { $0 != "=" }.dropFirst())
        }

        func rebuild(_ source: String, _ place: String) throws -> Subprocess.Result {
            let text = try #require(try AtomicFile.readText(CommandLineTests.example)).replacing(
                "</PropertySection>",
                with: """
                    <Property oe:key="recovery.source" oe:value="\(source)"/>
                    <Property oe:key="recovery.passphrase" oe:value="\(Commands.passphrase.revealed())"/>
                    </PropertySection>
                    """
            )
            try AtomicFile.replace(directory + "/new.xml", with: text)
            return try Commands.program(
                ["firstboot", "--files-only", "--ovf-env", directory + "/new.xml", "--root", directory + place]
            )
        }
    }

    private static func withSite(_ body: (Site) throws -> Void) throws {
        try Commands.withAppliance { directory, root in
            let site = Site(directory: directory, own: root)
            try AtomicFile.makeDirectory(site.store)
            let boot = ["firstboot", "--ovf-env", CommandLineTests.example, "--files-only", "--root", site.other]
            let booted = try Commands.program(boot)
            try #require(booted.status == 0, "\(booted.errors)")
            for place in [site.own, site.other] { try site.bringAway(place) }
            try body(site)
        }
    }

    @Test func aReplacementThatKnowsNothingBringsNothing() throws {
        try Self.withSite { site in
            #expect(try Commands.program("backup", "--root", site.own).status == 0)
            let good = try #require(try site.names().first)
            let (own, other) = (try site.authority(site.own), try site.authority(site.other))
            let refused = try Commands.program("backup", "--root", site.other)
            #expect(refused.status == 2)
            let words =
                "the backup is on this appliance only: /mnt holds bundles of another appliance of the name haproxy.local"
            #expect(refused.errors.contains(words.replacing("/mnt", with: site.other + "/mnt")), "\(refused.errors)")
            #expect(refused.errors.contains("CA \(own); this one has CA \(other)\n    remedy: "), "\(refused.errors)")
            #expect(try site.names() == [good])
            let state = try Commands.program("backup", "--json", "--root", site.other)
            #expect(try run("jq", "-r", ".failure", input: state.output).contains("another appliance of the name"))
            for (root, authority) in [(site.own, own), (site.other, other)] {
                let list = try Commands.program("backup", "list", "--root", root)
                #expect(list.output.hasSuffix(", CA \(authority)\n"), "\(list.output)")
                let json = try Commands.program("backup", "list", "--json", "--root", root).output
                #expect(try run("jq", "-r", ".[].origin.ca", input: json) == authority + "\n")
            }
            let shown = try Commands.program("backup", "show", site.store + "/" + good)
            #expect(shown.output.split(separator: "\n").first?.hasSuffix(", CA \(own)") == true, "\(shown.output)")

            // What an earlier program brought there.
            try run(
                "sh",
                "-c",
                "cp \(site.other)/var/lib/appliance-net/backups/*.bundle \(site.store)/haproxy.local-000009-20261122T000000Z.bundle"
            )
            let mixed = try site.rebuild(site.store, "/new")
            #expect(mixed.status == 1)
            #expect(
                mixed.errors.contains("\(site.store) holds bundles of several appliances of the name haproxy.local:\n")
            )
            for (name, authority) in [(good, own), ("haproxy.local-000009-20261122T000000Z.bundle", other)] {
                let line = mixed.errors.split(separator: "\n").first { $0.contains("    \(name): made 20") }
                #expect(line?.hasSuffix(", CA \(authority)") == true, "\(mixed.errors)")
            }
            #expect(mixed.errors.contains("remedy: name the bundle in recovery.source"))
            #expect(try AtomicFile.status(site.directory + "/new/etc") == nil)
            let named = try site.rebuild(site.store + "/" + good, "/new")
            #expect(named.status == 0)
            #expect(named.errors.contains("rebuilding from \(site.store)/\(good) (a bundle of haproxy.local, made "))
            #expect(named.errors.contains("haproxy.cfg version 7), CA \(own)\n"), "\(named.errors)")
            #expect(try site.authority(site.directory + "/new") == own)
        }
    }

    /// Its own former CA is no other appliance's, for itself and for who rebuilds.
    @Test func anApplianceWithAnotherAuthorityIsTheSame() throws {
        try Self.withSite { site in
            for work in [[], ["rotate-ca"], ["rotate-ca", "--finish"]] {
                if !work.isEmpty { #expect(try Commands.program(["cert"] + work + ["--root", site.own]).status == 0) }
                let backup = try Commands.program("backup", "--root", site.own)
                #expect(backup.status == 0, "\(backup.errors)")
            }
            #expect(try site.names().count == 3)
            let rebuilt = try site.rebuild(site.store, "/new")
            #expect(rebuilt.status == 0, "\(rebuilt.errors)")
            #expect(rebuilt.errors.contains("), CA \(try site.authority(site.own))\n"))
            // It goes on where the other one has stopped.
            try site.bringAway(site.directory + "/new")
            let next = try Commands.program("backup", "--root", site.directory + "/new")
            #expect(next.status == 0, "\(next.errors)")
            #expect(try site.names().last?.hasPrefix("haproxy.local-000004-") == true)
        }
    }

    /// By hand: the plan says what it means, and what only this machine knows stays.
    @Test func aRestoreByHandSaysWhatItMeans() throws {
        try Self.withSite { site in
            let (own, other) = (try site.authority(site.own), try site.authority(site.other))
            // As a machine that nobody has given a passphrase.
            try AtomicFile.remove(site.other + "/var/lib/appliance-net/recovery/passphrase")
            let earlier = site.directory + "/earlier.bundle"
            #expect(try Commands.program("backup", "--out", earlier, "--root", site.other).status == 0)
            let bundle = site.directory + "/own.bundle"
            try AtomicFile.remove(site.own + "/var/lib/appliance-net/recovery/passphrase")
            #expect(try Commands.program("backup", "--out", bundle, "--root", site.own).status == 0)
            let secret = try Commands.program("backup", "passphrase", "--root", site.own).output
            try AtomicFile.replace(site.directory + "/secret", with: secret)
            let restore = ["restore", bundle, "--files-only", "--root", site.other]
            let unknown = try Commands.program(restore)
            #expect(unknown.status == 65)
            let plan = try Commands.program(restore + ["--plan", "--passphrase-file", site.directory + "/secret"])
            #expect(plan.status == 2)
            let words = "the CA becomes another: SHA-256 \(own) in the place of SHA-256 \(other); clients"
            #expect(plan.errors.contains(words), "\(plan.errors)")
            let kept = "is kept in /var/lib/appliance-net/recovery/former-passphrases"
            #expect(plan.errors.contains(kept), "\(plan.errors)")
            let json = try Commands.program(
                restore + ["--plan", "--json", "--passphrase-file", site.directory + "/secret"]
            )
            #expect(try run("jq", "-r", ".notes[]", input: json.output).contains(words))
            let done = try Commands.program(restore + ["--passphrase-file", site.directory + "/secret"])
            #expect(done.status == 0)
            #expect(done.errors.contains(words) && done.errors.contains(kept), "\(done.errors)")
            #expect(try site.authority(site.other) == own)
            // Back, with the passphrase that nobody has written down.
            let back = try Commands.program("restore", earlier, "--files-only", "--root", site.other)
            #expect(back.status == 0, "\(back.errors)")
            #expect(try site.authority(site.other) == other)
        }
    }
}
