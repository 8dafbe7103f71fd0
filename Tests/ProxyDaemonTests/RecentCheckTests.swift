import ProxyConfig
import Testing

@testable import ProxyDaemon

@Suite struct RecentCheckTests {
    @Test func isForgottenWhenChangesCease() {
        let file = ConfigurationFile("defaults\n  mode tcp\n\nbackend b\n  retries 2\n", file: "x")
        var recent = RecentCheck()
        #expect(recent.due == nil)
        let first = recent.result(of: [file], Surroundings(), now: 1000)
        #expect(recent.due == 1000 + RecentCheck.patience)
        let second = recent.result(of: [file], Surroundings(), now: 2000)
        #expect(second.revisions == first.revisions)
        let early = recent.forgetIfDue(1999 + RecentCheck.patience)
        #expect(!early)
        let late = recent.forgetIfDue(2000 + RecentCheck.patience)
        #expect(late)
        #expect(recent.due == nil)
        let third = recent.result(of: [file], Surroundings(), now: 3000)
        #expect(third.revisions != first.revisions)
        #expect(third.model == first.model)
    }
}
