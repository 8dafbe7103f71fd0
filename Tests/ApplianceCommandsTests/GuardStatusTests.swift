import Foundation
import Testing

@testable import ApplianceCommands

/// The guard's line of `status`.
@Suite struct GuardStatusTests {
    private static func line(_ changes: [String: String] = [:]) throws -> String {
        var members = [
            "claimed": "5", "conflicts": "{}", "drops": #"{"vip_closed":3,"vip_ping":0}"#, "enabled": "true",
            "following": "true", "listeners": "12", "outside": "[]", "own_addresses": "[]", "protected": "true",
            "repairs": "0",
        ]
        members.merge(changes) { _, new in new }
        let json = "{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
        return try JSONDecoder().decode(GuardStatus.self, from: Data(json.utf8)).line
    }

    @Test func saysWhatIsLetThroughAndWhatIsNotKept() throws {
        let usual = "guard: 12 listeners at 5 virtual addresses are let through; dropped 3 vip_closed"
        #expect(try Self.line() == usual)
        #expect(try Self.line(["protected": "false"]) == usual + "; this kernel does not keep it from other programs")
        #expect(
            try Self.line(["listeners": "1", "claimed": "1", "drops": "{}"])
                == "guard: 1 listener at 1 virtual address is let through"
        )
        #expect(
            try Self.line(["following": "false", "drops": "{}"])
                == "guard: the proxy does not tell where it listens: virtual addresses are closed"
        )
        let none = ["listeners": "0", "claimed": "0", "drops": "{}", "failure": "\"EINVAL adding chain\""]
        #expect(
            try Self.line(none) == "guard: 0 listeners at 0 virtual addresses are let through; EINVAL adding chain"
        )
        #expect(try Self.line(["enabled": "false", "protected": "false"]) == "guard: off")
    }
}
