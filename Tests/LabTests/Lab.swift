import Files
import Glibc
import Syscalls
import TestSupport
import Testing

/// One lab of `scripts/lab`, known by its `LAB_ID`. The programs in it are those that were built with the tests.
struct Lab: Sendable {
    let id: String

    static let repository = String(#filePath.dropLast("/Tests/LabTests/Lab.swift".count))
    static let example = repository + "/ovf/examples/frontend.ovf-env.xml"

    /// Writes the example's settings with more properties, and with other texts in place of some of its own.
    static func writeExample(
        _ file: String,
        _ properties: [(String, String)],
        replacing texts: [String: String] = [:]
    ) throws {
        var text = try #require(try AtomicFile.readText(example))
        for (old, new) in texts { text = text.replacing(old, with: new) }
        let lines = properties.map { "<Property oe:key=\"\($0.0)\" oe:value=\"\($0.1)\"/>" }.joined()
        try AtomicFile.replace(file, with: text.replacing("</PropertySection>", with: lines + "</PropertySection>"))
    }

    /// The example with IPv6 on every interface: `fd00:13:200::10` where that of IPv4 is `10.13.200.10`.
    static func writeBothFamilies(_ file: String, ranges: [String]) throws {
        let networks = [("management", "10", "199"), ("workload", "201", "10"), ("frontend", "200", "10")]
        let properties = networks.flatMap { role, network, host in
            [
                ("network.\(role)_ip6", "fd00:13:\(network)::\(host)/64"),
                ("network.\(role)_gateway6", "fd00:13:\(network)::1"),
            ]
        }
        try writeExample(file, properties, replacing: ["10.13.200.32/27": ranges.joined(separator: ",")])
    }

    /// `scripts/lab` with `arguments`, whatever its exit code.
    func command(_ arguments: String...) throws -> Subprocess.Result { try command(arguments) }

    func command(_ arguments: [String]) throws -> Subprocess.Result {
        try Subprocess.run(
            [Lab.repository + "/scripts/lab"] + arguments,
            environment: ["LAB_ID=" + id, "APPLIANCE_NET_BIN=" + builtProgram("")]
        )
    }

    /// The standard output of a program inside `node`; a status other than 0 is an error.
    @discardableResult
    func exec(_ node: String, _ arguments: String...) throws -> String { try exec(node, arguments) }

    @discardableResult
    func exec(_ node: String, _ arguments: [String]) throws -> String {
        let result = try command(["exec", node] + arguments)
        try #require(result.status == 0, "\(arguments): \(result.errors)\(result.output)")
        return result.output
    }

    /// Whether a condition of sh(1) inside `node` comes true within a minute. It is asked there again and again, by one
    /// program instead of one for each time.
    func eventually(_ node: String, _ condition: String) throws -> Bool {
        let loop = "until \(condition); do sleep 0.05; done"
        return try command("exec", node, "timeout", "60", "sh", "-c", loop).status == 0
    }

    /// One request from the control plane to the Data Plane API: status line, headers and body.
    ///
    /// - Parameter path: Below `/v3/services/haproxy`, such as `/configuration/backends?version=1`.
    @discardableResult
    func api(_ method: String, _ path: String, _ body: String? = nil) throws -> String {
        let data = body.map { ["--header", "Content-Type: application/json", "--data", $0] } ?? []
        return try exec(
            "control",
            ["curl", "--include", "--silent", "--show-error", "--fail-with-body", "--insecure"]
                + ["--user", "admin:example-password", "--request", method] + data
                + ["https://10.13.10.199:5556/v3/services/haproxy\(path)"]
        )
    }

    /// A service on virtual addresses, as the control plane makes it, whose only server is `backend1`; the version after it
    /// is 4 and one more for each bind.
    func program(_ frontend: String, _ places: (address: String, port: Int)...) throws {
        let configuration = "/configuration"
        try api("POST", configuration + "/backends?version=1", #"{"name":"pods","mode":"tcp"}"#)
        let server = #"{"name":"b1","address":"10.13.201.20","port":443}"#
        try api("POST", configuration + "/backends/pods/servers?version=2", server)
        let body = #"{"name":"\#(frontend)","mode":"tcp","default_backend":"pods"}"#
        try api("POST", configuration + "/frontends?version=3", body)
        for (index, place) in places.enumerated() {
            try bind(frontend, version: 4 + index, place.address, place.port)
        }
    }

    /// A bind is added to version `version`; gives the answer with its headers.
    @discardableResult
    func bind(_ frontend: String, version: Int, _ address: String, _ port: Int) throws -> String {
        let body = #"{"name":"b\#(version)","address":"\#(address)","port":\#(port)}"#
        return try api("POST", "/configuration/frontends/\(frontend)/binds?version=\(version)", body)
    }

    /// `scripts/lab.d/services.py` inside the appliance: what systemd does on the real one.
    func services(_ arguments: String...) throws {
        try exec("appliance", ["python3", Lab.repository + "/scripts/lab.d/services.py"] + arguments)
    }

    /// The namespaces of one node, as the kernel names them: `net:[4026532001]`.
    func namespaces(of node: String) throws -> [String] {
        try exec(node, "readlink", "/proc/self/ns/net", "/proc/self/ns/mnt", "/proc/self/ns/uts", "/proc/self/ns/pid")
            .split(separator: "\n").map(String.init)
    }
}

/// Builds a lab with `scripts/lab up arguments…`, and takes it down whatever `body` does.
func withLab(_ name: String, _ arguments: String..., body: (Lab) throws -> Void) throws {
    let lab = Lab(id: "t\(getpid())-\(name)")
    defer { _ = try? lab.command("down") }
    let up = try lab.command(["up"] + arguments)
    try #require(up.status == 0, "\(up.errors)")
    try body(lab)
}
