/// The appliance at a glance: what the console shows, what `guestinfo.appliance.status` holds, and what
/// `status --long` adds. The names are those of the JSON. No secret is in it.
struct Overview: Codable, Hashable, Sendable {
    enum State: String, Codable {
        /// No first boot has configured the machine, and none runs.
        case unconfigured
        /// First boot has not ended.
        case starting
        case ready
        /// Something does not do what it should.
        case degraded
        /// First boot could not do all of its work.
        case failed
    }

    struct Interface: Codable, Hashable {
        var role: String
        /// `up`, `no-carrier`, `down` or `missing`.
        var state: String
        var mac: String?
        var addresses: [String]
    }

    struct API: Codable, Hashable {
        var url: String
        /// Whether it takes connections.
        var answers: Bool
    }

    struct Certificates: Codable, Hashable {
        /// SHA-256 of the CA's certificate.
        var fingerprint: String
        /// RFC 3339, UTC.
        var authorityExpires: String
        var serverExpires: String?

        enum CodingKeys: String, CodingKey {
            case fingerprint = "ca_sha256"
            case authorityExpires = "ca_expires"
            case serverExpires = "server_expires"
        }
    }

    struct FirstBoot: Codable, Hashable {
        /// `running`, `complete`, `failed`, `refused` or `interrupted`.
        var state: String
        /// Where the properties came from.
        var source: String?
        /// `2 of 11 steps, now: certificates`.
        var progress: String
        /// What failed, and why; of refused properties every problem.
        var problems: [String]
        /// Which adapter was taken for which interface, and why; nil where the properties say it.
        var adapters: [String]?
    }

    struct Service: Codable, Hashable {
        var name: String
        var state: String
        /// Whether that is as it should be.
        var isRight: Bool

        enum CodingKeys: String, CodingKey {
            case name
            case state
            case isRight = "ok"
        }
    }

    var version: String
    var hostname: String
    /// Whether a first boot has ever configured the machine.
    var isConfigured = true
    var interfaces: [Interface]
    /// null where it is not configured yet.
    var api: API?
    var certificates: Certificates?
    /// null where none ran since the machine started.
    var firstBoot: FirstBoot?
    var services: [Service]
    /// What is wrong beside first boot.
    var problems: [String]

    enum CodingKeys: String, CodingKey {
        case version
        case hostname
        case isConfigured = "configured"
        case interfaces
        case api
        case certificates
        case firstBoot = "first_boot"
        case services
        case problems
    }

    var state: State {
        switch firstBoot?.state {
        case nil where !isConfigured: return .unconfigured
        // Nothing is configured, so nothing serves yet.
        case nil where services.isEmpty && problems.isEmpty: return .starting
        case "running": return .starting
        case "failed", "refused", "interrupted": return .failed
        default: break
        }
        return problems.isEmpty && services.allSatisfy { $0.isRight } ? .ready : .degraded
    }
}
