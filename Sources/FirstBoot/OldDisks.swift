internal import Files
internal import Glibc
internal import Syscalls

/// Disks that are attached and not in use: one of them may be the old appliance's.
final class OldDisks {
    struct Place {
        var device: String
        var directory: String
    }

    private var mounted: [String] = []
    /// What mount(8) said of file systems that cannot be mounted. One that was in use when its machine went down has to be
    /// made consistent from its journal first, which the kernel does, but not on a disk that cannot be written: what
    /// stands there without it is not what the appliance was.
    private(set) var failures: [String] = []

    /// Mounts every file system that nobody has mounted, for reading only.
    ///
    /// - Parameter devices: Where to look; nil for all disks.
    func mount(_ devices: [String]? = nil) throws -> [Place] {
        var places: [Place] = []
        for device in try devices ?? Self.candidates() {
            var template = Array("/run/appliance-net/disk.XXXXXX".utf8CString)
            try AtomicFile.makeDirectory("/run/appliance-net")
            guard mkdtemp(&template) != nil else { throw SystemError(code: errno, operation: "mkdtemp") }
            let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let result = try Subprocess.run(["mount", "-o", "ro,nodev,nosuid,noexec", device, directory])
            if result.status == 0 {
                mounted.append(directory)
                places.append(Place(device: device, directory: directory))
            } else {
                rmdir(directory)
                // No disk with partitions, and no swap space.
                let usage = try Subprocess.run(["blkid", "-p", "-s", "USAGE", "-o", "value", device])
                guard usage.output == "filesystem\n" else { continue }
                let words = result.errors.split(separator: "\n").first.map { String($0) } ?? "status \(result.status)"
                failures.append("\(device): \(words.replacing("mount: \(directory): ", with: ""))")
            }
        }
        return places
    }

    func letGo() {
        for directory in mounted {
            _ = try? Subprocess.run(["umount", directory])
            rmdir(directory)
        }
        mounted = []
    }

    /// Block devices that may hold a file system and are not part of what is mounted.
    private static func candidates() throws -> [String] {
        guard try AtomicFile.status(directory) != nil else { return [] }
        let names = try AtomicFile.names(in: directory)
        let disks = Dictionary(uniqueKeysWithValues: names.map { ($0, number($0)) })
        return unused(disks, try AtomicFile.readText("/proc/self/mountinfo", limit: 4 << 20) ?? "")
    }

    private static let directory = "/sys/class/block"

    /// Of a block device, as `8:17`; empty if there is none.
    static func number(_ name: String) -> String {
        let text = (try? AtomicFile.readText("\(directory)/\(name)/dev")) ?? nil
        return String((text ?? "").prefix { $0 != "\n" })
    }

    /// Those of some block devices, as `/dev/sdb1`, that may hold a file system and are neither mounted nor the disk of a
    /// partition that is.
    ///
    /// - Parameters:
    ///   - disks: Device numbers (`8:17`) by name.
    ///   - mounts: proc_pid_mountinfo(5). A mount has the number of its device, or where the file system has one of its own
    ///     (btrfs) the name: that of `/` may be one that nobody else knows (`/dev/root`).
    static func unused(_ disks: [String: String], _ mounts: String) -> [String] {
        var used: Set<String> = []
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2, let end = fields.firstIndex(of: "-"), end + 2 < fields.count else { continue }
            if fields[end + 2].hasPrefix("/dev/") { used.insert(String(fields[end + 2].dropFirst(5))) }
            used.formUnion(disks.filter { $0.value == fields[2] }.keys)
        }
        return disks.keys.sorted().filter { name in
            !["loop", "ram", "zram", "sr", "fd", "dm-"].contains { name.hasPrefix($0) }
                && !used.contains { $0 == name || isPartition($0, of: name) }
        }.map { "/dev/" + $0 }
    }

    /// `sda1` of `sda`, `nvme0n1p1` of `nvme0n1`; `sda10` is none of `sda1`.
    private static func isPartition(_ name: String, of disk: String) -> Bool {
        let prefix = disk.last?.isNumber == true ? disk + "p" : disk
        let number = name.dropFirst(prefix.count)
        return name.hasPrefix(prefix) && !number.isEmpty && number.allSatisfy { $0.isNumber }
    }
}
