/// What the vSphere Supervisor programs for one of its services, as the seeds' haproxy.cfg lets one conclude.
struct SupervisorService {
    var name: String
    var address: String
    /// In the order in which they are created; each rule goes before those there are.
    var ports: [(name: String, number: Int)]
    var nodes = ["10.13.201.20", "10.13.201.21", "10.13.201.22"]

    private static let domain = "domain-c8:5071d9d4-373d-49aa-a202-4c4ed81adc3b-"

    static let apiServer = SupervisorService(
        name: domain + "kube-system-kube-apiserver-lb-svc",
        address: "10.13.200.34",
        ports: [("nginx", 443), ("kube-apiserver", 6443)]
    )
    static let storage = SupervisorService(
        name: domain + "vmware-system-csi-vsphere-csi-controller",
        address: "10.13.200.33",
        ports: [("ctlr", 2112), ("syncer", 2113)]
    )

    /// Method, path below `configuration/`, and body of each call.
    var calls: [(path: String, json: String)] {
        var calls = [
            ("frontends", #"{"name":"\#(name)","mode":"tcp","tcplog":true,"log_tag":"\#(name)"}"#)
        ]
        for port in ports {
            calls.append(
                (
                    "binds?frontend=\(name)",
                    #"{"name":"\#(name)-\#(address):\#(port.name)","address":"\#(address)","port":\#(port.number)}"#
                )
            )
        }
        for port in ports.sorted(by: { $0.name > $1.name }) {
            let backend = "\(name)-\(port.name)"
            calls.append(
                (
                    "backends",
                    #"{"name":"\#(backend)","mode":"tcp","balance":{"algorithm":"roundrobin"},"#
                        + #""adv_check":"tcp-check","log_tag":"\#(backend)"}"#
                )
            )
            for node in nodes {
                let server =
                    #"{"name":"\#(name)-\#(node):\#(port.number)","address":"\#(node)","port":\#(port.number),"#
                    + #""check":"enabled","weight":100,"verify":"none"}"#
                calls.append(("servers?backend=\(backend)", server))
            }
        }
        for port in ports {
            calls.append(
                (
                    "backend_switching_rules?frontend=\(name)",
                    #"{"index":0,"name":"\#(name)-\#(port.name)","cond":"if","cond_test":"{ dst_port \#(port.number) }"}"#
                )
            )
        }
        return calls
    }

    /// The sections of the seed.
    var sections: String {
        var text = "frontend \(name)\n  mode tcp\n"
        for port in ports {
            text += "  bind \(address):\(port.number) name \(name)-\(address):\(port.name)\n"
        }
        text += "  log-tag \(name)\n  option tcplog\n"
        for port in ports.reversed() {
            text += "  use_backend \(name)-\(port.name) if { dst_port \(port.number) }\n"
        }
        return text
    }

    func backend(_ port: (name: String, number: Int)) -> String {
        let backend = "\(name)-\(port.name)"
        var text = "backend \(backend)\n  mode tcp\n  balance roundrobin\n  option tcp-check\n  log-tag \(backend)\n"
        for node in nodes {
            text += "  server \(name)-\(node):\(port.number) \(node):\(port.number) check weight 100 verify none\n"
        }
        return text
    }
}
