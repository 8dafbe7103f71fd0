import Files
import TestSupport
import Testing

@testable import FirstBoot

/// The disk of an appliance that went down, attached to the one that replaces it.
@Suite(.blocking) struct OldDisksTests {
    /// What is mounted is not looked at, nor the disk that it is a part of; a name that begins as another's is another's.
    @Test func whatIsInUseIsLeftAlone() {
        let names = [
            "loop0", "nvme0n1", "nvme0n1p1", "nvme0n1p12", "nvme0n1p2", "sda", "sda1", "sda10", "sdaa", "sdb", "sr0",
            "vda",
            "vda1", "vdb",
        ]
        let disks = Dictionary(uniqueKeysWithValues: zip(names, names.indices.map { "8:\($0)" }))
        let mounts = """
            22 28 0:21 / /proc rw,nosuid shared:13 - proc proc rw
            28 1 8:12 / / rw,relatime shared:1 - ext4 /dev/root rw
            30 28 8:99 / /srv rw,relatime shared:1 master:2 - btrfs /dev/sda10 rw
            31 28 8:3 / /var rw,relatime - ext4 /dev/nvme0n1p12 rw
            32 28 8:8 /a\\040b /mnt\\040- rw,relatime - ext4 /dev/sdaa rw

            """
        #expect(
            OldDisks.unused(disks, mounts)
                == ["/dev/nvme0n1p1", "/dev/nvme0n1p2", "/dev/sda1", "/dev/sdb", "/dev/vdb"]
        )
    }

    /// A real file system: nothing on it is changed, and it is let go of.
    @Test func aDiskIsMountedForReading() throws {
        try withTemporaryDirectory { directory in
            let image = directory + "/disk"
            try run("mkdir", "-p", directory + "/tree/etc/appliance-net")
            try AtomicFile.replace(directory + "/tree/etc/appliance-net/appliance.toml", with: "[system]\n")
            try run("truncate", "-s", "4M", image)
            try run("mkfs.ext4", "-q", "-d", directory + "/tree", image)
            let device = String(try run("losetup", "--find", "--show", image).dropLast())
            defer { _ = try? run("losetup", "--detach", device) }
            let number = try run("stat", "-c", "%Hr:%Lr", device)
            #expect(OldDisks.number(String(device.dropFirst("/dev/".count))) + "\n" == number)
            let disks = OldDisks()
            // What holds no file system is passed over.
            let places = try disks.mount(["/dev/null", device])
            let place = try #require(places.first)
            #expect(places.count == 1 && place.device == device)
            #expect(try AtomicFile.readText(place.directory + "/etc/appliance-net/appliance.toml") == "[system]\n")
            #expect(throws: (any Error).self) { try AtomicFile.replace(place.directory + "/new", with: "") }
            disks.letGo()
            #expect(try AtomicFile.status(place.directory) == nil)
        }
    }

    /// As a machine leaves it that went down: what was written last is in the journal alone. It is there, or the disk is
    /// named and not read at all.
    @Test(arguments: [true, false]) func aDiskOfAMachineThatWentDown(_ canBeWritten: Bool) throws {
        try withTemporaryDirectory { directory in
            let (image, crashed, place) = (directory + "/disk", directory + "/crashed", directory + "/place")
            try run("mkdir", directory + "/tree", place)
            try AtomicFile.replace(directory + "/tree/file", with: "former\n")
            try run("truncate", "-s", "16M", image)
            try run("mkfs.ext4", "-q", "-d", directory + "/tree", image)
            try run("mount", "-o", "loop", image, place)
            do {
                defer { _ = try? run("umount", place) }
                try AtomicFile.replace(place + "/file", with: "last\n")
                try run("cp", image, crashed)
            }
            let access = canBeWritten ? [] : ["--read-only"]
            let device = String(try run(["losetup", "--find", "--show"] + access + [crashed]).dropLast())
            defer { _ = try? run("losetup", "--detach", device) }
            let disks = OldDisks()
            defer { disks.letGo() }
            let places = try disks.mount([device])
            #expect(places.count == (canBeWritten ? 1 : 0))
            for place in places { #expect(try AtomicFile.readText(place.directory + "/file") == "last\n") }
            #expect(disks.failures == (canBeWritten ? [] : ["\(device): cannot mount \(device) read-only."]))
        }
    }
}
