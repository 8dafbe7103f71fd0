import Files
import TestSupport
import Testing

/// The pages of docs/runbooks, each walked in the lab from its text.
@Suite("Runbooks", .serialized, .blocking) struct RunbookTests {
    /// How each page is walked: what happens around the appliance, and what its names stand for.
    private static let walks: [String: @Sendable (Runbook) throws -> Void] = [
        "change-addresses": Walks.changeAddresses,
        "change-vip-range": Walks.changeRange,
        "rebuild-after-crash": Walks.rebuild,
        "rotate-certificates": Walks.rotateCertificates,
        "upgrade": Walks.upgrade,
        "vip-does-not-answer": Walks.findFault,
    ]

    private static func pages() throws -> [String] {
        try AtomicFile.names(in: Lab.repository + "/docs/runbooks").sorted().map { String($0.prefix { $0 != "." }) }
    }

    @Test func everyPageIsWalked() throws {
        #expect(try Self.pages() == Self.walks.keys.sorted())
    }

    @Test("A runbook does what it says", arguments: walks.keys.sorted())
    func walk(_ name: String) throws {
        let walk = try #require(Self.walks[name])
        try walk(try Runbook(name))
    }
}
