internal import Files
internal import FoundationEssentials
internal import NetworkWatch
internal import Syscalls

/// What the checks need to know of how the network's service stands.
struct ServiceAnswer: Decodable {
    struct Guarding: Decodable {
        /// Why the kernel's tables are not what they should be.
        var failure: String?
    }

    /// `starting`, `in-sync`, `degraded`, `failing` or `standby`.
    var state: String
    var problems: [String]
    var guarding: Guarding?

    enum CodingKeys: String, CodingKey {
        case state
        case problems
        case guarding = "guard"
    }

    /// Whether something is not as it should be.
    var isTroubled: Bool { state == "degraded" || state == "failing" }

    /// nil: one that is no answer.
    static func ask(_ root: Root) throws(SystemError) -> ServiceAnswer? {
        let line = try ControlClient.ask(.status, root, timeoutMilliseconds: 3000)
        return try? JSONDecoder().decode(ServiceAnswer.self, from: Data(line.utf8))
    }
}
