import Files
import Glibc
import TestSupport
import Testing

/// Whatever an editor, a script or an image update does to a file is heard, and nothing else.
@Suite(.blocking) struct FileWatcherTests {
    private static func watching(_ body: (String, FileWatcher) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            try run("mkdir", "-p", directory + "/etc/vmware")
            try run("sh", "-c", "echo one > \(directory)/etc/vmware/a.cfg")
            let watcher = try FileWatcher([directory + "/etc/vmware/a.cfg", directory + "/etc/other/b.cfg"])
            #expect(try watcher.changes() == [:])
            try body(directory, watcher)
        }
    }

    /// The changes without the test's own directory; inotify events are there when the call that makes them returns.
    private static func changes(_ watcher: FileWatcher, _ directory: String) throws -> [String: FileWatcher.Change] {
        var short: [String: FileWatcher.Change] = [:]
        for (path, change) in try watcher.changes() { short[path.replacing(directory + "/etc/", with: "")] = change }
        return short
    }

    @Test(arguments: [
        ("echo two >> vmware/a.cfg", ["vmware/a.cfg": FileWatcher.Change.written]),
        ("echo two > vmware/a.cfg", ["vmware/a.cfg": .written]),
        ("echo two > vmware/.a.new; mv vmware/.a.new vmware/a.cfg", ["vmware/a.cfg": .written]),
        ("mv vmware/a.cfg vmware/a.cfg~; echo two > vmware/a.cfg", ["vmware/a.cfg": .written]),
        ("rm vmware/a.cfg", ["vmware/a.cfg": .removed]),
        ("rm vmware/a.cfg; echo two > vmware/a.cfg", ["vmware/a.cfg": .written]),
        ("rm -r vmware", ["vmware/a.cfg": .removed]),
        ("mkdir other", [:]),
        ("mkdir other; echo b > other/b.cfg", ["other/b.cfg": .written]),
        ("mkdir new; echo b > new/b.cfg; mv new other", ["other/b.cfg": .written]),
        ("mkdir new; echo two > new/a.cfg; mv vmware old; mv new vmware", ["vmware/a.cfg": .written]),
        ("echo x > vmware/.a.cfg.swp; echo x > unrelated; rm unrelated", [:]),
    ])
    func hears(_ script: String, _ expected: [String: FileWatcher.Change]) throws {
        try Self.watching { directory, watcher in
            try run("sh", "-c", "cd \(directory)/etc; " + script)
            #expect(try Self.changes(watcher, directory) == expected)
            #expect(try Self.changes(watcher, directory) == [:])
        }
    }

    @Test func aReplacedDirectoryIsWatchedOn() throws {
        try Self.watching { directory, watcher in
            for _ in 0..<3 {
                try run("sh", "-c", "cd \(directory)/etc; rm -rf old; mv vmware old; mkdir vmware")
                _ = try Self.changes(watcher, directory)
                // The old one is none of ours any more.
                try run("sh", "-c", "echo x > \(directory)/etc/old/a.cfg")
                #expect(try Self.changes(watcher, directory) == [:])
            }
            try run("sh", "-c", "echo x > \(directory)/etc/vmware/a.cfg")
            #expect(try Self.changes(watcher, directory) == ["vmware/a.cfg": .written])
            try run("sh", "-c", "cd \(directory); mv etc gone; mkdir -p etc/vmware; echo y > etc/vmware/a.cfg")
            #expect(try Self.changes(watcher, directory)["vmware/a.cfg"] == .written)
            try run("sh", "-c", "echo z > \(directory)/etc/vmware/a.cfg")
            #expect(try Self.changes(watcher, directory) == ["vmware/a.cfg": .written])
        }
    }

    /// `/run` and `/tmp` are full of others' files: who is woken by them never sleeps.
    @Test func whatOthersDoOnTheWayWakesNobody() throws {
        try Self.watching { directory, watcher in
            try run("mkdir", directory + "/etc/other")
            _ = try watcher.changes()
            try run(
                "sh",
                "-c",
                "cd \(directory)/etc; echo x > unrelated; chmod 600 unrelated; mv unrelated ..; mkdir new"
            )
            var wait = pollfd(fd: watcher.descriptor, events: Int16(POLLIN), revents: 0)
            #expect(poll(&wait, 1, 0) == 0)
        }
    }

    /// Links on the way that are replaced, directories that are exchanged, and whatever else leads elsewhere.
    @Test func anotherWayIsFollowed() throws {
        try Self.watching { directory, watcher in
            func hears(_ script: String, _ change: FileWatcher.Change?) throws {
                try run("sh", "-c", "cd \(directory)/etc; " + script)
                #expect(try Self.changes(watcher, directory)["vmware/a.cfg"] == change, "\(script)")
            }
            try hears("mkdir one two; echo 1 > one/a.cfg; echo 2 > two/a.cfg; rm -r vmware; ln -s one vmware", .written)
            try hears("echo 3 > one/a.cfg", .written)
            try hears("ln -sfn two vmware", .written)
            try hears("echo 4 > one/a.cfg", nil)
            try hears("echo 5 > two/a.cfg", .written)
            try hears("rm vmware", .removed)
            try hears("mv one vmware", .written)
            try hears("echo 6 > vmware/a.cfg", .written)
            try hears("mv ../etc ../gone", .removed)
            try run("mv", directory + "/gone", directory + "/etc")
            #expect(try Self.changes(watcher, directory)["vmware/a.cfg"] == .written)
            try hears("echo 7 > vmware/a.cfg", .written)
        }
    }

    @Test func aFileThatIsBeingWrittenIsKnown() throws {
        try Self.watching { directory, watcher in
            let path = directory + "/etc/vmware/a.cfg"
            let file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
            #expect(try Self.changes(watcher, directory) == ["vmware/a.cfg": .writing])
            _ = write(file, "two", 3)
            #expect(try Self.changes(watcher, directory) == ["vmware/a.cfg": .writing])
            close(file)
            // A program that another test starts at this moment has it open until it is executed.
            #expect(try eventually { try Self.changes(watcher, directory) == ["vmware/a.cfg": .written] })
            // Who only reads changes nothing.
            try run("cat", path)
            #expect(try Self.changes(watcher, directory) == [:])
        }
    }

    @Test func theTargetOfALinkIsWatched() throws {
        try Self.watching { directory, watcher in
            try run(
                "sh",
                "-c",
                "cd \(directory); mkdir far; echo x > far/real; ln -sfn ../../far/real etc/vmware/a.cfg"
            )
            #expect(try Self.changes(watcher, directory)["vmware/a.cfg"] != nil)
            try run("sh", "-c", "echo y > \(directory)/far/real")
            #expect(try Self.changes(watcher, directory) == ["vmware/a.cfg": .written])
        }
    }

    @Test func lostEventsCountAsChanges() throws {
        try Self.watching { directory, watcher in
            let limit = try run("cat", "/proc/sys/fs/inotify/max_queued_events")
            let count = (Int(limit.prefix { $0.isNumber }) ?? 16384) + 100
            try run(
                "sh",
                "-c",
                "cd \(directory)/etc/vmware; i=0; while [ $i -lt \(count) ]; do : > x$((i % 2)); i=$((i+1)); done"
            )
            #expect(try Self.changes(watcher, directory)["vmware/a.cfg"] == .written)
            try run("sh", "-c", "echo y > \(directory)/etc/vmware/a.cfg")
            #expect(try Self.changes(watcher, directory) == ["vmware/a.cfg": .written])
        }
    }
}
