import Syscalls
import TestSupport
import Testing

/// What tests ask of a guard, and of what stands behind it.
extension Lab {
    static let scripts = repository + "/scripts/lab.d/"

    /// What `http://place/` answers to a node; nil for nothing at all.
    func ask(_ node: String, _ place: String, seconds: Int = 20) throws -> String? {
        let result = try command([
            "exec", node, "curl", "--silent", "--insecure", "--max-time", "\(seconds)", "http://\(place)/",
        ])
        return result.status == 0 ? result.output : nil
    }

    /// Asks ports 53 and 123 of each address; gives what answered, and how much was sent.
    func askDatagrams(_ node: String, _ addresses: [String]) throws -> (found: [String], sent: Int) {
        var lines = try exec(node, [Self.scripts + "ask-udp"] + addresses + ["53,123"])
            .split(separator: "\n").map { String($0) }
        let sent = try #require(lines.popLast()?.split(separator: " ").last.flatMap { Int($0) })
        return (lines, sent)
    }

    /// What ``askDatagrams(_:_:)`` finds where all is answered.
    static func answers(_ address: String, _ ports: [Int]) -> [String] {
        ports.flatMap { port in ["any", "53", "123"].map { "\(address) \(port) from \($0)" } }
    }

    /// `guard` of `status --json`, through a filter of jq.
    func guardStatus(_ filter: String) throws -> String {
        try exec("appliance", "sh", "-c", "appliance-net status --json | jq -c '.service.guard | \(filter)'")
    }

    /// Packets that the guard has dropped for a reason.
    func drops(_ reason: String) throws -> Int {
        try #require(Int(try guardStatus(".drops.\(reason)").dropLast()))
    }

    /// Adds a line to `[guard]` of the appliance's settings.
    func setGuard(_ line: String) throws {
        let settings = "/etc/appliance-net/appliance.toml"
        try exec("appliance", "sh", "-c", "printf '[guard]\\n\(line)\\n' >> \(settings)")
    }

    /// The policy has the guard off, and its tables are gone.
    func switchGuardOff() throws {
        try setGuard("enabled = false")
        try #require(try eventually("appliance", "! nft list table inet appliance_net 2>/dev/null >&2"))
    }

    /// Somebody in the appliance listens on every address, on ports of TCP; as SSH does.
    func listenEverywhere(_ ports: Int...) throws {
        let words = (["ssh"] + ports.map { "\($0)" }).joined(separator: " ")
        try exec("appliance", "sh", "-c", "setsid \(Self.scripts)responder \(words) >/dev/null 2>&1 </dev/null &")
    }

    /// DNS and NTP answer on every address of the appliance.
    func answerDatagrams() throws {
        let everywhere = "setsid python3 \(Self.scripts)responder-udp 53 123 >/dev/null 2>&1 </dev/null &"
        try exec("appliance", "sh", "-c", everywhere)
        let management = Self.answers("10.13.10.199", [53, 123])
        try #require(try TestSupport.eventually { try askDatagrams("control", ["10.13.10.199"]).found == management })
    }

    /// A service whose server on `backend1` says back what it hears, for as long as one wants; the version after it is 4
    /// more than `version`.
    func programTalk(version: Int, _ address: String, _ port: Int) throws {
        try exec("backend1", "sh", "-c", "setsid \(Self.scripts)talk serve 9000 >/dev/null 2>&1 </dev/null &")
        try exec("backend1", Self.scripts + "wait-listening", "9000")
        try api("POST", "/configuration/backends?version=\(version)", #"{"name":"talk","mode":"tcp"}"#)
        let server = #"{"name":"b1","address":"10.13.201.20","port":9000}"#
        try api("POST", "/configuration/backends/talk/servers?version=\(version + 1)", server)
        let frontend = #"{"name":"talk","mode":"tcp","default_backend":"talk"}"#
        try api("POST", "/configuration/frontends?version=\(version + 2)", frontend)
        try bind("talk", version: version + 3, address, port)
    }

    /// Makes the neighbours send to the appliance what is for addresses that it does not answer for: that nobody finds
    /// them is no reason to be open.
    func sendToAll() throws {
        let mac = try exec("appliance", "cat", "/sys/class/net/frontend/address").dropLast()
        for node in ["gateway", "client2"] {
            let script = """
                dev=$(ip -j route get 10.13.200.36 | jq -r '.[0].dev')
                for last in $(seq 32 63); do
                    ip neigh replace 10.13.200.$last lladdr \(mac) nud permanent dev $dev
                done
                """
            try exec(node, "sh", "-c", script)
        }
    }
}

/// A lab with one service at 10.13.200.34:443 and somebody who listens everywhere on 22.
func withGuard(_ name: String, settings: String = Lab.example, _ body: (Lab) throws -> Void) throws {
    try withLab(name, "--ovf-env", settings) { lab throws in
        try lab.listenEverywhere(22)
        try lab.program("f", ("10.13.200.34", 443))
        try #require(eventually { (try? lab.exec("appliance", "curl", "-s", "http://127.0.0.1:22/")) != nil })
        try body(lab)
    }
}
