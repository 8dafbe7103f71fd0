public import ProxyConfig

/// By the check of whoever reads the file: that of appliance-proxyd, or `haproxy -c` where HAProxy is behind the socket.
public struct BackendChecker: ConfigurationChecker {
    private let reloader: MasterReloader
    private let haproxy: HAProxyChecker
    private let model = ModelChecker()

    public init(_ reloader: MasterReloader, program: String) {
        self.reloader = reloader
        haproxy = HAProxyChecker(program: program)
    }

    public func errors(in text: String, file: String) -> [String] { current.errors(in: text, file: file) }

    public func errors(in file: ConfigurationFile) -> [String] { current.errors(in: file) }

    private var current: any ConfigurationChecker { reloader.isHAProxy ? haproxy : model }
}
