import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Changes without an end under connections without an end: nobody is refused or cut, the worker stays, and memory and
/// descriptors are where they were. `make soak` makes a thousand changes during a million connections; here it is fewer.
@Suite(.blocking) struct SoakTests {
    private static func number(_ name: String, _ otherwise: Int) -> Int {
        getenv(name).flatMap { Int(String(cString: $0)) } ?? otherwise
    }

    /// A configuration that differs from the last one in binds, servers, rules, weights, time-outs, limits and threads;
    /// what carries the load is in every one of them.
    private static func body(_ round: Int, _ generator: inout some RandomNumberGenerator, _ ports: [UInt16]) -> String {
        func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }
        var text = "global\n  nbthread \(1 + below(3))\n  maxconn \(400 + below(200))\n"
        text += "frontend f\n  bind 127.0.0.1:80 name kept\n  timeout client \(60 + below(60))s\n"
        for _ in 0..<below(6) {
            text += "  bind 127.0.0.1:\(1000 + below(40) * 2 + round % 2) name x\(below(1_000_000))\n"
        }
        if below(4) == 0 { text += "  bind 192.0.2.1:80 name far\n" }
        if below(2) == 0 { text += "  use_backend other if { dst_port 1000:1050 }\n" }
        text += "  default_backend b\nbackend b\n  timeout server \(60 + below(60))s\n"
        text += "  server s0 127.0.0.1:\(ports[0]) weight \(1 + below(200))\n"
        for index in 1..<1 + below(4) {
            text +=
                "  server s\(index) 127.0.0.1:\(ports[below(ports.count)]) check inter 5s weight \(1 + below(200))\n"
        }
        text += "backend other\n  server o\(below(3)) 127.0.0.1:\(ports[1])\n"
        for index in 0..<below(20) {
            text +=
                "listen l\(index)\n  bind 127.0.0.1:\(2000 + index + below(3) * 100)\n  server s 127.0.0.1:\(ports[0])\n"
        }
        return text
    }

    @Test func changesUnderLoad() throws {
        let changes = Self.number("SOAK_CHANGES", 60)
        let connections = Self.number("SOAK_CONNECTIONS", 3000)
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0 ... .max, using: &generator)
        print("soak: seed \(seed), \(changes) changes during \(connections) connections")
        try withDaemonRoom { directory in
            var random = SoakRandom(state: seed)
            let servers = try (0..<3).map { _ in try TestServer.named("s1") }
            let ports = servers.map { $0.port }
            let echo = try TestServer.echo()
            let held = "listen held\n  bind 127.0.0.1:81\n  server s1 127.0.0.1:\(echo.port)\n"
            let daemon = try DaemonFixture(Self.body(0, &random, ports) + held, in: directory)
            let worker = try daemon.worker()
            let pids = [worker, "\(daemon.program.pid)"]
            let long = try (0..<10).map { _ in try TestSocket.connect(port: 81) }
            let load = TakeOverTests.Load(clients: 4, port: 80)
            func talk() throws {
                for socket in long {
                    try socket.send("x")
                    #expect(try socket.receive() == Array("x".utf8))
                }
            }
            func change(_ round: Int) throws {
                // Every tenth is refused, and changes nothing.
                let broken = round % 10 == 9 ? "nonsense\n" : ""
                let answer = try daemon.reload(Self.body(round, &random, ports) + held + broken)
                #expect(answer.success == broken.isEmpty)
            }
            func resting() throws -> [(memory: Int, descriptors: Int)] {
                var rest = SoakRandom(state: 1)
                let quiet = Self.body(0, &rest, ports) + held
                #expect(try daemon.reload(quiet).success)
                return try pids.map { pid in
                    let line = try run("cat", "/proc/\(pid)/status").split(separator: "\n").first {
                        $0.hasPrefix("VmRSS")
                    }
                    let files = try run("ls", "/proc/\(pid)/fd").split(separator: "\n").count
                    return (Int(line?.filter { $0.isNumber } ?? "") ?? 0, files)
                }
            }
            // Pools fill and tables grow at first.
            for round in 0..<max(30, changes / 10) { try change(round) }
            #expect(eventually { load.count > 500 })
            let before = try resting()
            let start = load.count
            for round in 0..<changes {
                try change(round)
                if round % 50 == 0 { try talk() }
                let wanted = start + connections * (round + 1) / changes
                #expect(eventually(seconds: 600) { load.count >= wanted })
            }
            try talk()
            let done = load.count - start
            #expect(load.stop() == 0, "\(daemon.program.errors.suffix(2000))")
            #expect(try daemon.worker() == worker)
            let after = try resting()
            print(
                "soak: \(done) connections; memory in KB and descriptors of worker and master: \(before) then \(after)"
            )
            for (then, now) in zip(before, after) {
                #expect(now.memory <= then.memory + 2048)
                // A health check may be under way, and connections were.
                #expect(now.descriptors <= then.descriptors + 4)
            }
        }
    }
}

/// SplitMix64.
private struct SoakRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
