import DataPlaneModel
import Files
import Glibc
import ProxyConfig
import Syscalls
import TestSupport
import Testing

/// What a kill at each system call of a change leaves, and what a full disk does.
@Suite(.blocking) struct FaultTests {
    private static let configuration = """
        global
          master-worker

        # Somebody's comment.
        userlist controller
          user admin insecure-password secret

        """

    /// Functions of both tests. The caller sets `program`, `file` and `log`.
    private static let functions = #"""
        set -u
        start() {
            # The port of the process before this one is not to be read.
            : >"$log"
            "$program" --scheme=http --host=127.0.0.1 --port=0 --log-level=info --haproxy-bin=true \
                --reload-cmd=true --backups-number=200 -c "$file" >"$log" 2>&1 &
            pid=$!
            port=
            for _ in $(seq 6000); do
                kill -0 "$pid" 2>/dev/null || break
                port=$(sed -n 's/.*address=http:..127.0.0.1:\([0-9]*\).*/\1/p' "$log")
                [ -n "$port" ] && break
                sleep 0.01
            done
            configuration=http://127.0.0.1:$port/v2/services/haproxy/configuration
        }
        ask() { printf 'user = "admin:secret"\n' | curl --silent --max-time 60 --config - "$@"; }
        version() { ask "$configuration/version"; }
        add() {
            ask --write-out '\n%{http_code}\n' --header 'Content-Type: application/json' --data "{\"name\":\"$1\"}" \
                "$configuration/backends?version=${2:-$(version)}&force_reload=true"
        }
        """#

    /// Arguments: program, file, name, trace, options of strace. Prints the status of a change before, and of the traced
    /// one, or 000.
    ///
    /// The start and the change before are over when strace is attached, to every thread: what it counts is the one
    /// change. The checker and the command that reloads are left alone.
    private static let traced = #"""
        program=$1 file=$2 name=$3 trace=$4 log=$4.log
        shift 4
        start
        add "before-$name" | tail -1
        version=$(version)
        strace -qq -f -y --detach-on=execve -o "$trace" "$@" -p "$pid" &
        tracer=$!
        for _ in $(seq 6000); do
            kill -0 "$tracer" && grep -qs '^TracerPid:.0$' /proc/"$pid"/task/*/status || break
            sleep 0.01
        done
        add "$name" "$version" | tail -1
        kill -9 "$pid" 2>/dev/null
        wait "$pid"
        wait "$tracer"
        echo ended
        """#

    /// By which a change gets onto the disk, and its version into the history.
    private static let names = [
        "openat", "write", "writev", "pwrite64", "pwritev", "pwritev2", "fchown", "fchmod", "ftruncate", "utimensat",
        "fsync", "fdatasync", "flock", "link", "linkat", "rename", "renameat", "renameat2", "unlink", "unlinkat",
    ]

    /// A system call of a change on the file, on what is beside it or on the history.
    private struct Call: Equatable {
        var name: String
        /// Which one of its name it is among all of its thread.
        var count: Int
    }

    /// The calls of the thread that made the last one in `directory`, there and in order.
    private static func calls(in trace: String, on directory: String) -> [Call] {
        let lines = trace.split(separator: "\n").compactMap {
            line -> (thread: Substring, name: String, text: Substring)? in
            // Short numbers are padded.
            let thread = line.prefix { $0 != " " }
            let text = line.dropFirst(thread.count).drop { $0 == " " }
            guard text.first?.isLetter == true, let end = text.firstIndex(of: "(") else { return nil }
            return (thread, String(text[..<end]), text)
        }
        guard let thread = lines.last(where: { $0.text.contains(directory) })?.thread else { return [] }
        var counts: [String: Int] = [:]
        var calls: [Call] = []
        for line in lines where line.thread == thread {
            counts[line.name, default: 0] += 1
            guard line.text.contains(directory) else { continue }
            calls.append(Call(name: line.name, count: counts[line.name] ?? 0))
        }
        return calls
    }

    /// Adds a backend under strace.
    ///
    /// - Parameter call: Where the process is killed, before the kernel does it; nil: when the change is made.
    /// - Returns: The statuses of the change before and of this one, and the calls up to the end.
    private func add(
        _ name: String,
        in directory: String,
        killedAt call: Call? = nil
    ) throws -> (before: String, status: String, calls: [Call]) {
        let trace = directory + "/../trace"
        var options = ["-e", "trace=" + Self.names.joined(separator: ",")]
        if let call { options += ["-e", "inject=\(call.name):signal=KILL:when=\(call.count)"] }
        let script = Self.functions + "\n" + Self.traced
        let program = try builtProgram("appliance-dataplaned")
        let arguments = ["-c", script, "bash", program, directory + "/haproxy.cfg", name, trace] + options
        let output = try Subprocess.run(["bash"] + arguments).output.split(separator: "\n").map { String($0) }
        try #require(output.count == 3, "\(name): \(output)")
        return (output[0], output[1], Self.calls(in: try AtomicFile.readText(trace) ?? "", on: directory))
    }

    @Test func aKillAtEverySystemCallLosesNothing() throws {
        try withTemporaryDirectory { parent in
            let directory = parent + "/haproxy"
            let path = directory + "/haproxy.cfg"
            try AtomicFile.makeDirectory(directory)
            try AtomicFile.replace(path, with: Self.configuration)
            let whole = try add("whole", in: directory)
            #expect([whole.before, whole.status] == ["201", "201"])
            var acknowledged = ["before-whole", "whole"]
            try expectWhole(path, acknowledged, "without a kill")
            let names = whole.calls.map { $0.name }
            for name in ["openat", "write", "fsync", "flock", "linkat", "renameat2", "unlink", "rename"] {
                #expect(names.contains(name), "\(names)")
            }
            for (index, call) in whole.calls.enumerated() {
                let expected = Array(whole.calls.prefix(index + 1))
                var isHit = false
                var last: [Call] = []
                // Another thread may have come to as many calls first, for a request before: then it is done again.
                for attempt in 1...5 where !isHit {
                    let name = "\(call.name)-\(call.count)-\(attempt)"
                    let killed = try add(name, in: directory, killedAt: call)
                    #expect(killed.before == "201", "\(name)")
                    // Who is killed at any of these has told nobody.
                    #expect(killed.status == "000", "\(name)")
                    acknowledged.append("before-" + name)
                    try expectWhole(path, acknowledged, "after \(name)")
                    last = killed.calls
                    isHit = last == expected
                }
                #expect(isHit, "no kill was at \(call) of the change: \(last)")
            }
            // What was left is put in order by the next start.
            let api = try DataPlane(
                DataPlane.Settings(path: path),
                checker: ModelChecker(),
                reloader: WillingReloader()
            )
            _ = api.resume()
            let history = try ConfigurationHistory(directory: path + ".history").entries()
            #expect(
                try history.last.map { try AtomicFile.status("\(path).history/\($0.name)")?.st_ino }
                    == AtomicFile.status(path)?.st_ino
            )
            #expect(try AtomicFile.names(in: directory).filter { $0.hasPrefix(".appliance-net.") } == [])
            #expect(try AtomicFile.names(in: path + ".history").filter { $0.hasSuffix(".pending") } == [])
        }
    }

    private func expectWhole(_ path: String, _ acknowledged: [String], _ comment: Comment) throws {
        let file = ConfigurationFile(try AtomicFile.readText(path) ?? "", file: path)
        for name in acknowledged { #expect(file.section("backend", name) != nil, comment) }
        #expect(file.text.contains("# Somebody's comment.\n"), comment)
        #expect(ModelChecker().errors(in: file) == [], comment)
        #expect(HAProxyChecker(program: "haproxy").errors(in: file) == [], comment)
    }

    /// Arguments: program, directory. In namespaces of its own.
    private static let fillDisk = #"""
        program=$1 file=$2/small/haproxy.cfg log=$2/small/log
        mkdir "$2/small" && mount -t tmpfs -o size=256k tmpfs "$2/small" && ip link set lo up && cp "$2/haproxy.cfg" "$file"
        start
        add before | tail -1
        cat /dev/zero >"$2/small/filler" 2>/dev/null
        sum=$(cksum <"$file")
        add full | tr '\n' ' '
        echo
        [ "$sum" = "$(cksum <"$file")" ] && echo unchanged
        ask --output /dev/null --write-out '%{http_code}\n' "$configuration/backends/before"
        rm "$2/small/filler"
        add after | tail -1
        ask "$configuration/backends" | tr ',' '\n' | grep -c name
        kill "$pid"
        wait "$pid"
        echo "ended $?"
        """#

    @Test func aFullDiskLosesNothingAndIsOvercomeByItself() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.replace(directory + "/haproxy.cfg", with: Self.configuration)
            let lines = try run(
                "unshare",
                "--mount",
                "--net",
                "bash",
                "-c",
                Self.functions + "\n" + Self.fillDisk,
                "bash",
                builtProgram("appliance-dataplaned"),
                directory
            ).split(separator: "\n")
            try #require(lines.count == 7, "\(lines)")
            #expect(lines[0] == "201")
            #expect(lines[1].contains("the configuration was not saved: write "))
            #expect(lines[1].contains("ENOSPC") && lines[1].hasSuffix(" 507 "))
            #expect(lines[2...] == ["unchanged", "200", "201", "2", "ended 0"])
        }
    }
}
