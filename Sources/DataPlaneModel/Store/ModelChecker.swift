internal import Diagnostics
internal import ProxyConfig

/// By the check that appliance-proxyd makes itself before it takes a configuration.
public struct ModelChecker: ConfigurationChecker {
    public init() {}

    public func errors(in text: String, file: String) -> [String] {
        let diagnostics = ConfigurationFile(text, file: file).checked().diagnostics
        return diagnostics.filter { $0.severity == .error }.map { $0.rendered }
    }
}
