internal import Files
internal import FoundationEssentials
internal import Glibc
internal import NetworkState
internal import NetworkWatch
internal import Syscalls

/// What the service says of itself over its control socket; the names are those of `status --json`.
struct ServiceStatus: Codable {
    struct Reconcile: Codable {
        var changes: Int
        var milliseconds: Int
        /// Seconds since 1970.
        var time: Int
    }

    /// `starting`, `in-sync`, `degraded`, `failing` or `standby`.
    var state: String
    /// Seconds since 1970.
    var since: Int
    var lastReconcile: Reconcile?
    var reconcileCount: Int
    var driftCount: Int
    var problems: [String]
    struct Certificates: Codable {
        /// SHA-256.
        var caFingerprint: String
        /// RFC 3339, UTC, like the others.
        var caNotAfter: String
        var serverNotAfter: String?
        /// When the API's certificate is renewed.
        var renewal: String?

        /// When the CA's and the API's end, in seconds since 1970.
        var ends: [(certificate: String, end: Int)] {
            [("ca", caNotAfter), ("server", serverNotAfter)].compactMap { certificate, text in
                guard let text, let date = try? Date(text, strategy: .iso8601) else { return nil }
                return (certificate, Int(date.timeIntervalSince1970))
            }
        }

        enum CodingKeys: String, CodingKey {
            case caFingerprint = "ca_fingerprint"
            case caNotAfter = "ca_not_after"
            case serverNotAfter = "server_not_after"
            case renewal
        }
    }

    var certificates: Certificates?
    /// What became of the newest recovery bundle.
    var backup: BackupStatus?
    /// What may reach what.
    var guarding: GuardStatus?

    enum CodingKeys: String, CodingKey {
        case state
        case since
        case lastReconcile = "last_reconcile"
        case reconcileCount = "reconcile_count"
        case driftCount = "drift_count"
        case problems
        case certificates
        case backup
        case guarding = "guard"
    }

    /// Whether something is not as it should be, whatever the network itself is.
    var isTroubled: Bool { state == "degraded" || state == "failing" }

    /// What to say where nobody answers; nil where no service has run since the machine's start, and where we may not
    /// ask it.
    static func silence(_ root: Root) -> String? {
        guard geteuid() == 0, ClaimedAddresses.areKept(root) else { return nil }
        return "the service does not answer: nobody keeps the network as it is, and what the proxy listens on is not "
            + "followed (systemctl status appliance-net.service)"
    }

    /// nil if no service answers.
    static func ask(_ root: Root) -> ServiceStatus? {
        guard let line = try? ControlClient.ask(.status, root, timeoutMilliseconds: 1000) else { return nil }
        return try? JSONDecoder().decode(ServiceStatus.self, from: Data(line.utf8))
    }

    /// `service: in-sync for 3 h, last reconcile 20 s ago, 2 objects repaired`
    var line: String {
        let now = time(nil)
        var text = "service: \(state) for \(Self.span(now - since))"
        if let lastReconcile { text += ", last reconcile \(Self.span(now - lastReconcile.time)) ago" }
        if driftCount > 0 { text += ", \(driftCount) object\(driftCount == 1 ? "" : "s") repaired" }
        return text
    }

    static func span(_ seconds: Int) -> String {
        switch max(0, seconds) {
        case ..<120: "\(max(0, seconds)) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86400) days"
        }
    }
}
