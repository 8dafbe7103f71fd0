import Files
public import Glibc
import Syscalls

/// Runs a program and gives its standard output; a status other than 0 is an error that holds what it wrote.
@discardableResult
public func run(_ arguments: String..., input: String = "") throws -> String { try run(arguments, input: input) }

/// Runs a program and gives its standard output; a status other than 0 is an error that holds what it wrote.
@discardableResult
public func run(_ arguments: [String], input: String = "") throws -> String {
    let result = try Subprocess.run(arguments, input: Array(input.utf8))
    guard result.status == 0 else {
        throw ProgramFailed(arguments: arguments, status: result.status, text: result.errors + result.output)
    }
    return result.output
}

/// Whether a process that somebody else started has ended; its parent, often the machine's first process, may take its time
/// to hear of it.
public func hasEnded(_ pid: pid_t) -> Bool {
    if kill(pid, 0) != 0 { return true }
    let status = (try? AtomicFile.readText("/proc/\(pid)/stat")) ?? nil
    return status?.contains(") Z ") ?? true
}

public struct ProgramFailed: Error, CustomStringConvertible {
    public var arguments: [String]
    public var status: Int
    public var text: String

    public init(arguments: [String], status: Int, text: String) {
        self.arguments = arguments
        self.status = status
        self.text = text
    }

    public var description: String { "\(arguments.joined(separator: " ")): status \(status): \(text)" }
}
