import CLinux
import Files
import Glibc
import Syscalls

/// Runs every work in turn, ours and `ip`'s, round by round, so that whatever else the machine does meets both alike.
struct Benchmark {
    /// The program: it is given `apply --root DIR` and `watch --root DIR`.
    var program: [String]
    var rounds: Int
    /// Whether the program has a service to be measured.
    var watches: Bool
    /// How long the service is looked at.
    var seconds: Int

    /// Prints a line for each row; false if any is below what it must be.
    func run() throws -> Bool {
        let directory = "/var/tmp/appliance-net-bench.\(getpid())"
        defer { _ = try? Subprocess.run(["rm", "-rf", directory]) }
        let works = try Work.all(in: directory)
        var ours: [[Double]] = works.map { _ in [] }
        var theirs: [[Double]] = works.map { _ in [] }
        // The first round warms the caches up and is not counted.
        for round in 0...rounds {
            for (index, work) in works.enumerated() {
                let mine = try measure(work, applying(work, work.root))
                let other = try work.other.map { try measure(work, $0) }
                guard round > 0 else { continue }
                ours[index].append(mine)
                if let other { theirs[index].append(other) }
            }
        }
        var isGood = true
        print("name ratio must ok|below")
        for (index, work) in works.enumerated() {
            let mine = ours[index].median
            let other = theirs[index].isEmpty ? "" : ", \(work.otherName) \(milliseconds(theirs[index].median))"
            say("\(work.name): \(milliseconds(mine))\(other)")
            if let limit = work.limit { isGood = row("\(work.name)-in-time", limit / mine, 1) && isGood }
            if let must = work.must {
                let ratios = zip(theirs[index], ours[index]).map { $0 / $1 }
                isGood = row("\(work.name)-vs-ip", ratios.median, must) && isGood
            }
        }
        if watches, let work = works.first {
            try prepare(work)
            let idle = try IdleService.measure(program + ["watch", "--root", work.root], seconds: seconds)
            say("watch: \(idle)")
            isGood = row("watch-memory", 20 / idle.residentMegabytes, 1) && isGood
            // 1 if it never woke up, a half if it did once.
            isGood = row("watch-idle", 1 / Double(1 + idle.wakeUps), 1) && isGood
        }
        return isGood
    }

    private func row(_ name: String, _ ratio: Double, _ must: Double) -> Bool {
        print("\(name) \(rounded(ratio)) \(rounded(must)) \(ratio >= must ? "ok" : "below")")
        return ratio >= must
    }

    /// Seconds that a program takes from its start to its end, in a new network namespace prepared for the work.
    private func measure(_ work: Work, _ arguments: [String]) throws -> Double {
        try prepare(work)
        // The kernel takes the namespace of before apart in the background.
        usleep(100_000)
        let start = ContinuousClock.now
        try Self.run(arguments)
        let took = ContinuousClock.now - start
        return Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
    }

    private func prepare(_ work: Work) throws {
        try syscall("unshare the network namespace (are you root?)") { clinux_unshare_network() }
        for line in work.preparation { try Self.run(line) }
        if let root = work.earlierRoot { try Self.run(applying(work, root)) }
    }

    private func applying(_ work: Work, _ root: String) -> [String] {
        (work.isEngineAlone ? ["/proc/self/exe"] : program) + ["apply", "--root", root]
    }

    private static func run(_ arguments: [String]) throws {
        let result = try Subprocess.run(arguments)
        guard result.status == 0 else {
            throw BenchmarkError(text: "\(arguments.joined(separator: " ")): \(result.errors)")
        }
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    var text: String
    var description: String { text }
}

extension [Double] {
    /// The one in the middle.
    var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}

/// Two digits behind the point.
func rounded(_ number: Double) -> String {
    let hundredths = Int((number * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
}

func milliseconds(_ seconds: Double) -> String { rounded(seconds * 1000) + " ms" }

/// A line on standard error: what is no row.
func say(_ text: String) {
    let line = text + "\n"
    write(STDERR_FILENO, line, line.utf8.count)
}
