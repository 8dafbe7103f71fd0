@testable import DataPlaneModel
import Testing

@Suite struct LoginLimiterTests {
    @Test func holdsAnswersBackTwiceAsLongEachTime() {
        var limiter = LoginLimiter()
        let delays = (0..<6).map { _ in limiter.failed("a", now: 0) }
        #expect(delays == [250, 500, 1000, 2000, 4000, 4000])
        // Another source is none the slower.
        let other = limiter.failed("b", now: 0)
        #expect(other == 250)
    }

    @Test func stopsListeningUntilTheBucketHasDrained() {
        var limiter = LoginLimiter()
        for _ in 0..<LoginLimiter.capacity {
            #expect(limiter.refusalSeconds("a", now: 0) == 0)
            _ = limiter.failed("a", now: 0)
        }
        #expect(limiter.refusalSeconds("a", now: 0) == 6)
        #expect(limiter.refusalSeconds("a", now: 5999) == 1)
        #expect(limiter.refusalSeconds("a", now: 6000) == 0)
        #expect(limiter.refusalSeconds("b", now: 0) == 0)
        // However many come, it is never shut for longer.
        for _ in 0..<1000 { _ = limiter.failed("a", now: 6000) }
        #expect(limiter.refusalSeconds("a", now: 6000) == 6)
        let later = limiter.failed("a", now: 66_000)
        #expect(later == 250)
    }

    @Test func rememberedSourcesAreBounded() {
        var limiter = LoginLimiter()
        for _ in 0..<LoginLimiter.capacity { _ = limiter.failed("a", now: 0) }
        for number in 0..<1500 { _ = limiter.failed("s\(number)", now: 1) }
        // The worst of them is not pushed out by many who tried once.
        #expect(limiter.refusalSeconds("a", now: 1) > 0)
        #expect(limiter.count <= LoginLimiter.sources)
    }

    @Test(arguments: [
        ("10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("2001:db8:1:2:3::4", "2001:db8:1:2/64"),
        ("fe80::1%eth0", "fe80:0:0:0/64"), ("", ""),
    ])
    func aSourceIsAnAddressOrAPrefix(address: String, source: String) {
        #expect(LoginLimiter.source(address) == source)
    }
}
