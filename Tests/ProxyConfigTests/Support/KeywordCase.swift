import Glibc
import Testing

/// One line of `Tests/Fixtures/haproxy/keywords`: a line of a configuration and what HAProxy 2.6 says of it.
///
/// The files were written by asking HAProxy; it is asked again when the tests run. `@name` chooses the section that the
/// lines below stand in. A line starts with `+` if it is accepted, with `-` if it is refused and we say so in HAProxy's
/// words, with `~` if it is refused in words of our own. `\n` in a line starts another one.
struct KeywordCase: CustomTestStringConvertible {
    enum Verdict: Character {
        case accepted = "+"
        case refusedInSameWords = "-"
        case refused = "~"
    }

    var verdict: Verdict
    var context: String
    var line: String

    var testDescription: String { "\(context): \(line)" }

    /// The configuration that the line is checked in.
    var text: String { text(suffix: "") }

    /// With names of its own, so that many can stand in one file.
    func text(suffix: String) -> String {
        let line = line.replacing("\\n", with: "\n")
        let times = "  timeout connect 1s\n  timeout server 1s\n"
        let frontend = "  timeout client 1s\n  bind 127.0.0.1:80\n  \(line)\n"
        let tail = suffix.isEmpty ? "backend b\n" + times : ""
        switch context {
        case "raw": return line + "\n"
        case "global": return "global\n  \(line)\n"
        case "bind": return "frontend f\(suffix)\n  mode tcp\n  timeout client 1s\n  bind \(line)\n"
        case "server": return "backend b\(suffix)\n  mode tcp\n\(times)  server s 1.1.1.1:80 \(line)\n"
        case "defaults": return "defaults\n  mode tcp\n  \(line)\n"
        case "frontend": return "frontend f\(suffix)\n  mode tcp\n" + frontend + tail
        case "backend": return "backend b\(suffix)\n  mode tcp\n\(times)  \(line)\n"
        case "http-frontend":
            return "frontend f\(suffix)\n  mode http\n" + frontend + tail.replacing("b\n", with: "b\n  mode http\n")
        case "http-backend": return "backend b\(suffix)\n  mode http\n\(times)  \(line)\n"
        case let section: return "\(section) x\(suffix)\n  \(line)\n"
        }
    }

    static func cases(of name: String) throws -> [KeywordCase] {
        var context = "raw"
        var cases: [KeywordCase] = []
        for line in try Fixture.lines("keywords/\(name).txt") {
            if line.hasPrefix("@") {
                context = String(line.dropFirst())
            } else if let first = line.first, let verdict = Verdict(rawValue: first) {
                cases.append(KeywordCase(verdict: verdict, context: context, line: String(line.dropFirst(2))))
            }
        }
        return cases
    }
}
