import Files
import Syscalls
import TestSupport
import Testing

@testable import Recovery

@Suite(.blocking) struct ApplianceWatcherTests {
    /// Everything that a backup would find another is heard of: settings, keys, what the API stores, what is included.
    @Test func hearsOfWhateverABundleHolds() throws {
        try withTemporaryDirectory { directory in
            try SampleAppliance.make(directory)
            let root = Root(directory)
            let settings = root["/etc/appliance-net/appliance.toml"]
            let text = try #require(try AtomicFile.readText(settings))
            for path in ["/srv/extra/deep", "/etc/haproxy/ssl"] { try AtomicFile.makeDirectory(root[path]) }
            let included = text + "\n[recovery]\ninclude = [\"/srv/extra\", \"/srv/single\"]\n"
            try AtomicFile.replace(settings, with: included)
            let watcher = try ApplianceWatcher(root)
            _ = watcher.hasChanged()
            for path in [
                "/etc/appliance-net/backup-key", "/etc/haproxy/errors.http", "/etc/haproxy/maps/hosts.map",
                "/etc/haproxy/ssl/site.pem", "/etc/ssh/ssh_host_ecdsa_key", "/etc/vmware/anyip-routes.cfg",
                "/var/lib/appliance-net/pki/next.key", "/var/lib/appliance-net/recovery/passphrase", "/srv/single",
                "/srv/extra/file", "/srv/extra/deep/file",
            ] {
                #expect(!watcher.hasChanged())
                try AtomicFile.makeDirectory(AtomicFile.directory(of: root[path]))
                try AtomicFile.replace(root[path], with: "another\n")
                #expect(watcher.hasChanged(), "\(path)")
                while watcher.hasChanged() {}
            }
            // What a backup itself writes is none.
            for path in ["/var/lib/appliance-net/recovery/number", "/var/lib/appliance-net/backups/state.json"] {
                try AtomicFile.makeDirectory(AtomicFile.directory(of: root[path]))
                try AtomicFile.replace(root[path], with: "1\n")
                #expect(!watcher.hasChanged(), "\(path)")
            }
        }
    }

    @Test func followsTheSettings() throws {
        try withTemporaryDirectory { directory in
            try SampleAppliance.make(directory)
            let root = Root(directory)
            let settings = root["/etc/appliance-net/appliance.toml"]
            let watcher = try ApplianceWatcher(root)
            let text = try #require(try AtomicFile.readText(settings))
            try AtomicFile.replace(settings, with: text + "\n[recovery]\ninclude = [\"/srv/extra\"]\n")
            #expect(watcher.hasChanged())
            try AtomicFile.makeDirectory(root["/srv/extra"])
            try watcher.refresh()
            try AtomicFile.replace(root["/srv/extra/file"], with: "one\n")
            #expect(watcher.hasChanged())
            try AtomicFile.replace(settings, with: text)
            try watcher.refresh()
            while watcher.hasChanged() {}
            try AtomicFile.replace(root["/srv/extra/file"], with: "two\n")
            #expect(!watcher.hasChanged())
        }
    }
}
