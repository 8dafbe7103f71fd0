@testable import DataPlaneAPI
import Testing

@Suite struct RequestTimerTests {
    private let start = ContinuousClock.now
    private let limits = ServerLimits()

    private func after(_ seconds: Int) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    @Test func aRequestThatDripsKeepsItsDeadline() {
        var timer = RequestTimer(limits, now: start)
        #expect(timer.deadline == start.advanced(by: limits.keepAlive))
        timer.bytesRead(now: after(100))
        for second in 101..<129 { timer.bytesRead(now: after(second)) }
        #expect(timer.deadline == after(130))
        #expect(timer.phase == .reading)
    }

    @Test func noTimeRunsWhileTheServerWorks() {
        var timer = RequestTimer(limits, now: start)
        timer.bytesRead(now: start)
        timer.requestEnded(now: after(1))
        #expect(timer.deadline == nil)
        let isWhole = timer.answerBegins(now: after(500))
        #expect(isWhole)
        #expect(timer.deadline == after(560))
        timer.answerEnded(now: after(501))
        #expect(timer.deadline == after(501 + 180))
        #expect(timer.phase == .idle)
    }

    @Test func tellsThatARequestIsRefusedBeforeItsEnd() {
        var timer = RequestTimer(limits, now: start)
        timer.bytesRead(now: start)
        let isWhole = timer.answerBegins(now: after(1))
        #expect(!isWhole)
        timer.requestEnded(now: after(2))
        #expect(timer.phase == .writing)
    }
}
