import Files
import Glibc
import Syscalls

/// What a service costs while nothing happens.
struct IdleService: CustomStringConvertible {
    /// Times that its threads gave the processor up by themselves and were woken again.
    var wakeUps: Int
    /// Seconds of processor time.
    var busy: Double
    /// Megabytes of 10^6 bytes.
    var residentMegabytes: Double
    /// Its share of what it has in common with other processes counted in part (PSS).
    var proportionalMegabytes: Double
    var seconds: Int

    var description: String {
        "\(wakeUps) wake-ups and \(milliseconds(busy)) of processor time in \(seconds) s, "
            + "\(rounded(residentMegabytes)) MB resident, \(rounded(proportionalMegabytes)) MB proportional"
    }

    /// Starts the program, waits until it has come to rest, looks at it for some seconds, and ends it.
    static func measure(_ arguments: [String], seconds: Int) throws -> IdleService {
        let shell = "\"$@\" >/dev/null 2>&1 </dev/null & echo $!"
        let started = try Subprocess.run(["sh", "-c", shell, "sh"] + arguments)
        guard let pid = pid_t(started.output.prefix { $0 != "\n" }) else {
            throw BenchmarkError(text: "\(arguments.joined(separator: " ")) did not start")
        }
        defer { kill(pid, SIGTERM) }
        try settle(pid)
        let before = try Sample(pid)
        usleep(UInt32(seconds) * 1_000_000)
        let after = try Sample(pid)
        return IdleService(
            wakeUps: after.switches - before.switches,
            busy: Double(after.nanoseconds - before.nanoseconds) / 1e9,
            residentMegabytes: Double(try field("/proc/\(pid)/status", "VmRSS:")) * 1024 / 1e6,
            proportionalMegabytes: Double(try field("/proc/\(pid)/smaps_rollup", "Pss:")) * 1024 / 1e6,
            seconds: seconds
        )
    }

    /// The network comes to rest seconds after it was made: IPv6 looks for duplicates of its addresses first.
    private static func settle(_ pid: pid_t) throws {
        var last = -1
        var quiet = 0
        for _ in 0..<30 {
            usleep(1_000_000)
            let switches = try Sample(pid).switches
            quiet = switches == last ? quiet + 1 : 0
            if quiet == 3 { return }
            last = switches
        }
    }

    /// Counters of all threads.
    private struct Sample {
        var switches = 0
        var nanoseconds = 0

        init(_ pid: pid_t) throws {
            guard let stream = opendir("/proc/\(pid)/task") else {
                throw BenchmarkError(text: "the service has ended")
            }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                guard let thread = Int(name) else { continue }
                switches += try field("/proc/\(pid)/task/\(thread)/status", "voluntary_ctxt_switches:")
                let times = try AtomicFile.readText("/proc/\(pid)/task/\(thread)/schedstat") ?? ""
                nanoseconds += times.split(separator: " ").first.flatMap { Int($0) } ?? 0
            }
        }
    }

    /// The number behind a name in a file of proc(5).
    private static func field(_ path: String, _ name: String) throws -> Int {
        let lines = try AtomicFile.readText(path)?.split(separator: "\n") ?? []
        let words = lines.first { $0.hasPrefix(name) }?.split { $0 == " " || $0 == "\t" } ?? []
        return words.count > 1 ? Int(words[1]) ?? 0 : 0
    }
}
