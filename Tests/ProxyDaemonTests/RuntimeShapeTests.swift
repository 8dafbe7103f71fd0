import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Commands whose figures are each program's own: the lines by which tools find them are HAProxy's.
@Suite(.blocking) struct RuntimeShapeTests {
    /// Each number, and each address of the memory, is `N`.
    private static func shape(_ line: Substring) -> String {
        line.split(separator: " ", omittingEmptySubsequences: true).map { word in
            let parts = word.split(separator: "=", maxSplits: 1)
            let value = parts.last ?? ""
            let isNumber = value.hasPrefix("0x") || value.allSatisfy { $0.isNumber || $0 == "." }
            guard isNumber, !value.isEmpty else { return String(word) }
            return parts.count == 2 ? "\(parts[0])=N" : "N"
        }.joined(separator: " ")
    }

    @Test func activityHasHAProxysLines() throws {
        try withRuntimePair { ours, theirs in
            for _ in 0..<2 { #expect(try ours.ask(1000) == "1") }
            let lines = try [ours, theirs].map { try $0.client.send("show activity").split(separator: "\n") }
            #expect(lines[0].map { $0.prefix { $0 != ":" } } == lines[1].map { $0.prefix { $0 != ":" } })
            #expect(lines[0].contains("accepted: 2") && !lines[0].contains("loops: 0"))
        }
    }

    @Test func poolsAndThreadsHaveHAProxysLines() throws {
        try withRuntimePair { ours, theirs in
            let pools = try [ours, theirs].map { try $0.client.send("show pools").split(separator: "\n") }
            #expect(pools[0].first == pools[1].first)
            for lines in pools {
                let isPool =
                    #/  - Pool \S+ \(\d+ bytes\) : \d+ allocated \(\d+ bytes\), \d+ used \(~\d+ by thread caches\), needed_avg \d+, \d+ failures, \d+ users.*/#
                for line in lines.dropFirst().dropLast() {
                    let matches = try isPool.wholeMatch(in: line) != nil
                    #expect(matches, "\(line)")
                }
                let total = #/Total: \d+ pools, \d+ bytes allocated, \d+ used \(~\d+ by thread caches\)\./#
                let isTotal = try lines.last.map { try total.wholeMatch(in: $0) != nil } ?? false
                #expect(isTotal, "\(lines)")
            }
            let threads = try [ours, theirs].map { side in
                try side.client.send("show threads").split(separator: "\n").prefix(2).map { Self.shape($0) }
            }
            #expect(threads[0][0] == threads[1][0])
            #expect(threads[0][1].split(separator: " ").dropFirst() == threads[1][1].split(separator: " ").dropFirst())
        }
    }

    /// What a ring keeps, and only what is new, of which there is nothing yet.
    @Test func eventsAreShownAsTheyAreAskedFor() throws {
        let ring = """
            ring kept
              format raw
              size 32768
            listen l
              bind abns@l-RUNTIME
              log ring@kept format raw local0
              option tcplog
              server s1 127.0.0.1:9
            """
        let lines = ring.replacing("bind abns@l-RUNTIME", with: "disabled")
        try withRuntimePair(backend: lines) { ours, theirs in
            for flags in ["", "-n", "-x", "-n -x", "-nx"] {
                let line = "show events kept \(flags)"
                let (mine, their) = (try ours.client.send(line), try theirs.client.send(line))
                #expect(mine == their, "\(line)")
            }
            let names = try [ours, theirs].map { side in
                try side.client.send("show events").split(separator: "\n").map { $0.split(separator: " ").prefix(2) }
            }
            #expect(names[0] == names[1])
        }
    }
}
