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
        errors(in: ConfigurationFile(text, file: file))
    }

    public func errors(in file: ConfigurationFile) -> [String] {
        let diagnostics = check.withLock { $0.result(of: file).diagnostics }
        return diagnostics.filter { $0.severity == .error }.map { $0.rendered }
    }
}
