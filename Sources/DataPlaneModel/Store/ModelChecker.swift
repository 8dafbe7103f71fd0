internal import Diagnostics
public import ProxyConfig
internal import Synchronization

/// By the check that appliance-proxyd makes itself before it takes a configuration.
///
/// One checker for all commits: a commit pays for the sections that it changed since the last one that was right.
public final class ModelChecker: ConfigurationChecker {
    private let check = Mutex(RepeatedCheck())

    public init() {}

    public func errors(in text: String, file: String) -> [String] {
        Self.errors(ConfigurationFile(text, file: file).checked())
    }

    public func errors(in file: ConfigurationFile) -> [String] {
        let result = check.withLock { $0.result(of: file) }
        // A file that was changed still counts its lines as they were read: what is wrong is told of the text.
        return Self.errors(result).isEmpty ? [] : errors(in: file.text, file: file.file)
    }

    private static func errors(_ result: CheckResult) -> [String] {
        result.diagnostics.filter { $0.severity == .error }.map { $0.rendered }
    }
}
