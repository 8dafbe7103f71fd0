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
}

/// Over the master socket of appliance-proxyd, or of HAProxy 2.7 and later.
public struct MasterReloader: Reloader {
    private let client: MasterClient
    /// For those who only ask whether it lives: they do not wait as long as for a reload.
    private let probe: MasterClient

    public init(path: String) {
        client = MasterClient(path: path, timeoutMilliseconds: 30_000)
        probe = MasterClient(path: path, timeoutMilliseconds: 2000)
    }

    public func reload() throws(SystemError) -> ReloadAnswer? { try client.reload() }

    public func isUp() -> Bool? { (try? probe.send("show proc")) != nil }
}

/// By a command of the shell, as `--reload-cmd` gives it. Its output is the answer.
public struct CommandReloader: Reloader {
    private let command: String

    public init(_ command: String) { self.command = command }

    public func reload() throws(SystemError) -> ReloadAnswer? {
        let result = try Subprocess.run(["/bin/sh", "-c", command])
        return ReloadAnswer(success: result.status == 0, text: result.output + result.errors)
    }

    public func isUp() -> Bool? { nil }
}

/// For a box whose proxy is not run by us: the file is all.
public struct NoReloader: Reloader {
    public init() {}
    public func reload() throws(SystemError) -> ReloadAnswer? { nil }
    public func isUp() -> Bool? { nil }
}
