import Diagnostics
import Testing

@testable import ProxyConfig

struct CheckAheadTests {
    /// Whatever stands in a file, two threads find what one finds, in the same order.
    @Test func twoThreadsFindWhatOneFinds() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("check ahead seed \(seed)")
        var edits = RandomEdits(seed: seed)
        var (right, taken) = (0, 0)
        for _ in 0..<400 {
            var file = edits.start()
            // What stands behind all proxies is for one thread.
            file.remove("userlist", "u")
            for _ in 0..<Int.random(in: 0..<5, using: &edits.generator) { edits.change(&file) }
            var ahead = Checker(surroundings: Surroundings())
            ahead.leastAhead = 2
            var alone = Checker(surroundings: Surroundings())
            alone.leastAhead = .max
            let (result, whole) = (ahead.check([file]), alone.check([file]))
            #expect(result.diagnostics == whole.diagnostics, "seed \(seed)\n\(file.text)")
            #expect(result.model == whole.model, "seed \(seed)\n\(file.text)")
            if result.isRight { right += 1 }
            if ahead.hasReused { taken += 1 }
        }
        print("check ahead: \(right) right, \(taken) with sections taken over")
        #expect(right > 50)
        #expect(taken > 50)
    }

    /// Names are known across the halves, and lines are counted over both.
    @Test func thousandsOfProxiesAreChecked() throws {
        var text = "defaults\n  timeout connect 1s\n  timeout client 1s\n  timeout server 1s\n"
        for number in 0..<2000 {
            text +=
                "frontend f\(number)\n  bind 10.0.\(number / 250).\(number % 250 + 1):80\n  default_backend b\(1999 - number)\n"
        }
        for number in 0..<2000 { text += "backend b\(number)\n  server s 10.1.0.1:80\n" }
        let right = ConfigurationFile(text, file: "a.cfg").checked()
        #expect(right.diagnostics.isEmpty)
        let model = try #require(right.model)
        #expect(model.frontends.map(\.name) == (0..<2000).map { "f\($0)" })
        #expect(model.backends.map(\.position.line) == (0..<2000).map { 6005 + 2 * $0 })

        let wrong = ConfigurationFile(text + "backend b7\nfrontend g\n  default_backend none\n", file: "a.cfg")
            .checked()
        #expect(wrong.model == nil)
        #expect(wrong.diagnostics.filter { $0.severity == .error }.compactMap { $0.position?.line } == [10005, 10007])
    }
}
