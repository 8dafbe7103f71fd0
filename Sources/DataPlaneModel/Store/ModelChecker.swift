internal import Diagnostics
public import ProxyConfig

/// By the check that appliance-proxyd makes itself before it takes a configuration.
public struct ModelChecker: ConfigurationChecker {
    public init() {}

    public func errors(in text: String, file: String) -> [String] {
        Self.errors(ConfigurationFile(text, file: file))
    }

    public func errors(in file: ConfigurationFile) -> [String] {
        // A file that was changed still counts its lines as they were read: what is wrong is told of the text.
        Self.errors(file).isEmpty ? [] : errors(in: file.text, file: file.file)
    }

    private static func errors(_ file: ConfigurationFile) -> [String] {
        file.checked().diagnostics.filter { $0.severity == .error }.map { $0.rendered }
    }
}
