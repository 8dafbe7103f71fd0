import Glibc
import Syscalls
import TestSupport
import Testing

/// Samples of the connection to the server, of what it says and of the time, against the real HAProxy.
@Suite(.blocking) struct SampleServerOracleTests {
    private static let requests = """
        fc_src_is_local fc_dst_is_local fc_rtt fc_rttvar fc_rtt(us),bool fc_rttvar(us),bool fc_sacked fc_fackets fc_reordering
        req.payload(0,0),cut_crlf,hex req.payload(0,4),cut_crlf,hex str(a),strcmp(txn.b) str(b),strcmp(txn.b)
        str(c),strcmp(txn.b) str(bb),strcmp(txn.b) str(b),strcmp(txn.none) sc_tracked(0) sc_tracked(1) sc0_tracked
        sc0_get_gpc1 sc_get_gpc1(0) src_get_gpc1(T) src src_port fc_src fc_src_port,bool
        """.split { $0 == " " || $0 == "\n" }

    private static let responses = """
        bc_src bc_src_port,bool bc_dst bc_dst_port be_name be_id be_server_timeout be_tunnel_timeout srv_id srv_name
        res.payload_lv(0,1),hex res.payload_lv(0,2),hex res.payload_lv(1,2,1),hex res.payload_lv(0,1,2),hex
        res.ssl_hello_type res.len res.payload(0,0),hex res.payload(1,2),hex res.payload(0,0),cut_crlf,hex fe_name
        """.split { $0 == " " || $0 == "\n" }

    /// When the line is written: nothing is looked at any more.
    private static let ends = """
        bc_dst bc_dst_port be_name be_id be_server_timeout be_tunnel_timeout srv_id srv_name fe_client_timeout src src_port
        """.split { $0 == " " || $0 == "\n" }

    private static let clients: [[UInt8]] = [
        Array("ab\r\ncd\r\n".utf8), [0x16, 3, 3, 0, 4, 2, 0, 0, 0], [0x16, 3, 3, 0, 4, 1, 0, 0, 0], [3, 97, 98, 99, 0],
        [0, 3, 97, 98, 99], [2, 0, 1, 97], [250, 1], Array("\r\n".utf8), Array("a\rb\n".utf8), [0x16, 3],
    ]

    private static func body(_ receiver: LogReceiver, _ directory: String, _ port: UInt16) -> String {
        func rules(_ kind: String, _ letter: String, _ expressions: [Substring]) -> String {
            expressions.enumerated().map {
                "  tcp-\(kind) content set-var(txn.\(letter)\($0)) \($1) if WAIT_END"
            }.joined(separator: "\n")
        }
        let format =
            requests.indices.map { "%[var(txn.q\($0))]" } + responses.indices.map { "%[var(txn.r\($0))]" }
            + ends.map { "%[\($0)]" }
        return """
            global
              stats socket \(directory)/samples.sock
              \(receiver.head(length: 8192))
            backend T
              stick-table type ip size 100 expire 1h store gpc1
            frontend f
              bind 127.0.0.1:80
              timeout client 41s
              tcp-request inspect-delay 60s
              tcp-request content set-nice 5
              tcp-request content set-src-port int(4711)
              tcp-request content track-sc0 src table T if WAIT_END
              tcp-request content sc-inc-gpc1(0) if WAIT_END
              tcp-request content sc-inc-gpc1(1) if WAIT_END
              tcp-request content set-var(txn.b) str(b)
            \(rules("request", "q", requests))
              log-format "\(format.joined(separator: "~|~"))"
              default_backend b
            frontend rates
              bind 127.0.0.1:81
              log-format "rates %[fe_sess_rate] %[fe_req_rate] %[be_sess_rate(r)] %[srv_sess_rate(r/s1)] %[fe_sess_rate(f)]"
              default_backend r
            backend r
              server s1 127.0.0.1:\(port)
            backend b
              timeout server 43s
              timeout tunnel 47s
              tcp-response inspect-delay 60s
            \(rules("response", "r", responses))
              server s1 127.0.0.1:\(port) source 127.0.0.9 id 77

            """
    }

    /// Says something and ends; the log has a line more when this returns, which it gives.
    private static func say(_ bytes: [UInt8], _ port: UInt16, _ receiver: LogReceiver) throws -> String {
        let count = receiver.received().count
        let socket = try TestSocket.connect(port: port)
        try socket.send(bytes)
        socket.shutdownWrite()
        _ = try? socket.receiveAll()
        let isTold = eventually { receiver.received().count == count + 1 }
        #expect(isTold, "\(receiver.received())")
        return receiver.received().last ?? ""
    }

    private static func lines(_ port: UInt16, _ directory: String, _ start: (String) throws -> Background) throws
        -> [String]
    {
        let receiver = try LogReceiver()
        let program = try start(body(receiver, directory, port))
        let listens = try eventually {
            try run("ss", "-Hltn", "sport >= 80 and sport <= 81").split(separator: "\n").count == 2
        }
        #expect(listens, "\(program.errors)")
        let lines = try clients.map { try say($0, 80, receiver) }
        // Of a second in which some came each rate is at least one; that of the other frontend is none once its second is over.
        let isCounted = try eventually {
            let words = try say([97], 81, receiver).split { " \n".contains($0) }.dropFirst()
            let rates = words.compactMap { Int($0) }
            // There are no requests without HTTP.
            return rates.count == 5 && rates.map { $0 > 0 } == [true, false, true, true, false]
        }
        #expect(isCounted, "\(receiver.received().suffix(3))")
        return lines
    }

    @Test func whatServersSayAndAreIsHAProxys() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.echo()
            let results = try Background.ofBoth(in: directory) { try Self.lines(server.port, directory, $0) }
            let names = Self.requests + Self.responses + Self.ends
            #expect(results.ours.count == Self.clients.count && results.theirs.count == Self.clients.count)
            for (client, (ours, theirs)) in zip(results.ours, results.theirs).enumerated() {
                let own = ours.split(separator: "~|~", omittingEmptySubsequences: false)
                let other = theirs.split(separator: "~|~", omittingEmptySubsequences: false)
                #expect(own.count == names.count && other.count == names.count)
                for (name, (a, b)) in zip(names, zip(own, other)) where a != b {
                    Issue.record("\(name) of client \(client): '\(a)', HAProxy '\(b)'")
                }
            }
        }
    }
}
