import Addresses
import Appliance
import Files
import Foundation
import NetworkTestSupport
import PKI
import TestSupport

@testable import Recovery

/// An appliance in a directory: network, CA, services, host keys.
enum SampleAppliance {
    static let passphrase = Secret("correct horse battery")
    /// A derivation that costs no time; the standard one is asked once.
    static var quick: KeyDerivation {
        KeyDerivation(rounds: 1024, blockSize: 8, parallelism: 1, salt: Data(repeating: 7, count: 16))
    }

    static func make(_ directory: String, services: Int = 3) throws {
        let root = Root(directory)
        func write(_ path: String, _ text: String, mode: mode_t = 0o644) throws {
            try AtomicFile.makeDirectory(AtomicFile.directory(of: root[path]))
            try AtomicFile.replace(root[path], with: text, mode: mode)
        }
        try write("/etc/passwd", "root:x:0:0::/root:/bin/sh\nhaproxy:x:123:456::/:/bin/false\n")
        try write("/etc/group", "root:x:0:\nhaproxy:x:456:\n")
        try write("/etc/vmware/route-tables.cfg", TestAppliance.routeTables)
        try write("/etc/vmware/anyip-routes.cfg", TestAppliance.ranges + "\n")
        try write("/etc/appliance-net/appliance.toml", "[system]\nhostname = \"lb1\"\n\n" + TestAppliance.settings)
        let names = try ServerNames(names: ["lb1"], addresses: [IPAddress("10.13.10.199")].compactMap { $0 })
        let now = Date(timeIntervalSince1970: 1_795_000_000)
        _ = try PKIStore(root: root).ensure(CertificateRequest(names: names, now: .init(now)))
        try write("/etc/haproxy/haproxy.cfg", proxy(services), mode: 0o640)
        chown(root["/etc/haproxy/haproxy.cfg"], 0, 456)
        try write("/etc/haproxy/haproxy.cfg.history/41-1795000000.000000001-api", proxy(2), mode: 0o600)
        try write("/etc/haproxy/maps/hosts.map", "a b\n")
        try write("/etc/haproxy/.appliance-net.1.abc", "left over\n")
        try write("/etc/haproxy/haproxy.cfg.history/.lock", "", mode: 0o600)
        try write("/etc/ssh/ssh_host_ed25519_key", "the host key\n", mode: 0o600)
        try write("/var/lib/appliance-net/derived/etc/vmware/anyip-routes.cfg", TestAppliance.ranges + "\n")
        try write("/var/lib/appliance-net/generations/1.json", "{}\n", mode: 0o600)
    }

    static func proxy(_ services: Int) -> String {
        var text = "# _version=42\nuserlist controller\n  user admin password $6$abc$def\n\n"
        for index in 0..<services {
            let name = "domain-c8:5071d9d4-373d-49aa-a202-4c4ed81adc3b-ns-\(index / 20)-svc-\(index)"
            let vip = "10.13.200.\(33 + index % 28)"
            text += """
                frontend \(name)
                  mode tcp
                  bind \(vip):\(1000 + index) name \(name)-\(vip):https
                  log-tag \(name)
                  option tcplog
                  default_backend \(name)-https

                backend \(name)-https
                  mode tcp
                  balance roundrobin
                  option tcp-check
                  log-tag \(name)-https
                  server \(name)-10.13.201.20:\(30000 + index) 10.13.201.20:\(30000 + index) check weight 100 verify none
                  server \(name)-10.13.201.21:\(30000 + index) 10.13.201.21:\(30000 + index) check weight 100 verify none
                  server \(name)-10.13.201.22:\(30000 + index) 10.13.201.22:\(30000 + index) check weight 100 verify none


                """
        }
        return text
    }

    static let origin = BundleManifest.Origin(
        created: 1_795_000_000,
        host: "lb1",
        program: "0.1.0",
        version: 42,
        services: 3
    )

    /// A small bundle of it.
    static func bundle(_ directory: String) throws -> [UInt8] {
        let files = try ApplianceFiles.collect(Root(directory))
        return try RecoveryBundle.seal(files, origin: origin, passphrase: passphrase, derivation: quick)
    }

    /// Every file of the appliance with its mode, owner and checksum, as other programs see it.
    static func witness(_ directory: String) throws -> String {
        let script = """
            cd "$1"
            find etc var -not -path '*/appliance-net/restore*' -printf '%p %y %m %u %g %l\\n' | sort
            find etc var -type f -not -path '*/appliance-net/restore*' -print0 | sort -z | xargs -0 sha256sum
            """
        return try run("sh", "-c", script, "sh", directory)
    }
}
