import Syscalls
import Testing

/// What poll(2) is told: a time that has passed is none, and never "for ever".
@Suite struct MonotonicTimeTests {
    @Test(arguments: [(-5000, 0), (-4, 0), (0, 0), (1, 1), (999, 999), (1001, 1001)])
    func milliseconds(_ time: Int, _ expected: CInt) {
        #expect(MonotonicTime.milliseconds(.milliseconds(time)) == expected)
        #expect(MonotonicTime.milliseconds(.milliseconds(time) - .nanoseconds(1)) == max(0, expected))
    }
}
