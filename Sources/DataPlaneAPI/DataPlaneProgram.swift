internal import ArgumentParser
internal import Diagnostics
internal import Glibc
internal import Syscalls

/// Why the program ends: the words for standard error, and the exit status.
struct Failure: Error {
    var words: String
    var status: CInt

    /// EX_USAGE of sysexits(3).
    static func usage(_ words: String) -> Failure { Failure(words: words, status: 64) }
    /// EX_CONFIG of sysexits(3).
    static func configuration(_ words: String) -> Failure { Failure(words: words, status: 78) }
}

/// The whole of `appliance-dataplaned`.
public enum DataPlaneProgram {
    /// Where the original's settings are, if they are there.
    private static let settingsFile = "/etc/haproxy/dataplaneapi.yaml"

    /// Runs the command line; ends the process.
    ///
    /// The first thread waits here. That of an asynchronous `main` ends in dispatch_main(3), half gone: setuid(2) passes
    /// over it, and the process would be root's still.
    public static func main() -> Never {
        // Passwords pass through it, and the server's key lies in it.
        try? CoreDumps.forbid()
        Task.detached { await runCommandLine() }
        while true { pause() }
    }

    private static func runCommandLine() async -> Never {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            var command = try DataPlaneCommand.parse(arguments)
            var file: SettingsFile?
            let path = command.process.settingsFile ?? (access(settingsFile, F_OK) == 0 ? settingsFile : nil)
            if let path, !command.process.version {
                do throws(Diagnostic) {
                    let settings = try SettingsFile.read(path)
                    file = settings
                    command = try parsed(settings.arguments(before: arguments) + arguments, path)
                } catch {
                    throw Failure.configuration(error.rendered)
                }
            }
            try await command.run(file)
            exit(0)
        } catch let failure as Failure {
            complain("appliance-dataplaned: \(failure.words)")
            exit(failure.status)
        } catch {
            let status = DataPlaneCommand.exitCode(for: error)
            if status == .success || status == .validationFailure { DataPlaneCommand.exit(withError: error) }
            complain("appliance-dataplaned: \(error)")
            exit(1)
        }
    }

    private static func parsed(_ arguments: [String], _ path: String) throws(Diagnostic) -> DataPlaneCommand {
        do {
            return try DataPlaneCommand.parse(arguments)
        } catch {
            throw Diagnostic(file: path, DataPlaneCommand.message(for: error))
        }
    }

    private static func complain(_ words: String) {
        let bytes = Array((words + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }
}
