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
            for path in ["/srv/extra/deep", "/etc/haproxy/ssl", "/etc/haproxy/certs/deep", "/opt/pki"] {
                try AtomicFile.makeDirectory(root[path])
            }
            // By a link that the bundle has the content of.
            let links = [("/etc/haproxy/linked.pem", "/opt/pki/a.pem"), ("/srv/extra/linked.pem", "/opt/pki/b.pem")]
            for (link, target) in links {
                try AtomicFile.replace(root[target], with: "one\n")
                try run("ln", "-s", target, root[link])
            }
            let included = text + "\n[recovery]\ninclude = [\"/srv/extra\", \"/srv/single\"]\n"
            try AtomicFile.replace(settings, with: included)
            let watcher = try ApplianceWatcher(root)
            // From here on those that are named are watched as well.
            #expect(eventually(seconds: 60) { watcher.hasChanged() })
            for path in [
                "/etc/appliance-net/backup-key", "/etc/haproxy/errors.http", "/etc/haproxy/maps/hosts.map",
                "/etc/haproxy/certs/a.pem", "/etc/haproxy/certs/deep/a.pem", "/etc/haproxy/new/a.pem",
                "/etc/haproxy/new/b.pem", "/etc/appliance-net/hooks/one",
                "/etc/haproxy/ssl/site.pem", "/etc/ssh/ssh_host_ecdsa_key", "/etc/vmware/anyip-routes.cfg",
                "/var/lib/appliance-net/pki/next.key", "/var/lib/appliance-net/recovery/passphrase",
            ] {
                #expect(!watcher.hasChanged())
                try AtomicFile.makeDirectory(AtomicFile.directory(of: root[path]))
                try AtomicFile.replace(root[path], with: "another\n")
                #expect(watcher.hasChanged(), "\(path)")
                while watcher.hasChanged() {}
                try watcher.refresh()
            }
            for path in ["/srv/single", "/srv/extra/file", "/srv/extra/deep/file"] + links.map({ $0.1 }) {
                try AtomicFile.replace(root[path], with: "another\n")
                #expect(eventually(seconds: 60) { watcher.hasChanged() }, "\(path)")
            }
            // A directory that came is one of them.
            try AtomicFile.makeDirectory(root["/srv/extra/new"])
            for _ in 0..<5 {
                #expect(
                    try eventually(seconds: 60) {
                        try AtomicFile.replace(root["/srv/extra/new/file"], with: "\(ContinuousClock.now)")
                        return watcher.hasChanged()
                    }
                )
            }
        }
    }

    @Test func whatABackupWritesIsNoChange() throws {
        try withTemporaryDirectory { directory in
            try SampleAppliance.make(directory)
            let root = Root(directory)
            let paths = ["/var/lib/appliance-net/recovery/number", "/var/lib/appliance-net/backups/state.json"]
            for path in paths { try AtomicFile.makeDirectory(AtomicFile.directory(of: root[path])) }
            let watcher = try ApplianceWatcher(root)
            for path in paths {
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
            while watcher.hasChanged() {}
            try AtomicFile.makeDirectory(root["/srv/extra"])
            try watcher.refresh()
            #expect(eventually(seconds: 60) { watcher.hasChanged() })
            try AtomicFile.replace(root["/srv/extra/file"], with: "one\n")
            #expect(eventually(seconds: 60) { watcher.hasChanged() })
            try AtomicFile.replace(settings, with: text)
            try watcher.refresh()
            while watcher.hasChanged() {}
            try AtomicFile.replace(root["/srv/extra/file"], with: "two\n")
            #expect(!watcher.hasChanged())
        }
    }

    /// What is named may lie on a mount whose server is gone: who watches it hangs there, and nobody else.
    @Test(.turnLimit(.seconds(300))) func aDeadMountHoldsUpNobody() throws {
        try withTemporaryDirectory { directory in
            let mount = try DeadMount(directory)
            defer { _ = mount }
            let watcher = try ForeignWatcher(Root(), [mount.path + "/certificates"])
            #expect(!watcher.hasChanged())
        }
    }
}
