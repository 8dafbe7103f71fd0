import TestSupport
import Testing

/// What the Data Plane API asks of the appliance's own proxy, over the master socket, on a whole appliance.
@Suite(.blocking) struct RuntimeInLabTests {
    private static let api = "https://10.13.10.199:5556"

    /// One request from the control plane, and its body without what is indented.
    private func call(_ lab: Lab, _ method: String, _ path: String, _ body: String? = nil) throws -> String {
        let data = body.map { "--header 'Content-Type: application/json' --data '\($0)'" } ?? ""
        let script = """
            curl --silent --show-error --fail-with-body --insecure --user admin:example-password --request \(method) \
            \(data) '\(Self.api)\(path)' | jq --compact-output .
            """
        return try lab.exec("control", "sh", "-c", script)
    }

    @Test("The API tells of the running proxy, and takes a server out of service")
    func servers() throws {
        try withLab("runtime", "--ovf-env", Lab.example) { lab throws in
            let configuration = "/v3/services/haproxy/configuration"
            _ = try call(lab, "POST", configuration + "/backends?version=1", #"{"name":"web","mode":"tcp"}"#)
            let server = #"{"name":"b1","address":"10.13.201.20","port":443,"weight":7}"#
            _ = try call(lab, "POST", configuration + "/backends/web/servers?version=2", server)

            let runtime = "/v3/services/haproxy/runtime/backends/web/servers"
            #expect(try call(lab, "GET", runtime + "/b1").contains(#""admin_state":"ready""#))
            #expect(try call(lab, "PUT", runtime + "/b1", #"{"admin_state":"drain"}"#).contains(#""drain""#))
            #expect(try call(lab, "GET", "/v2/services/haproxy/runtime/servers?backend=web").contains(#""drain""#))
            let statistics = try call(lab, "GET", "/v3/services/haproxy/stats/native?type=server&parent=web")
            #expect(statistics.contains(#""status":"DRAIN""#) && statistics.contains(#""weight":7"#), "\(statistics)")
            #expect(try call(lab, "GET", "/v3/services/haproxy/runtime/info").contains(#""pid":"#))
            // A change of the configuration around it leaves it as it is.
            _ = try call(lab, "POST", configuration + "/backends?version=3", #"{"name":"other","mode":"tcp"}"#)
            #expect(try call(lab, "GET", runtime + "/b1").contains(#""admin_state":"drain""#))
        }
    }
}
