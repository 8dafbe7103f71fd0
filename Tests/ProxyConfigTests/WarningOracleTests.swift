import Diagnostics
import TestSupport
import Testing

@testable import ProxyConfig

/// What HAProxy warns of in rules that it accepts: line by line, word by word.
@Suite struct WarningOracleTests {
    private static let text = """
        defaults d
          mode tcp
          timeout connect 5s
          timeout client 5s
          timeout server 5s
        frontend f
          bind 127.0.0.1:8101
          acl known req.len gt 0
          acl known src 127.0.0.1
          acl name req.ssl_sni -i a
          acl answer res.len gt 1
          acl either res.len gt 1
          acl either src 127.0.0.1
          tcp-request content accept if answer
          tcp-request session accept if !name
          tcp-request session accept if HTTP
          tcp-request connection accept if known
          tcp-request connection accept if name
          tcp-request connection accept if { req.ssl_sni,lower a } or { src 127.0.0.1 }
          tcp-request content accept if { res.len gt 1 } { srv_name a }
          tcp-request content accept if either
          tcp-request content accept if { src 127.0.0.1 } or WAIT_END
          use_backend b if answer
          use_backend b if either
          use_backend b unless { res.len gt 1 }
          use_backend b if { src 127.0.0.1 } either or !answer
          use_backend b if either or known
          use_backend %[src] if answer
          tcp-request content track-sc0 req.ssl_sni table b
          tcp-request content track-sc1 src table t
          monitor fail if answer
          default_backend b
        backend b
          acl name req.ssl_sni -i a
          acl answer res.len gt 1
          use-server s1 if answer
          force-persist if { res.len 1 }
          ignore-persist if { res.len 1 }
          tcp-request content accept if answer
          tcp-response content accept if name
          tcp-response content accept if answer
          tcp-response content accept if { hdr(a) a }
          tcp-response content accept if { hdr_beg(a) a }
          stick store-response src table t if { hdr(a) a }
          stick match src table t if answer
          stick store-response src table t if name
          stick store-request src table t if { res.len 1 }
          stick on src table t if { res.len 1 }
          stick-table type string size 10
          server s1 127.0.0.1:9
        backend t
          stick-table type ip size 10
        listen l
          bind 127.0.0.1:8105
          acl name req.ssl_sni -i a
          acl answer res.len gt 1
          tcp-request inspect-delay 5s
          tcp-request content track-sc0 req.ssl_sni table b
          tcp-request content accept if answer
          tcp-response content accept if name
          use_backend b if answer
          use-server s1 if answer
          server s1 127.0.0.1:9
        listen h
          mode http
          bind 127.0.0.1:8102
          acl answer res.hdr(a) a
          acl question req.hdr(a) a
          http-request deny if answer
          http-request deny if !answer question
          http-request deny if { res.hdr(x) a }
          http-response deny if { req.hdr(host) a }
          http-after-response set-header a b if question
          redirect prefix / if answer
          http-request deny
          stats enable
          stats admin if answer
          stats http-request deny if answer
          monitor fail if answer
          use_backend h2 if answer
          http-response redirect location / if question
          tcp-request content accept
          server s1 127.0.0.1:9
        backend h2
          mode http
          acl answer res.hdr(a) a
          http-request deny if answer
          http-response deny if { req.hdr(host) a }
          redirect prefix / if answer
          use-server s1 if answer
          stats enable
          stats admin if { res.hdr(x) a }
          server s1 127.0.0.1:9

        """

    @Test func warnsAsHAProxyDoes() throws {
        try withTemporaryDirectory { directory in
            let verdict = try Oracle.check(Self.text, in: directory, name: "h.cfg")
            try #require(verdict.isAccepted, "\(verdict.text)")
            let theirs = verdict.text.split(separator: "\n").compactMap { line -> String? in
                guard line.hasPrefix("[WARNING]"), let start = line.firstRange(of: " : config : ") else { return nil }
                let rest = line[start.upperBound...]
                guard rest.hasPrefix("parsing ["), let end = rest.firstIndex(of: "]") else { return String(rest) }
                let number = rest[..<end].split(separator: ":").last ?? ""
                return "\(number)\(rest[rest.index(after: end)...].dropFirst(2))"
            }
            let result = ConfigurationFile(Self.text, file: "h.cfg").checked(surroundings: Oracle.surroundings)
            #expect(result.diagnostics.allSatisfy { $0.severity == .warning })
            let ours = result.diagnostics.map { warning in
                warning.message.contains("randomly")
                    ? warning.message : "\(warning.position?.line ?? 0) \(warning.message)"
            }
            #expect(theirs.count > 35)
            // Those about a whole proxy come at the end there, and with their lines here.
            #expect(ours.sorted() == theirs.sorted())
        }
    }

    /// Which converters can stand behind which: HAProxy has a cast from one type to the other, or refuses.
    @Test func convertersFitAsHAProxysDo() throws {
        let fetches = [
            "src", "int(1)", "bool(true)", "str(a)", "bin(61)", "var(txn.a)", "ipv6(::1)", "req.payload(0,1)",
            "src,set-var(txn.q)", "src,map_str_ip(/dev/null)", "str(a),hex", "str(a),length",
        ]
        let converters = [
            "add(1)", "add_item(x,,y)", "b64dec", "base64", "bool", "bytes(1)", "crc32", "digest(md5)", "even",
            "field(1,x)", "hex", "hmac(md5,a2V5)", "htonl", "http_date", "iif(a,b)", "ipmask(24)", "json(ascii)",
            "length", "ltime(x)", "map_ip(/dev/null)", "map_int(/dev/null)", "map_str(/dev/null)", "not",
            "secure_memcmp(txn.a)", "sha2", "strcmp(txn.a)", "table_conn_cnt(l)", "ub64enc", "unset-var(txn.a)",
            "url_enc(query)",
        ]
        try withTemporaryDirectory { directory in
            // HAProxy stops at the fiftieth mistake.
            for (number, fetch) in fetches.enumerated() {
                let lines = converters.map { "  tcp-request content set-var(txn.x) \(fetch),\($0)" }
                let text =
                    "listen l\n  bind 127.0.0.1:81\n  mode tcp\n  stick-table type string size 9 store conn_cnt\n"
                    + "  timeout client 5s\n  timeout server 5s\n  timeout connect 5s\n"
                    + lines.joined(separator: "\n") + "\n"
                let verdict = try Oracle.check(text, in: directory, name: "\(number).cfg")
                let theirs = verdict.alerts.filter { $0.line != nil }.map { "\($0.line ?? 0) \($0.message)" }
                let result = ConfigurationFile(text, file: "\(number).cfg").checked(surroundings: Oracle.surroundings)
                let ours = result.diagnostics.filter { $0.severity == .error }.map {
                    "\($0.position?.line ?? 0) \(Oracle.trimmed($0.message))"
                }
                #expect(ours == theirs, "\(fetch)")
            }
        }
    }
}
