public import Addresses
public import Guard

/// What becomes of connections to one virtual address, from the range to the servers.
public struct VIPExplanation: Sendable, Hashable {
    public struct Server: Sendable, Hashable {
        public var name: String
        /// `10.13.201.20:6443`
        public var address: String
        /// In the running proxy's words; nil if it was not asked.
        public var status: String?
        public var check: String?
        public var takesConnections: Bool?
        /// It takes connections as nobody looks whether it does.
        public var isUnchecked = false
        /// The way to it: `table 2, dev workload`.
        public var route: String?
    }

    public struct Backend: Sendable, Hashable {
        public var name: String
        /// Connections go there only where a `use_backend` says so.
        public var isConditional: Bool
        public var servers: [Server]

        /// Whether connections go to servers of which nobody knows how they are, and to no others.
        public var isUnchecked: Bool {
            let taking = servers.filter { $0.takesConnections ?? true }
            return !taking.isEmpty && taking.allSatisfy { $0.isUnchecked }
        }
    }

    public struct Frontend: Sendable, Hashable {
        public var name: String
        /// Of the bind, in the whole configuration.
        public var line: Int
        /// As the configuration has it.
        public var bind: String
        /// `OPEN`; nil if the running proxy was not asked, or does not know it.
        public var status: String?
        /// Why the bind does not serve.
        public var quarantine: String?
        public var backends: [Backend]
    }

    /// What the guard does with connections to a port.
    public struct Verdict: Sendable, Hashable {
        public var port: UInt16
        public var verdict: GuardVerdict
    }

    public var address: IPAddress
    /// nil: every port that something is bound to.
    public var port: UInt16?
    /// nil: in none.
    public var range: AddressRange?
    /// The range's line in its file.
    public var line: Int?
    /// The way in, and the way of the reply.
    public var route: RouteExplanation
    /// Empty where there is no guard.
    public var verdicts: [Verdict] = []
    public var frontends: [Frontend] = []
    /// In the order of a connection's way.
    public var findings: [Finding] = []

    /// Whether clients are served, as far as is known: see ``unchecked``.
    public var isServed: Bool { !findings.contains { $0.state == .failed } }

    /// Backends that nobody knows to have a server that answers.
    public var unchecked: [String] {
        var names: [String] = []
        for backend in frontends.flatMap({ $0.backends }) where backend.isUnchecked && !names.contains(backend.name) {
            names.append(backend.name)
        }
        return names
    }

    /// `10.13.200.34:443`
    public var name: String { port.map { Endpoint(address, port: $0).description } ?? "\(address)" }
}
