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
        let everywhere = "setsid python3 \(Lab.scripts)responder ssh 22 >/dev/null 2>&1 </dev/null &"
        try lab.exec("appliance", "sh", "-c", everywhere)
        try lab.program("f", ("10.13.200.34", 443))
        try #require(eventually { (try? lab.exec("appliance", "curl", "-s", "http://127.0.0.1:22/")) != nil })
        try body(lab)
    }
}
