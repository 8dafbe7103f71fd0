import DataPlaneModel
import Files
import Glibc
import ProxyConfig
import Syscalls
import TestSupport
import Testing

/// The program itself: its exit codes, and what a kill leaves of its file.
@Suite(.serialized, .blocking) struct ProgramTests {
    private static let configuration = """
        global
          master-worker

        # Somebody's comment.
        userlist controller
          user admin insecure-password secret

        """

    private func status(_ arguments: String...) throws -> (Int, String) {
        let result = try Subprocess.run([builtProgram("appliance-dataplaned")] + arguments)
        return (result.status, result.errors)
    }

    @Test func exitCodes() throws {
        #expect(try status("--nonsense").0 == 64)
        #expect(try status("--port=70000").0 == 64)
        #expect(try status("--scheme=https", "--config-file=/dev/null").0 == 64)
        let (code, words) = try status("--config-file=/nonexistent/haproxy.cfg")
        #expect(code == 78)
        #expect(words.contains("/nonexistent/haproxy.cfg: error: cannot be read"))
        #expect(words.contains("remedy: "))
        let missing = ["--scheme=https", "--tls-certificate=/nonexistent.crt", "--tls-key=/nonexistent.key"]
        #expect(try status(missing[0], missing[1], missing[2], "--config-file=/dev/null").0 == 78)
        #expect(try status("--version").0 == 0)
    }

    /// Arguments: program, file, seconds to live, number of the next backend. Prints the number after the last one that
    /// was acknowledged.
    private static let writeUntilKilled = #"""
        set -u
        program=$1 file=$2 delay=$3 number=$4 log=$2.log
        "$program" --scheme=http --host=127.0.0.1 --port=0 --log-level=info --haproxy-bin=true -c "$file" >"$log" &
        pid=$!
        for _ in $(seq 1000); do
            port=$(sed -n 's/.*address=http:..127.0.0.1:\([0-9]*\).*/\1/p' "$log")
            [ -n "$port" ] && break
            sleep 0.01
        done
        configuration=http://127.0.0.1:$port/v2/services/haproxy/configuration
        ask() { printf 'user = "admin:secret"\n' | curl --silent --max-time 5 --config - "$@"; }
        version=$(ask "$configuration/version")
        (sleep "$delay"; kill -9 "$pid") &
        while true; do
            code=$(ask --output /dev/null --write-out '%{http_code}' --header 'Content-Type: application/json' \
                --data "{\"name\":\"b$number\"}" "$configuration/backends?version=$version")
            [ "$code" = 201 ] || break
            version=$((version + 1)) number=$((number + 1))
        done
        wait
        echo "$number"
        """#

    /// Starts the program without a proxy, writes until it is killed at a random moment, and looks at the file.
    @Test func aKillLosesNothingThatWasAcknowledged() throws {
        let seed = UInt64.random(in: 1 ... .max)
        print("seed \(seed)")
        var random = seed
        try withTemporaryDirectory { directory in
            let path = directory + "/haproxy.cfg"
            try AtomicFile.replace(path, with: Self.configuration)
            var acknowledged = 0
            for _ in 0..<5 {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let delay = 0.05 + Double(random >> 48) / 65536 * 0.3
                let output = try run(
                    "bash",
                    "-c",
                    Self.writeUntilKilled,
                    "bash",
                    builtProgram("appliance-dataplaned"),
                    path,
                    String(delay),
                    String(acknowledged)
                )
                acknowledged = try #require(output.split(separator: "\n").last.flatMap { Int($0) })
                let file = ConfigurationFile(try AtomicFile.readText(path) ?? "", file: path)
                for number in 0..<acknowledged { #expect(file.section("backend", "b\(number)") != nil) }
                #expect(ModelChecker().errors(in: file.text, file: path) == [])
                #expect(file.text.contains("# Somebody's comment.\n"))
                // One may have been written but not acknowledged.
                acknowledged = file.sections.count { $0.kind == "backend" }
            }
            #expect(acknowledged > 0)
        }
    }
}
