import Addresses
import Diagnostics
import Testing

@testable import ProxyConfig

@Suite struct CheckTests {
    private func check(_ text: String) -> CheckResult { ConfigurationFile(text, file: "h.cfg").checked() }

    @Test func speaksAsHAProxyDoes() throws {
        let result = check("frontend f\n  bind :80\n  usebackend b\n")
        let error = try #require(result.diagnostics.first { $0.severity == .error })
        #expect(result.model == nil)
        #expect(error.position == SourcePosition(line: 3, column: 3))
        #expect(error.remedy == "write 'use_backend'")
        #expect(
            HAProxyForm.line(error, pid: 7)
                == "[ALERT]    (7) : config : parsing [h.cfg:3] : unknown keyword 'usebackend' in 'frontend' section; "
                + "did you mean 'use_backend' maybe ?"
        )
        #expect(HAProxyForm.lines(result.diagnostics, file: "h.cfg", pid: 7).last?.hasPrefix("[ALERT]    (7)") == true)
    }

    @Test func gathersAllProblemsInTheOrderOfTheFile() {
        let result = check("global\n  maxcon 1\nfrontend f\n  bind 10.0.0.1\n  default_backend x\n  option tpclog\n")
        #expect(result.diagnostics.filter { $0.severity == .error }.compactMap { $0.position?.line } == [2, 4, 5, 6])
    }

    @Test func showsNoPassword() {
        let result = check("userlist u\n  user a insecure-password s3cret foo x\n  user a passwrd s3cret\n")
        #expect(!result.diagnostics.isEmpty)
        #expect(!result.diagnostics.contains { $0.rendered.contains("s3cret") })
    }

    @Test func answersConditions() throws {
        let text = """
            frontend f
              bind :80
              acl inside src 10.0.0.0/8 fd00::/8
              acl web dst_port 80
              acl web dst_port 8000:8099
              use_backend b if inside web !{ dst 10.1.1.1 } or { src_port lt 1024 }

            backend b

            """
        let rule = try #require(check(text).model?.frontends.first?.useBackends.first)
        func holds(_ source: String, _ destination: String) throws -> Bool {
            rule.condition.holds(
                source: try #require(Endpoint(source)),
                destination: try #require(Endpoint(destination))
            )
        }
        #expect(try holds("10.2.0.1:5000", "10.0.0.1:8050"))
        #expect(try !holds("10.2.0.1:5000", "10.0.0.1:8100"))
        #expect(try !holds("10.2.0.1:5000", "10.1.1.1:80"))
        #expect(try !holds("192.168.0.1:5000", "10.0.0.1:80"))
        #expect(try holds("192.168.0.1:500", "10.0.0.1:9"))
    }

    @Test func quarantinesWhatItCannotFollow() throws {
        let text = """
            frontend f
              bind :80
              use_backend b if { ssl_fc_sni -i x }
              tcp-request content switch-mode http if { src 10.0.0.0/8 }

            backend b

            """
        let frontend = try #require(check(text).model?.frontends.first)
        #expect(frontend.useBackends.first?.condition == .never)
        #expect(frontend.useBackends.first?.quarantine?.contains("ssl_fc_sni") == true)
        #expect(frontend.quarantine == ["'tcp-request content switch-mode' : 'switch-mode' is not followed yet"])
    }

    @Test func resolvesNamedDefaultsAndDefaultServer() throws {
        let text = """
            defaults slow
              timeout connect 2s
              retries 7
            defaults fast from slow
              timeout connect 100us
            backend a from slow
              default-server inter 500 fall 9 check
              server s1 10.0.0.1:80
              server s2 10.0.0.2:+10 no-check
            backend b

            """
        let result = check(text)
        let model = try #require(result.model, "\(result.diagnostics)")
        #expect(model.backends.map(\.connectTimeout) == [2000, 1])
        #expect(model.backends.map(\.retries) == [7, 7])
        #expect(model.backends[0].servers.map(\.isChecked) == [true, false])
        #expect(model.backends[0].servers.map(\.interval) == [500, 500])
        #expect(model.backends[0].servers[1].portOffset == 10)
        #expect(model.backends[0].servers[1].address.ports == nil)
    }
}
