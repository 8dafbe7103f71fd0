import Files
public import Syscalls

/// A page of docs/runbooks, executed from its text: what the page says is what the test does.
///
/// The fenced blocks that begin with `console` are the steps. In them a line that starts with `# ` or `$ ` is a command
/// (a `\` at its end, or `> ` in front of the next line, goes on with it); the lines below it are what it prints,
/// standard error too. `…` stands for any text in a line, a line of `…` alone for any number of lines, and
/// `<some name>` for a text that is the same wherever the name is: what was printed first, or what the test gave. A
/// command may have such names too.
///
/// Words behind `console` say where and how: `console control` runs at the node `control` (the others at `appliance`),
/// `console exit=2` ends with that status (the others with 0).
public struct Runbook: Sendable {
    public struct Step: Sendable, Hashable {
        /// Of its command, counted from 1.
        public var line: Int
        /// The heading that it is below.
        public var section: String
        public var node: String
        /// The expected exit status.
        public var status: Int
        public var command: String
        public var expected: [String]
    }

    /// For messages.
    public let file: String
    public let steps: [Step]

    /// Reads `docs/runbooks/NAME.md`.
    public init(_ name: String) throws {
        let tests = #filePath.dropLast("/TestSupport/Runbooks/Runbook.swift".count)
        let repository = tests.dropLast("/Tests".count)
        let path = "docs/runbooks/\(name).md"
        try self.init(text: try AtomicFile.readText(repository + "/" + path) ?? "", file: path)
    }

    public init(text: String, file: String) throws {
        self.file = file
        steps = try RunbookReader.read(text, file: file)
    }

    /// Executes every step in order, and throws ``RunbookMismatch`` at the first that does not do what the page says.
    ///
    /// - Parameters:
    ///   - values: What the names in `<…>` stand for, as far as the test knows it.
    ///   - run: Runs a program where the step says and gives its output. A test may do things of its own before and
    ///     after: what happens around the appliance.
    /// - Returns: What every name stood for.
    @discardableResult
    public func execute(
        _ values: [String: String] = [:],
        _ run: (Step, [String]) throws -> Subprocess.Result
    ) throws -> [String: String] {
        guard !steps.isEmpty else { throw RunbookMismatch(place: file, problem: "it has no step") }
        var values = values
        for step in steps {
            let command = RunbookPattern.replacing(step.command, by: values)
            let result = try run(step, ["bash", "-o", "pipefail", "-c", "exec 2>&1\n" + command])
            let printed = RunbookPattern.lines(result.output + result.errors)
            guard result.status == step.status else {
                throw mismatch(step, command, "it ended with status \(result.status), not \(step.status)", printed)
            }
            guard let found = RunbookPattern.match(step.expected, printed, values) else {
                throw mismatch(step, command, "it printed something else", printed)
            }
            values = found
        }
        return values
    }

    private func mismatch(_ step: Step, _ command: String, _ problem: String, _ printed: [String]) -> RunbookMismatch {
        let expected = step.expected.map { "    " + $0 }.joined(separator: "\n")
        let printed = printed.map { "    " + $0 }.joined(separator: "\n")
        return RunbookMismatch(
            place: "\(file):\(step.line)",
            problem: "\(command)\n  \(problem)\n  expected:\n\(expected)\n  printed:\n\(printed)"
        )
    }
}

/// A step of a runbook that did something else than its page says.
public struct RunbookMismatch: Error, CustomStringConvertible {
    public var place: String
    public var problem: String

    public var description: String { "\(place): \(problem)" }
}
