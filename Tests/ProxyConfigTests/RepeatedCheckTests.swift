import Diagnostics
import Testing

@testable import ProxyConfig

@Suite struct RepeatedCheckTests {
    /// What the surroundings say while a test runs.
    private final class World: @unchecked Sendable {
        var hasFiles = true
        var port = "80"

        var surroundings: Surroundings {
            Surroundings(variable: { [self] in $0 == "PORT" ? port : nil }, hasFile: { [self] _ in hasFiles })
        }
    }

    /// Whatever is changed, what is found by parts is what is found at once.
    @Test func findsWhatAWholeCheckFinds() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("repeated check seed \(seed)")
        var edits = RandomEdits(seed: seed)
        var taken = 0
        var right = 0
        for _ in 0..<12 {
            let world = World()
            var check = RepeatedCheck(surroundings: world.surroundings)
            var good = edits.start()
            var before = check.result(of: good)
            for _ in 0..<50 {
                var file = good
                for _ in 0..<Int.random(in: 1..<4, using: &edits.generator) { edits.change(&file) }
                if Int.random(in: 0..<3, using: &edits.generator) == 0 {
                    file = ConfigurationFile(file.text, file: file.file)
                }
                if Int.random(in: 0..<12, using: &edits.generator) == 0 { world.hasFiles.toggle() }
                if Int.random(in: 0..<12, using: &edits.generator) == 0 { world.port += "1" }
                let result = check.result(of: file)
                let whole = file.checked(surroundings: world.surroundings)
                #expect(result.diagnostics == whole.diagnostics, "seed \(seed)\n\(file.text)")
                #expect(result.model == whole.model, "seed \(seed)\n\(file.text)")
                guard result.model != nil else { continue }
                right += 1
                taken += expectRevisionsHold(result, before, seed)
                (good, before) = (file, result)
            }
        }
        print("repeated check: \(right) right, \(taken) proxies taken over")
        #expect(right > 50)
        #expect(taken > right)
    }

    /// Proxies of one revision are equal wherever they stand; how many there are.
    private func expectRevisionsHold(_ result: CheckResult, _ former: CheckResult, _ seed: UInt64) -> Int {
        guard let model = result.model, let before = former.model else { return 0 }
        #expect(result.revisions.frontends.count == model.frontends.count)
        #expect(result.revisions.backends.count == model.backends.count)
        var shared = 0
        for (revision, frontend) in zip(result.revisions.frontends, model.frontends) {
            guard let index = former.revisions.frontends.firstIndex(of: revision) else { continue }
            var other = before.frontends[index]
            other.position = frontend.position
            #expect(other == frontend, "seed \(seed)")
            shared += 1
        }
        for (revision, backend) in zip(result.revisions.backends, model.backends) {
            guard let index = former.revisions.backends.firstIndex(of: revision) else { continue }
            var other = before.backends[index]
            other.position = backend.position
            #expect(other == backend, "seed \(seed)")
            shared += 1
        }
        return shared
    }

    @Test func looksAtTheChangedSectionOnly() throws {
        var text = "global\n  log-tag x\n\ndefaults\n  mode tcp\n  timeout connect 1s\n  timeout server 1s\n\n"
        for number in 0..<10 { text += "backend b\(number)\n  server s 10.0.0.\(number):80\n\n" }
        var file = ConfigurationFile(text, file: "x")
        var check = RepeatedCheck()
        let first = check.result(of: file).revisions.backends
        file.update("backend", "b3") { $0.append(Line(["retries", "2"])) }
        let second = check.result(of: file)
        #expect(zip(first, second.revisions.backends).map { $0 == $1 } == (0..<10).map { $0 != 3 })
        #expect(second.model?.backends.map(\.position.line) == file.checked().model?.backends.map(\.position.line))
        // The text may come from elsewhere.
        let third = check.result(of: ConfigurationFile(file.text, file: "x"))
        #expect(third.revisions.backends == second.revisions.backends)
        // What all have in common is looked at again.
        file.update("global", nil) { $0.lines[0].words[1] = "y" }
        let fourth = check.result(of: file)
        #expect(Set(fourth.revisions.backends).isDisjoint(with: third.revisions.backends))
        #expect(fourth.model?.backends.allSatisfy { $0.logTag == "y" } ?? false)
    }

    @Test func asksForFilesAgain() {
        let world = World()
        let text = "defaults\n  mode tcp\n  errorfile 503 /etc/errors/503\n\nbackend b\n\nbackend c\n"
        let file = ConfigurationFile(text, file: "x")
        var check = RepeatedCheck(surroundings: world.surroundings)
        let first = check.result(of: file)
        #expect(check.result(of: file).revisions == first.revisions)
        world.hasFiles = false
        #expect(!check.result(of: file).isRight)
        world.hasFiles = true
        #expect(check.result(of: file).revisions == first.revisions)
    }

    @Test func keepsTheLastRightConfiguration() throws {
        let file = ConfigurationFile("frontend f\n  default_backend b\n\nbackend b\n  mode tcp\n", file: "x")
        var check = RepeatedCheck()
        let first = check.result(of: file)
        var wrong = file
        wrong.remove("backend", "b")
        let refused = check.result(of: wrong)
        #expect(refused.model == nil)
        #expect(refused.diagnostics == wrong.checked().diagnostics)
        #expect(check.result(of: file).revisions == first.revisions)
        check.forget()
        #expect(check.result(of: file).revisions != first.revisions)
    }

    @Test func followsSeveralFiles() {
        let files = [
            "global\n  log-tag a\n", "defaults\n  mode tcp\n", "frontend f\n  default_backend b\n", "backend b\n",
        ]
        .enumerated().map { ConfigurationFile($1, file: "\($0).cfg") }
        var check = RepeatedCheck()
        let first = check.result(of: files)
        var changed = files
        changed[0].preamble = [Line(raw: "# a line more")]
        let second = check.result(of: changed)
        #expect(second.revisions == first.revisions)
        #expect(second.model == ConfigurationFile.check(changed).model)
        #expect(second.diagnostics == ConfigurationFile.check(changed).diagnostics)
        let fewer = check.result(of: [changed[0], changed[1], changed[3]])
        #expect(fewer.model == ConfigurationFile.check([changed[0], changed[1], changed[3]]).model)
    }
}
