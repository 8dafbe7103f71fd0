import RuntimeAPI
import Testing

/// What the master answers to `reload`, as those who follow the listeners have something to say.
@Suite struct ReloadAnswerTests {
    @Test func keptBindsAreNamedOnce() {
        let text = "bind f/new 10.0.0.1:80 added conflict 02:00:00:00:00:01\nkept=2 added=1 removed=0 quarantined=0\n"
        var answer = ReloadAnswer(success: true, text: text)
        answer.addKept([
            "bind f/new 10.0.0.1:80 kept conflict 02:00:00:00:00:01",
            "bind f/old 10.0.0.2:80 kept conflict 02:00:00:00:00:02",
        ])
        #expect(answer.binds.map { $0.outcome } == [.added, .kept])
        #expect(answer.binds.map { $0.conflict } == ["02:00:00:00:00:01", "02:00:00:00:00:02"])
        #expect(answer.text.hasSuffix("\nkept=2 added=1 removed=0 quarantined=0\n"))
        #expect(answer.quarantined == [])
    }

    /// A header for each of a thousand would be refused by whoever reads them.
    @Test func warningsAreBounded() {
        var answer = ReloadAnswer(success: true, text: "kept=25 added=0 removed=0 quarantined=0\n")
        answer.addKept((1...25).map { "bind f/b\($0) 10.0.0.\($0):80 kept conflict 02:00:00:00:00:01" })
        answer.isLate = true
        #expect(answer.warnings.count == 22)
        #expect(answer.warnings.first == "bind f/b1 10.0.0.1:80: another host has this address, 02:00:00:00:00:01")
        #expect(answer.warnings.suffix(2).first == "5 more binds have such an address")
    }
}
