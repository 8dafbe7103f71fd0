import CLinux
import Files
import Glibc
import Syscalls

/// Runs every work in turn, ours and `ip`'s, round by round, so that whatever else the machine does meets both alike.
struct Benchmark {
    /// The program and its arguments before `--root DIR`.
    var program: [String]
    var rounds: Int

    /// Prints a line for each row; false if any is below what it must be.
    func run() throws -> Bool {
        let directory = "/tmp/appliance-net-bench.\(getpid())"
        defer { _ = try? Subprocess.run(["rm", "-rf", directory]) }
        let works = try Work.all(in: directory)
        var ours: [[Double]] = works.map { _ in [] }
        var theirs: [[Double]] = works.map { _ in [] }
        // The first round warms the caches up and is not counted.
        for round in 0...rounds {
            for (index, work) in works.enumerated() {
                let mine = try measure(work, program + ["--root", work.root])
                let other = try work.batch.map { try measure(work, ["ip", "-batch", $0]) }
                guard round > 0 else { continue }
                ours[index].append(mine)
                if let other { theirs[index].append(other) }
            }
        }
        var isGood = true
        print("name ratio must ok|below")
        for (index, work) in works.enumerated() {
            let mine = ours[index].median
            let other = theirs[index].isEmpty ? "" : ", ip -batch \(milliseconds(theirs[index].median))"
            say("\(work.name): \(milliseconds(mine))\(other)")
            isGood = row("\(work.name)-in-time", work.limit / mine, 1) && isGood
            if let must = work.must {
                let ratios = zip(theirs[index], ours[index]).map { $0 / $1 }
                isGood = row("\(work.name)-vs-ip-batch", ratios.median, must) && isGood
            }
        }
        return isGood
    }

    private func row(_ name: String, _ ratio: Double, _ must: Double) -> Bool {
        print("\(name) \(rounded(ratio)) \(rounded(must)) \(ratio >= must ? "ok" : "below")")
        return ratio >= must
    }

    /// Seconds that a program takes from its start to its end, in a new network namespace prepared for the work.
    private func measure(_ work: Work, _ arguments: [String]) throws -> Double {
        try syscall("unshare the network namespace (are you root?)") { clinux_unshare_network() }
        for line in work.preparation { try Self.run(line) }
        if let root = work.earlierRoot { try Self.run(program + ["--root", root]) }
        // The kernel takes the namespace of before apart in the background.
        usleep(100_000)
        let start = ContinuousClock.now
        try Self.run(arguments)
        let took = ContinuousClock.now - start
        return Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
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
