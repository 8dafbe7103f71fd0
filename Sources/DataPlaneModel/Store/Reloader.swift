public import RuntimeAPI
public import Syscalls

/// Brings the file into effect.
public protocol Reloader: Sendable {
    /// Applies the configuration file; when it returns with success, the change is in effect.
    ///
    /// - Returns: The proxy's answer; nil if there is no proxy to tell.
    /// - Throws: When the proxy could not be asked.
    func reload() throws(SystemError) -> ReloadAnswer?

    /// Whether the proxy answers; nil if that cannot be told.
    func isUp() -> Bool?

    /// How long changes are gathered before one reload; nil where each is brought into effect at once.
    var delayMilliseconds: Int? { get }
}

extension Reloader {
    public var delayMilliseconds: Int? { nil }
}

/// By a command of the shell, as `--reload-cmd` gives it. Its output is the answer.
public struct CommandReloader: Reloader {
    private static let seconds = 60
    /// What timeout(1) exits with.
    private static let ranOut = 124

    private let command: String
    public let delayMilliseconds: Int?

    public init(_ command: String, delayMilliseconds: Int? = nil) {
        self.command = command
        self.delayMilliseconds = delayMilliseconds
    }

    public func reload() throws(SystemError) -> ReloadAnswer? {
        // Everybody who changes something waits for it.
        let limit = ["timeout", "--kill-after=5", "\(Self.seconds)"]
        let result = try Subprocess.run(limit + ["/bin/sh", "-c", command])
        let late = result.status == Self.ranOut ? "the command did not end within \(Self.seconds) seconds\n" : ""
        return ReloadAnswer(success: result.status == 0, text: late + result.output + result.errors)
    }

    public func isUp() -> Bool? { nil }
}

/// For a box whose proxy is not run by us: the file is all.
public struct NoReloader: Reloader {
    public init() {}
    public func reload() throws(SystemError) -> ReloadAnswer? { nil }
    public func isUp() -> Bool? { nil }
}
