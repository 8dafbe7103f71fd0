import Diagnostics
import TestSupport
import Testing

@testable import ProxyConfig

/// Every keyword of the manual, in lines that HAProxy accepts and in lines that it refuses.
///
/// Many lines are asked about in one file, where HAProxy names the line of each problem; what stays open is asked about
/// alone.
@Suite struct KeywordTests {
    @Test(arguments: Fixture.keywordFiles) func agreesWithHAProxy(_ name: String) throws {
        let cases = try KeywordCase.cases(of: name)
        #expect(cases.count > 10)
        try withTemporaryDirectory { directory in
            let contexts = Dictionary(grouping: cases) { $0.context }
            for (_, cases) in contexts {
                let accepted = cases.filter { $0.verdict == .accepted }
                try accept(accepted, in: directory)
                let refused = cases.filter { $0.verdict != .accepted }
                for start in stride(from: 0, to: refused.count, by: 60) {
                    try refuse(Array(refused[start..<min(start + 60, refused.count)]), in: directory)
                }
            }
        }
    }

    /// Checks all in one file, and each half on its own if that file is refused by one of the two.
    private func accept(_ cases: [KeywordCase], in directory: String) throws {
        guard cases.count > 1 else {
            for single in cases { try check(single, in: directory) }
            return
        }
        let text = joined(cases).text
        let verdict = try Oracle.check(text, in: directory, name: "h.cfg")
        let result = ConfigurationFile(text, file: "\(directory)/h.cfg").checked(surroundings: Oracle.surroundings)
        if verdict.isAccepted, result.model != nil { return }
        try accept(Array(cases[..<(cases.count / 2)]), in: directory)
        try accept(Array(cases[(cases.count / 2)...]), in: directory)
    }

    /// Each must have a problem of its own in both; those that have not are checked alone.
    private func refuse(_ cases: [KeywordCase], in directory: String) throws {
        let (text, ranges) = joined(cases)
        let verdict = try Oracle.check(text, in: directory, name: "h.cfg")
        let result = ConfigurationFile(text, file: "\(directory)/h.cfg").checked(surroundings: Oracle.surroundings)
        let theirs = verdict.alerts
        let ours = result.diagnostics.filter { $0.severity == .error }
        for (single, range) in zip(cases, ranges) {
            let our = ours.filter { range.contains($0.position?.line ?? 0) }.map { Oracle.trimmed($0.message) }
            let their = theirs.filter { range.contains($0.line ?? 0) }.map(\.message)
            let isSame = single.verdict == .refused || our.contains { their.contains($0) }
            if our.isEmpty || their.isEmpty || !isSame { try check(single, in: directory) }
        }
    }

    private func joined(_ cases: [KeywordCase]) -> (text: String, ranges: [Range<Int>]) {
        var text = "backend b\n  timeout connect 1s\n  timeout server 1s\n"
        var ranges: [Range<Int>] = []
        var line = 4
        for (index, single) in cases.enumerated() {
            let part = single.text(suffix: "-\(index)")
            let count = part.utf8.count { $0 == UInt8(ascii: "\n") }
            ranges.append(line..<(line + count))
            line += count
            text += part
        }
        return (text, ranges)
    }

    private func check(_ single: KeywordCase, in directory: String) throws {
        let verdict = try Oracle.check(single.text, in: directory, name: "h.cfg")
        let result = ConfigurationFile(single.text, file: "\(directory)/h.cfg").checked(
            surroundings: Oracle.surroundings
        )
        let ours = result.diagnostics.filter { $0.severity == .error }.map { Oracle.trimmed($0.message) }
        #expect(verdict.isAccepted == (single.verdict == .accepted), "\(single.testDescription): \(verdict.text)")
        #expect(ours.isEmpty == (single.verdict == .accepted), "\(single.testDescription): \(ours) \(verdict.text)")
        guard single.verdict == .refusedInSameWords else { return }
        let theirs = verdict.alerts.map(\.message)
        #expect(ours.contains { theirs.contains($0) }, "\(single.testDescription): \(ours) \(theirs)")
    }
}
