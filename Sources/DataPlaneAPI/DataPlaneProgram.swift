internal import ArgumentParser
internal import Glibc

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
    /// Runs the command line; ends the process.
    public static func main() async -> Never {
        do {
            let command = try DataPlaneCommand.parse()
            try await command.run()
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

    private static func complain(_ words: String) {
        let bytes = Array((words + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }
}
