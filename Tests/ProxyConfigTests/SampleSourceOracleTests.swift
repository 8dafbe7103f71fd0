import Diagnostics
import TestSupport
import Testing

@testable import ProxyConfig

/// What HAProxy says of samples that are asked for where nothing answers them.
@Suite struct SampleSourceOracleTests {
    private static let head = """
        userlist u
          user a password b
        listen l
          bind 127.0.0.1:81
          mode tcp
          timeout client 5s
          timeout server 5s
          timeout connect 5s
          stick-table type string len 12 size 1k store gpc0
          server s1 127.0.0.1:1

        """

    /// HAProxy's alerts and ours about lines, each with its number.
    private func alerts(_ text: String, _ directory: String, _ name: String) throws -> (
        ours: [String], theirs: [String]
    ) {
        let verdict = try Oracle.check(text, in: directory, name: name)
        let theirs = verdict.alerts.filter { $0.line != nil }.map { "\($0.line ?? 0) \($0.message)" }
        let result = ConfigurationFile(text, file: name).checked(surroundings: Oracle.surroundings)
        let ours = result.diagnostics.filter { $0.severity == .error }.map {
            "\($0.position?.line ?? 0) \(Oracle.trimmed($0.message))"
        }
        return (ours, theirs)
    }

    private static func argument(_ type: String, of method: String) -> String {
        switch type {
        case "backend", "frontend", "table": "l"
        case "server": "l/s1"
        case "user list": "u"
        case "string" where method == "date": "s"
        case "string" where method.hasPrefix("fc_rtt"): "us"
        case "string" where method.hasPrefix("distcc"): "ARGC"
        case "string" where method == "bin": "61"
        case "string" where method == "bool": "true"
        case "string" where method.hasPrefix("internal.htx_blk"): "first"
        case "string": "txn.x"
        case "IPv4 address": "1.2.3.4"
        case "IPv6 address": "::1"
        default: "1"
        }
    }

    /// Every method that HAProxy knows, as the key of a request, of a response, and of a connection.
    @Test func methodsNameTheirSources() throws {
        let calls = SampleFetches.names.sorted().compactMap { name -> String? in
            guard let list = SampleFetches.method(name)?.arguments else { return nil }
            let arguments = list.types.prefix(list.required).map { Self.argument($0, of: name) }
            return arguments.isEmpty ? name : "\(name)(\(arguments.joined(separator: ",")))"
        }
        var count = 0
        try withTemporaryDirectory { directory in
            // HAProxy stops at the fiftieth mistake.
            for start in stride(from: 0, to: calls.count, by: 12) {
                let lines = calls[start..<min(start + 12, calls.count)].map {
                    "  stick on \($0)\n  stick store-response \($0)\n  tcp-request connection track-sc0 \($0)\n"
                }
                let found = try alerts(Self.head + lines.joined(), directory, "\(start).cfg")
                let (ours, theirs) = (found.ours.filter(Self.isOfSource), found.theirs.filter(Self.isOfSource))
                #expect(ours == theirs)
                count += theirs.count
            }
        }
        #expect(count > 300)
    }

    private static func isOfSource(_ alert: String) -> Bool { alert.contains("extracts information") }

    @Test func rulesNameWhatIsMissing() throws {
        let lines = """
              tcp-request connection track-sc0 req.payload(0,4)
              tcp-request session track-sc1 req.hdr(x)
              tcp-request content track-sc1 res.len
              tcp-request connection set-var(sess.x) req.len
              tcp-request session set-var(sess.x) res.len,add(1)
              tcp-request content set-var(sess.x) res.len
              tcp-request connection set-src req.payload(0,4)
              tcp-request connection set-src-port res.payload(0,4)
              tcp-request session set-dst req.payload(0,4)
              tcp-request content capture res.len len 10
              tcp-request content capture srv_name len 10
              tcp-request content capture hdr(x) len 10
              tcp-request content set-var-fmt(txn.a) %[res.len]
              tcp-request connection set-var-fmt(sess.a) a%[req.len]b
              tcp-request connection sc-inc-gpc0(0) if { req.len 3 }
              tcp-request connection reject if { req.payload(0,1) -m str a } or { res.len 3 }
              tcp-request content set-priority-class res.len
              tcp-request content set-priority-offset srv_id
              tcp-response content set-var(txn.x) req.len
              tcp-response content set-var(txn.x) req.payload(0,4),lower
              tcp-response content accept if { req.len 2 }
              tcp-request content track-sc1 hdr(x)
              tcp-request content track-sc2 hdr_beg(x)
              tcp-request content set-var(txn.x) path_beg
              stick on res.payload(0,4)
              stick match srv_id
              stick store-request bc_src
              stick store-response req.ssl_sni
              stick store-response hdr(x)

            """
        try withTemporaryDirectory { directory in
            let found = try alerts(Self.head + lines, directory, "rules.cfg")
            #expect(found.ours == found.theirs)
            #expect(found.theirs.count > 20)
        }
    }
}
