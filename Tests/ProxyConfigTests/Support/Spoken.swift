import Diagnostics
import Testing

@testable import ProxyConfig

/// What HAProxy and this check say of a file, line by line, without the pid.
enum Spoken {
    /// HAProxy's lines, and those that belong to them; without what it says of the whole at the end.
    static func theirs(_ verdict: Oracle.Verdict) -> [String] {
        var lines: [String] = []
        for line in verdict.text.split(separator: "\n") {
            guard line.hasPrefix("[") else {
                if line.hasPrefix("  "), let last = lines.popLast() { lines.append("\(last)\n\(line)") }
                continue
            }
            guard let start = line.firstRange(of: ") : ") else { continue }
            lines.append(bare(line[start.upperBound...]))
        }
        let ends = [
            "Error(s) found", "Fatal errors", "error encountered while", "haproxy version", "path to executable",
        ]
        return lines.filter { line in
            !ends.contains { line.hasPrefix($0) } && !line.contains(": unable to load ")
        }
    }

    /// Ours. What HAProxy says without a line is said with one here.
    static func ours(_ text: String, _ name: String, _ surroundings: Surroundings, besides theirs: [String]) -> [String]
    {
        let result = ConfigurationFile(text, file: name).checked(surroundings: surroundings)
        return result.diagnostics.filter { !$0.message.hasPrefix("accepted and not acted upon") }.map { diagnostic in
            let line = HAProxyForm.line(diagnostic, pid: 0)
            let rest = bare(line[(line.firstRange(of: ") : ")?.upperBound ?? line.startIndex)...])
            return theirs.contains(rest) || !theirs.contains(diagnostic.message) ? rest : diagnostic.message
        }
    }

    private static func bare(_ text: Substring) -> String {
        String(text.hasPrefix("config : ") ? text.dropFirst(9) : text)
    }

    /// Both say the same of the file, and take or refuse it both; says how many lines that were.
    static func compare(_ text: String, in directory: String, name: String) throws -> Int {
        let verdict = try Oracle.check(text, in: directory, name: name)
        var surroundings = Oracle.surroundings
        // Names of servers are looked up later.
        surroundings.resolveNow = surroundings.resolve
        surroundings.resolve = nil
        let path = "\(directory)/\(name)"
        let theirs = theirs(verdict)
        let ours = ours(text, path, surroundings, besides: theirs)
        #expect(ours.sorted() == theirs.sorted(), "\(text)")
        let result = ConfigurationFile(text, file: path).checked(surroundings: surroundings)
        #expect((result.model != nil) == verdict.isAccepted, "\(text)\n\(verdict.text)")
        return theirs.count
    }
}
