import DataPlaneModel
import Files
import Glibc
import ProxyConfig
import Syscalls
import TestSupport
import Testing

/// What a kill at each system call of a change leaves, and what a full disk does.
@Suite struct FaultTests {
    private static let configuration = """
        global
          master-worker

        # Somebody's comment.
        userlist controller
          user admin insecure-password secret

        """

    /// Functions of both tests. The caller sets `program`, `file`, and perhaps `trace`, which the program is run by.
    private static let functions = #"""
        set -u
        trace=()
        start() {
            log=$file.log
            "${trace[@]}" "$program" --scheme=http --host=127.0.0.1 --port=0 --log-level=info --haproxy-bin=true \
                --reload-cmd=true -c "$file" >"$log" 2>&1 &
            pid=$!
            port=
            while kill -0 "$pid" 2>/dev/null; do
                port=$(sed -n 's/.*address=http:..127.0.0.1:\([0-9]*\).*/\1/p' "$log")
                [ -n "$port" ] && break
                sleep 0.01
            done
            configuration=http://127.0.0.1:$port/v2/services/haproxy/configuration
        }
        ask() { printf 'user = "admin:secret"\n' | curl --silent --max-time 60 --config - "$@"; }
        add() {
            ask --write-out '\n%{http_code}\n' --header 'Content-Type: application/json' --data "{\"name\":\"$1\"}" \
                "$configuration/backends?version=$(ask "$configuration/version")&force_reload=true"
        }
        """#

    /// Arguments: program, file, system call, which one of a thread, name. Prints the status of the change, or 000.
    private static let killAt = #"""
        program=$1 file=$2
        trace=(strace -D -qq -f -o /dev/null -e "trace=$3" -e "inject=$3:signal=KILL:when=$4")
        start
        add "$5" | tail -1
        kill -9 "$pid" 2>/dev/null
        wait "$pid"
        echo "ended $?"
        """#

    /// Each system call by which a change gets onto the disk, and how many of it there are.
    private static let calls: [(name: String, count: Int)] = [
        ("fchown", 1), ("fchmod", 1), ("utimensat", 1), ("fsync", 2), ("flock", 1), ("link", 1), ("renameat2", 1),
        ("rename", 1), ("unlink", 2),
    ]

    @Test func aKillAtEverySystemCallLosesNothing() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/haproxy.cfg"
            try AtomicFile.replace(path, with: Self.configuration)
            var acknowledged: [String] = []
            for (call, count) in Self.calls {
                for step in 1...count {
                    let name = "\(call)-\(step)"
                    let script = Self.functions + "\n" + Self.killAt
                    let output = try run(
                        "bash",
                        "-c",
                        script,
                        "bash",
                        builtProgram("appliance-dataplaned"),
                        path,
                        call,
                        String(step),
                        name
                    )
                    let status = output.split(separator: "\n").first.flatMap { Int($0) } ?? 0
                    if status == 201 { acknowledged.append(name) } else { #expect(status == 0, "\(name): \(output)") }
                    try expectWhole(path, acknowledged, "after \(name): \(output)")
                }
            }
            // Who is killed at the exchange has told nobody.
            #expect(!acknowledged.contains("renameat2-1"))
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
        program=$1 file=$2/small/haproxy.cfg
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
