import Glibc
import Syscalls
import TestSupport
import Testing

/// Fetch methods and converters, against the real HAProxy: each is kept in a variable, which the log tells.
@Suite(.blocking) struct SampleOracleTests {
    /// What both answer alike, of clients that say something and end.
    private static let expressions = """
        str(a),upper str(AbC),lower str(abc),length int(5),add(3) int(5),sub(8) int(5),mul(-3) int(7),div(2) int(7),div(0)
        int(-7),mod(3) int(7),mod(0) int(12),and(10) int(12),or(3) int(12),xor(5) int(12),cpl int(12),neg int(0),bool int(3),not
        int(3),odd int(3),even int(9223372036854775807),add(1) int(-9223372036854775807),sub(9) int(9223372036854775807),mul(2)
        str(abcdef),bytes(2) str(abcdef),bytes(2,2) str(abcdef),bytes(9) str(abc),hex bin(68656C6c6f) bin(6869),hex
        str(2a),hex2i str(ff00ff),hex2i str(xyz),hex2i str(a.b.c),field(2,.) str(a.b.c),field(-1,.) str(a.b.c),field(5,.)
        str(a.b.c.d),field(2,.,2) str(a.b.c.d),field(-2,.,2) str(a.b.c.d),field(2,.,0) str(a..b..c),word(2,.)
        str(a..b..c),word(-1,.) str(a..b..c),word(9,.) str(a..b..c..d),word(2,.,2) str(a..b..c..d),word(2,.,0)
        str(a..b..c..d),word(-2,.,2) str(xxabc),ltrim(x) str(abcxx),rtrim(x) ipv4(192.168.3.77),ipmask(24) src,ipmask(8)
        ipv6(2001:db8:1:2::3),ipmask(24,32) str(hello),crc32 str(hello),crc32(1) str(hello),crc32c str(hello),djb2
        str(hello),djb2(1) str(hello),sdbm str(hello),wt6 str(hello),wt6(1) str(hello),xxh32 str(hello),xxh32(7) str(hello),xxh64
        str(a\\ long\\ text\\ of\\ more\\ than\\ thirty-two\\ bytes\\ here),xxh32
        str(a\\ long\\ text\\ of\\ more\\ than\\ thirty-two\\ bytes\\ here),xxh64 str(hello),base64 str(hell),base64
        str(aGVsbG8=),b64dec str(a%41+b%2f),url_dec str(a%41+b),url_dec(1) int(86400),utime(%Y-%m-%dT%H:%M:%S)
        int(86400),utime(%d,3600) int(1234567),htonl,hex bin(01020304050607),be2dec(:,2) bin(01020304050607),be2dec(-,2,1) bin(7f000001),be2dec(.,1)
        bin(01020304050607),be2hex(,1) bin(01020304050607),be2hex(:,2) bin(01020304050607),be2hex(--,2,1) str(abc),concat(-,txn.missing,+) bool(true),iif(yes,no)
        bool(false),iif(yes,no) int(3),iif(a,b) str(12),add(1) str(12x),add(1) str(x),add(1) src,add(1) always_true
        always_false bool(true) bool(false) str(1.2.3.4),ipmask(16) int(16909060),ipmask(32)
        src dst src_port,bool dst_port fc_src fc_dst fc_src_port,bool fc_dst_port src_is_local dst_is_local fc_rcvd_proxy
        fe_name fe_conn fe_conn(other) be_conn(shop) be_conn_free(shop) be_conn_free(limited) nbsrv(shop) nbsrv(spare)
        nbsrv(none) queue(shop) avg_queue(shop) connslots(shop) connslots(limited) srv_conn(shop/s1) srv_conn_free(shop/s1)
        srv_conn_free(limited/s1) srv_is_up(shop/s1) srv_is_up(shop/off) srv_queue(shop/s1) srv_weight(shop/s1)
        srv_iweight(shop/heavy) srv_uweight(shop/heavy) so_name so_id fe_defbe fe_client_timeout nbproc proc hostname
        fc_unacked fc_lost fc_retrans uuid,length rand(1) date,bool var(txn.missing) var(txn.missing,none) wait_end prio_class
        req.len req.payload(0,0) req.payload(0,4) req.payload(2,3) req.payload(9,900000) req.payload(60000,2)
        req.payload_lv(0,1) req.payload_lv(3,2) req.payload_lv(0,2,+1) req.payload_lv(0,1,2) req.ssl_hello_type req.ssl_sni
        req.ssl_ver req.ssl_alpn req.ssl_ec_ext req.ssl_st_ext req_ssl_sni req_len req_ssl_ver req_ssl_hello_type
        req.proto_http req_proto_http req.rdp_cookie req.rdp_cookie(mstshash) req.rdp_cookie(other) req.rdp_cookie_cnt
        req.rdp_cookie_cnt(mstshash) rdp_cookie rdp_cookie_cnt req.payload(0,4),hex req.payload(0,4),lower req.len,add(1)
        req.ssl_sni,lower req.ssl_sni,field(1,.) req.ssl_sni,length
        bin(61006263),length bin(61006263),lower,hex bin(61006263),field(1,c),hex bin(61006263),hex bin(61006263),url_dec,hex
        bin(61006263),concat(x),hex bin(61006263),bytes(1),hex
        int(100),http_date int(100),http_date(5) int(100500),http_date(5,ms) int(100500000),http_date(5,us)
        int(100500),http_date(500,ms) str(a\\ b/c?d=e&f),url_enc(query) str(hello),ub64enc str(hell),ub64enc
        str(aGVsbG8),ub64dec str(aGVsb),ub64dec str(a-_b),ub64dec,hex str(a+/b),ub64dec,hex
        str(www.x:80),host_only str(www.x),host_only str([::1]),host_only str([::1]:80),host_only
        str(a:),host_only str(:),host_only str(80),host_only str(a:80),port_only str(a),port_only
        str(a:),port_only str(x80),port_only str(a:99999),port_only str([::1]),port_only str(a),add_item(-,,x)
        str(),add_item(-,,x) str(a),add_item(-,txn.nope) str(a),add_item(-,txn.nope,s)
        str(k),hmac(sha256,a2V5),hex str(b),secure_memcmp(txn.no) str(k),hmac(sha1,txn.no),hex
        str(a),digest(SHA256),hex,length bin(00ff41),json(ascii) bin(c3a941),json(utf8)
        bin(c3a941),json(ascii) bin(ff41),json(utf8) bin(ff41),json(utf8s) bin(ff41),json(utf8p)
        bin(ff41),json(utf8ps) bin(c080),json(utf8) bin(c1c141),json(utf8ps) bin(c18141),json(utf8ps)
        bin(c18141),json(utf8s) bin(eda08041),json(utf8s) bin(eda08041),json(utf8ps)
        bin(f09f988041),json(utf8s) bin(e282ac41),json(utf8) bin(e28241),json(utf8s) bin(e28241),json(utf8ps)
        bin(efbfbf41),json(utf8s) bin(f888808080),json(utf8s) bin(41c3),json(utf8s)
        bin(0a0d090c081f7f),json(ascii) fe_id dst_conn fc_err fc_err_str bin(6122625c632f64),json(utf8)
        env(HOME) env(NO_SUCH_VARIABLE) int(100005),http_date(0,ms) int(-100),http_date bool(true),hex always_false,sha1,hex
        str(abc),sha1,hex str(abc),sha2,hex str(abc),sha2(224),hex str(abc),sha2(384),hex
        str(abc),sha2(512),hex str(),sha1,hex str(abc),digest(md5),hex str(abc),digest(SHA1),hex
        str(abc),digest(sha512),hex str(abc),hmac(md5,a2V5),hex str(abc),hmac(sha384,a2V5),hex
        str(abc),hmac(sha512,a2V5),hex str(a+b/),ub64dec req.payload(0,20),sha1,hex req.payload(0,60),sha2,hex
        req.payload(0,200),sha2(512),hex req.payload(0,200),digest(md5),hex req.payload(0,112),sha2(384),hex
        req.payload(0,56),sha1,hex req.payload(0,64),ub64enc req.payload(0,40),json(utf8s)
        req.payload(0,40),url_enc(query) req.payload(0,60),json(ascii) fe_id,add(0)
        """.split { $0 == " " || $0 == "\n" }.joined(separator: " ").replacing("\\ ", with: "\u{1}").split(
            separator: " "
        )
        .map { $0.replacing("\u{1}", with: "\\ ") }

    /// A ClientHello as OpenSSL makes it.
    static func hello(_ arguments: [String]) throws -> [UInt8] {
        let (listener, port) = try TestSocket.bound()
        let client = try Background(
            ["openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-no_ign_eof"] + arguments,
            in: "/tmp"
        )
        let socket = TestSocket(owning: accept(listener.raw, nil, nil))
        var bytes: [UInt8] = []
        while bytes.count < 5 || bytes.count < 5 + Int(bytes[3]) << 8 + Int(bytes[4]) { bytes += try socket.receive() }
        client.signal(SIGKILL)
        return bytes
    }

    @Test func everySampleIsHAProxys() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("hello")
            let clients: [[UInt8]] = [
                try Self.hello(["-servername", "Shop.Example.com", "-alpn", "h2,http/1.1"]),
                try Self.hello(["-noservername", "-tls1_2"]),
                try Self.hello(["-servername", "a", "-tls1_3", "-no_ticket"]),
                Array("GET /index HTTP/1.1\r\nhost: a\r\nx: y\r\n\r\n".utf8),
                Array("GET /index\r\n\r\n".utf8),
                Array("\u{3}\u{0}\u{0}\u{2a}aaaaaaaCookie: mstshash=admin\r\nrest".utf8),
                Array("SSH-2.0-x\r\n".utf8), [4, 5, 6, 7, 8, 9, 10], [0x16], [0x16, 3, 1, 2, 0, 1], [],
            ]
            let size = 20
            let chunks = stride(from: 0, to: Self.expressions.count, by: size).map {
                Self.expressions[$0..<min($0 + size, Self.expressions.count)]
            }
            let frontends = chunks.enumerated().map { index, chunk in
                let rules = chunk.enumerated().map {
                    "  tcp-request content set-var(txn.v\($0)) \($1) if WAIT_END"
                }.joined(separator: "\n")
                let format = (0..<chunk.count).map { "%[var(txn.v\($0))]" }.joined(separator: "~|~")
                return """
                    frontend f\(index)
                      bind 127.0.0.1:\(100 + index) name first
                      tcp-request inspect-delay 60s
                    \(rules)
                      log-format "\(index)~|~\(format)"
                      default_backend shop
                    """
            }.joined(separator: "\n")
            let results = try Background.ofBoth(in: directory) { start in
                let receiver = try LogReceiver()
                let program = try start(
                    """
                    global
                      stats socket \(directory)/samples.sock
                      \(receiver.head(length: 8192))
                    \(frontends)
                    frontend other
                      bind 127.0.0.1:99
                      default_backend shop
                    backend shop
                      server s1 127.0.0.1:\(server.port)
                      server off 127.0.0.1:9 disabled
                      server heavy 127.0.0.1:9 weight 7 backup
                    backend limited
                      server s1 127.0.0.1:9 maxconn 10 maxqueue 5
                    backend spare
                      server s1 127.0.0.1:9 disabled
                      server s2 127.0.0.1:9 backup
                      server s3 127.0.0.1:9 backup
                    backend none

                    """
                )
                try #require(
                    try eventually {
                        try run("ss", "-Hltn", "sport >= 99 and sport <= 199").split(separator: "\n").count == chunks
                            .count + 1
                    },
                    "\(program.errors)"
                )
                var count = 0
                for bytes in clients {
                    for index in chunks.indices {
                        do {
                            let socket = try TestSocket.connect(port: UInt16(100 + index))
                            if !bytes.isEmpty { try? socket.send(bytes) }
                            socket.shutdownWrite()
                            _ = try? socket.receiveAll()
                        }
                        count += 1
                        try #require(eventually { receiver.received().count == count }, "\(receiver.received())")
                    }
                }
                return receiver.received()
            }
            #expect(results.ours.count == results.theirs.count)
            for (index, (ours, theirs)) in zip(results.ours, results.theirs).enumerated() {
                let own = ours.split(separator: "~|~", omittingEmptySubsequences: false).dropFirst()
                let other = theirs.split(separator: "~|~", omittingEmptySubsequences: false).dropFirst()
                #expect(own.count == other.count)
                for (expression, (a, b)) in zip(chunks[index % chunks.count], zip(own, other)) {
                    #expect(a == b, "\(expression) of client \(index / chunks.count)")
                }
            }
        }
    }
}
