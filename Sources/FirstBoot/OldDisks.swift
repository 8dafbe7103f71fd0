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

    /// Mounts every file system that nobody has mounted, for reading only.
    func mount() throws -> [Place] {
        var places: [Place] = []
        for device in try Self.candidates() {
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
        guard try AtomicFile.status("/sys/class/block") != nil else { return [] }
        let table = try AtomicFile.readText("/proc/self/mounts") ?? ""
        let used = Set(table.split(separator: "\n").compactMap { $0.split(separator: " ").first.map { String($0) } })
        return try AtomicFile.names(in: "/sys/class/block").sorted().map { "/dev/" + $0 }.filter { device in
            let name = device.dropFirst("/dev/".count)
            return !["loop", "ram", "zram", "sr", "fd", "dm-"].contains { name.hasPrefix($0) }
                && !used.contains { $0 == device || $0.hasPrefix(device) }
        }
    }
}
