/// The table `[guard]` of appliance.toml: what may reach what. Every value has a default that is safe.
public struct GuardPolicy: Hashable, Sendable {
    /// Which addresses of the ranges answer a ping.
    public enum Ping: String, Hashable, Sendable, CaseIterable {
        /// Those that a frontend is bound to.
        case bound
        /// Every address of every range.
        case range
        /// None.
        case never
    }

    /// What becomes of a virtual address that another host holds.
    public enum Conflict: String, Hashable, Sendable, CaseIterable {
        /// It is not claimed: we do not answer for it.
        case refuse
        /// It is claimed, and whoever asked is warned.
        case warn
        /// Nobody looks.
        case off
    }

    /// When an address is asked for before it is claimed.
    public enum Probe: String, Hashable, Sendable, CaseIterable {
        /// Three times within 150 ms.
        case fast
        /// As RFC 5227 has it: three times within seven seconds.
        case rfc5227
    }

    /// Something that the appliance's own addresses answer for on every interface, not on management alone.
    public struct Service: Hashable, Sendable, LosslessStringConvertible {
        /// IANA's number: 6 is TCP, 17 is UDP, 112 is VRRP.
        public var protocolNumber: UInt8
        /// nil: the protocol has none.
        public var port: UInt16?

        public init(protocolNumber: UInt8, port: UInt16? = nil) {
            self.protocolNumber = protocolNumber
            self.port = port
        }

        /// `tcp/179`, `udp/3784`, `vrrp`.
        public init?(_ description: String) {
            if description == "vrrp" {
                self.init(protocolNumber: 112)
                return
            }
            let words = description.split(separator: "/", omittingEmptySubsequences: false)
            guard words.count == 2, let number = ["tcp": UInt8(6), "udp": 17][words[0]],
                words[1].utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(words[1]), port > 0
            else { return nil }
            self.init(protocolNumber: number, port: port)
        }

        public var description: String {
            guard let port else { return "vrrp" }
            return protocolNumber == 6 ? "tcp/\(port)" : "udp/\(port)"
        }
    }

    /// false: our tables are taken away.
    public var isEnabled = true
    public var ping = Ping.bound
    /// Whether a bind outside every range gets its own /32 or /128 where its address lies in a connected frontend or
    /// workload network.
    public var ownAddress = true
    public var conflict = Conflict.refuse
    public var probe = Probe.fast
    /// What other interfaces than management answer for beside the proxy: `["tcp/179", "vrrp"]`.
    public var allowed: [Service] = []

    public init() {}
}
