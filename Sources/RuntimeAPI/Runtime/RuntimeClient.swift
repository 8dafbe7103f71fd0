internal import Glibc
internal import Syscalls

/// Speaks HAProxy's runtime API: over a `stats socket`, or over a master socket to its current worker.
public struct RuntimeClient: Sendable {
    /// Where commands go in.
    public enum Entry: Sendable, Hashable {
        /// `stats socket PATH level admin` of the section `global`.
        case statsSocket(String)
        /// `-S PATH`; every command begins with `@1`.
        case masterSocket(String)

        public var path: String {
            switch self {
            case .statsSocket(let path), .masterSocket(let path): path
            }
        }
    }

    public let entry: Entry
    private let connection: MasterClient

    public init(_ entry: Entry, timeoutMilliseconds: Int = 10_000) {
        self.entry = entry
        connection = MasterClient(path: entry.path, timeoutMilliseconds: timeoutMilliseconds)
    }

    /// Sends one command and reads its answer.
    public func run<Command: RuntimeCommand>(_ command: Command) throws(RuntimeError) -> Command.Answer {
        let line = try command.line()
        let answer: String
        do throws(SystemError) {
            switch entry {
            case .statsSocket: answer = try connection.send(line)
            case .masterSocket: answer = try connection.send("@1 " + line, waitingForMaster: 1000)
            }
        } catch {
            throw .unreachable(error)
        }
        return try command.read(try Self.admitted(answer, line))
    }

    /// The answer without blank lines around it, unless it is one that any command can get.
    private static func admitted(_ answer: String, _ line: String) throws(RuntimeError) -> String {
        var text = answer[...]
        while text.first?.isNewline ?? false { text.removeFirst() }
        while text.last?.isNewline ?? false { text.removeLast() }
        if text.hasPrefix("Unknown command") {
            throw .unsupported("the proxy does not know the runtime command \"\(line)\"")
        }
        if text.hasPrefix("Can't find the target CLI") {
            throw .unreachable(SystemError(code: ESRCH, operation: "find the worker of the master socket"))
        }
        if text.hasPrefix("Permission denied") {
            throw .refused("the runtime socket is not of level admin: \(text.prefix { !$0.isNewline })")
        }
        return String(text)
    }
}
