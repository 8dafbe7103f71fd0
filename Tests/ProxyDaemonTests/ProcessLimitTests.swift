import RuntimeAPI
import TestSupport
import Testing

/// Limits of the whole process, in the file and by command, as `show info` of either tells of them.
@Suite(.blocking) struct ProcessLimitTests {
    private static let limits: Set<Substring> = [
        "Maxconn", "Hard_maxconn", "ConnRateLimit", "SessRateLimit", "SslRateLimit", "CompressBpsRateLim",
    ]

    private static func limits(_ side: RuntimeSide) throws -> [Substring] {
        try side.client.send("show info").split(separator: "\n").filter { limits.contains($0.prefix { $0 != ":" }) }
    }

    @Test func limitsAreToldAsByHAProxy() throws {
        let rates = "maxconnrate 900\n  maxsessrate 800\n  maxsslrate 7\n  maxcomprate 6"
        try withRuntimePair(global: rates) { ours, theirs in
            for line in [
                "", "set rate-limit connections global 700", "set rate-limit sessions global 600",
                "set rate-limit ssl-sessions global 50", "set rate-limit http-compression global 13",
                "set rate-limit connections global -1", "set maxconn global 70", "set maxconn global 100000",
                "set maxconn global 0", "set rate-limit connections global 0",
            ] {
                if !line.isEmpty {
                    let answers = (try ours.client.send(line), try theirs.client.send(line))
                    #expect(answers.0 == answers.1, "\(line)")
                }
                let told = (try Self.limits(ours), try Self.limits(theirs))
                #expect(told.0 == told.1, "\(line)")
                #expect(told.1.count == Self.limits.count)
            }
        }
    }

    /// More than there is a number for.
    @Test func theLargestLimitIsALimit() throws {
        try withRuntimePair(global: "maxcomprate 9223372036854775807") { ours, theirs in
            for number in ["9223372036854775807", "2147483648", "2147483647"] {
                let line = "set rate-limit http-compression global \(number)"
                let answers = (try ours.client.send(line), try theirs.client.send(line))
                #expect(answers.0 == answers.1, "\(number)")
            }
            let limits = try Self.limits(ours)
            #expect(limits.contains("CompressBpsRateLim: \(UInt32.max)"))
        }
    }

    /// Of three connections that come at once one a second is let in.
    @Test func connectionsWaitForTheirSecond() throws {
        try withRuntimePair(global: "maxconnrate 1") { ours, theirs in
            for side in [ours, theirs] {
                let sockets = try (0..<3).map { _ in try TestSocket.connect(port: 1000, host: side.host) }
                for socket in sockets { try socket.send("x") }
                for socket in sockets { #expect(try socket.receiveAll() == "1") }
                let info = try side.client.send("show info").split(separator: "\n")
                #expect(info.contains("ConnRateLimit: 1"), "\(side.host)")
                // A second of the limit need not be one of the rate that is told.
                #expect(info.contains("MaxConnRate: 1") || info.contains("MaxConnRate: 2"), "\(side.host)")
            }
        }
    }
}
