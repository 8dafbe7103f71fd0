import Diagnostics
import TestSupport
import Testing

@testable import ProxyConfig

/// What HAProxy says of arguments: of converters without any, and of those that it does not take.
@Suite struct SampleArgumentOracleTests {
    private static let converters = """
        add add_item aes_gcm_dec and b64dec base64 be2dec be2hex bool bytes capture-req capture-res
        concat cpl crc32 crc32c cut_crlf debug digest div djb2 even field fix_is_valid
        fix_tag_value hex hex2i hmac host_only htonl http_date iif ipmask json json_query jwt_header_query
        jwt_payload_query jwt_verify language length lower ltime ltrim mod mqtt_field_value mqtt_is_valid mul nbsrv
        neg not odd or port_only protobuf regsub rtrim sdbm secure_memcmp set-var sha1
        sha2 srv_queue strcmp sub ub64dec ub64enc ungrpc unset-var upper url_dec url_enc utime
        word wt6 xor xxh3 xxh32 xxh64
        """.split { $0 == " " || $0 == "\n" }.map { String($0) }

    private static let expressions = """
        str(a),field(0,a)
        str(a),word(0,a)
        str(a),field(1,)
        str(a),word(1,)
        str(a),field(1)
        str(a),field(0,)
        str(a),word(1,a,0)
        str(a),be2dec(:,0)
        str(a),be2dec(:,9)
        str(a),be2dec(:,-1)
        str(a),be2dec(:)
        str(a),be2dec(:,2,2)
        str(a),be2dec(:,2,0)
        str(a),be2dec(:,2,-1)
        str(a),be2hex(:,0)
        str(a),be2hex(:,-1)
        str(a),be2hex(:,2,2)
        str(a),be2hex(,0,0)
        str(a),be2hex(:)
        str(a),be2hex(:,9223372036854775807)
        str(a),be2hex()
        int(1),http_date(1,b)
        int(1),http_date(1,s)
        int(1),http_date(1,ms)
        int(1),http_date(1,us)
        int(1),http_date(1,)
        date(1,b)
        date(1,s)
        date(1,)
        str(a),url_enc(x)
        str(a),url_enc(query)
        str(a),url_enc(QUERY)
        str(a),add_item(;,b)
        str(a),add_item(;,)
        str(a),add_item(;,,)
        str(a),add_item(;,,x)
        str(a),add_item(;)
        str(a),add_item(;,txn.b,)
        str(a),add_item(,txn.b,)
        str(a),add_item(;,b,x)
        str(a),json_query()
        str(a),json_query(a)
        str(a),json_query(a,int)
        str(a),json_query(a,str)
        str(a),json_query(a,)
        str(a),json_query(a,b)
        str(a),jwt_header_query(a)
        str(a),jwt_header_query(a,b)
        str(a),jwt_header_query(a,int)
        str(a),jwt_header_query(,int)
        str(a),jwt_header_query(,)
        str(a),jwt_payload_query(a,b)
        str(a),jwt_payload_query(a,int)
        str(a),jwt_payload_query(,int)
        str(a),jwt_verify(a,b)
        str(a),jwt_verify(RS256,b)
        str(a),jwt_verify(RS256,txn.x)
        str(a),jwt_verify(HS256,b)
        str(a),jwt_verify(txn.x,b)
        str(a),jwt_verify(,b)
        str(a),mqtt_field_value(a,b)
        str(a),mqtt_field_value(connect,b)
        str(a),mqtt_field_value(connect,username)
        str(a),mqtt_field_value(connect,17)
        str(a),mqtt_field_value(connect,0)
        str(a),mqtt_field_value(publish,topic)
        str(a),mqtt_field_value(9,1)
        str(a),mqtt_field_value(1,1)
        str(a),mqtt_field_value(16,1)
        str(a),mqtt_field_value(,1)
        str(a),mqtt_field_value(connect,)
        str(a),sha2(0)
        str(a),sha2(1)
        str(a),set-var(txn.a,x)
        str(a),set-var(txn.a,)
        str(a),strcmp()
        str(a),strcmp(b)
        str(a),secure_memcmp()
        str(a),secure_memcmp(b)
        str(a),unset-var()
        str(a),unset-var(b)
        str(a),concat(a,b)
        str(a),concat(a,b,c)
        str(a),concat(a,txn.b,c)
        str(a),iif(a,)
        str(a),ipmask(33)
        str(a),bytes(-1)
        str(a),bytes(1,-1)
        str(a),xxh3(1)
        str(a),digest()
        str(a),hmac(sha1,)
        str
        str()
        env
        env()
        bin
        bin()
        var
        var()
        bool
        bool()
        int
        int()
        ipv4()
        rand()
        uuid()
        uuid(4)
        uuid(3)
        uuid(5)
        rand(a)
        req.payload
        req.payload(0)
        str(a),jwt_verify(none,b)
        str(a),jwt_verify(NONE,b)
        str(a),jwt_verify(hs256,b)
        str(a),jwt_verify(PS256,b)
        str(a),jwt_verify(ES512,b)
        str(a),jwt_verify(proc.a,b)
        str(a),jwt_verify(a.b,b)
        str(a),jwt_verify(HS256,)
        str(a),jwt_verify(HS256,txn.a)
        str(a),bytes(1,)
        str(a),bytes(,1)
        str(a),sha2(256)
        int(1),utime(a,)
        str(a),field(1,a,)
        bin(1)
        bin(xx)
        uuid(0)
        date()
        str(a),be2dec(:,)
        str(a),hmac()
        str(a),mqtt_field_value(CONNECT,username)
        """.split(separator: "\n").map { String($0) }

    private static let head = """
        listen l
          bind 127.0.0.1:81
          mode tcp
          timeout client 5s
          timeout server 5s
          timeout connect 5s
          server s1 127.0.0.1:1

        """

    /// HAProxy ends at fifty errors, so that files are small. What a check makes of no arguments is kept for what stands behind
    /// (`http_date` behind `add`), so that `http_date` begins.
    @Test func argumentsAreHAProxys() throws {
        let bare = Self.converters.flatMap { ["str(a),\($0)", "str(a),\($0)()"] }
        let all =
            bare.filter { $0.contains("http_date") } + bare.filter { !$0.contains("http_date") } + Self.expressions
        var refused = 0
        try withTemporaryDirectory { directory in
            for start in stride(from: 0, to: all.count, by: 40) {
                let some = all[start..<min(start + 40, all.count)]
                let text = Self.head + some.map { "  tcp-request content set-var(txn.v) \($0)\n" }.joined()
                let verdict = try Oracle.check(text, in: directory, name: "\(start).cfg")
                let result = ConfigurationFile(text, file: "a.cfg").checked(surroundings: Oracle.surroundings)
                let ours = result.diagnostics.filter { $0.severity == .error }
                for (index, expression) in some.enumerated() {
                    let line = index + 8
                    let theirWords = verdict.alerts.filter { $0.line == line }.map { $0.message }
                    let ourWords = ours.filter { $0.position?.line == line }.map { Oracle.trimmed($0.message) }
                    #expect(ourWords == theirWords, "\(expression)")
                    refused += theirWords.isEmpty ? 0 : 1
                }
            }
        }
        #expect(refused > 80)
        #expect(all.count - refused > 90)
    }
}
