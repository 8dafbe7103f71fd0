import Addresses
import Testing

@testable import ProxyPages

struct PageConditionTests {
    private struct Facts: PageFacts {
        var source = Endpoint("192.0.2.7:4000")
        var destination = Endpoint("192.0.2.1:80")
        func usableServers(of backend: String) -> Int? { backend == "pool" ? 2 : nil }
        func isUp(_ server: String, of backend: String) -> Bool { server == "s" && backend == "pool" }
    }

    private func isTrue(_ condition: String, acls: [String] = [], target: String = "/a/b.gif?x=1&y") throws -> Bool {
        var definition = PageDefinition(lines: [])
        definition.files["list"] = Array("# none\n/other\n/a/b.gif\n".utf8)
        definition.userlists = [.init(name: "l", accounts: [PageAccount(user: "u", password: "p", groups: ["g"])])]
        var reader = PageConditionReader(definition, name: "pool")
        for acl in acls { try reader.define(acl.split(separator: " ").map { String($0) }[...]) }
        let words = ("if " + condition).split(separator: " ").map { String($0) }
        var request = HTTPRequest(method: "HEAD", target: target)
        request.fields = [
            HTTPField("host", "WWW.Example"), HTTPField("x", "one, two"), HTTPField("authorization", "Basic dTpw"),
        ]
        return try reader.condition(words[...]).holds(request, Facts())
    }

    @Test(arguments: [
        "{ path /a/b.gif }", "{ path_beg /a }", "{ path_end .gif }", "{ path_sub b.g }", "{ path_dir a }",
        "{ path_dom gif }",
        "{ path_len ge 3 }", "{ path_reg ^/a/[a-z]+ }", "{ path -i /A/B.GIF }", "{ path,lower /a/b.gif }",
        "{ path -f list }",
        "{ path -m end .gif .png }", "{ url_param(x) 1 }", "{ query x=1&y }", "{ method HEAD }", "METH_GET",
        "!METH_POST",
        "{ hdr(host) -i www.example }", "{ hdr(x) two }", "{ req.fhdr(x) -m sub one }", "{ hdr(x) -m found }",
        "! { hdr(z) -m found }", "{ src 192.0.2.0/24 }", "{ src 192.0.2.0/255.255.255.0 }", "{ dst_port 80:90 }",
        "{ src_port gt 3999 }", "{ nbsrv(pool) lt 3 }", "{ nbsrv ge 2 }", "{ srv_is_up(pool/s) }", "!{ srv_is_up(t) }",
        "{ http_auth(l) }", "{ http_auth_group(l) g }", "!{ ssl_fc }", "TRUE", "!FALSE", "HTTP_1.1",
        "FALSE or { path_beg /a }", "TRUE FALSE || TRUE", "{ url_beg /a }", "{ always_true }",
    ])
    func whatIsAskedIsAnswered(_ condition: String) throws {
        #expect(try isTrue(condition))
        // What holds does not hold with a negation before all of it.
        if !condition.contains(" or "), !condition.contains("||"), !condition.contains("FALSE") {
            #expect(try !isTrue("! " + condition))
        }
    }

    @Test func severalLinesOfANameAreAlternatives() throws {
        #expect(try isTrue("a b", acls: ["a path /none", "a path_beg /a", "b src 192.0.2.7"]))
        #expect(try !isTrue("a b", acls: ["a path /none", "b src 192.0.2.7"]))
    }

    @Test(arguments: [
        "{ req.cook(x) -m found }", "{ path,base64 x }", "{ path -u 5 /x }", "unknown", "{ path -m bin 00 }",
    ])
    func whatIsNotAnsweredIsSaid(_ condition: String) {
        #expect(throws: UnservablePage.self) { try isTrue(condition) }
    }
}
