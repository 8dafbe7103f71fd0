internal import Glibc
internal import ProxyConfig

/// The environment variables that a configuration may name and nobody need set (configuration manual, section 2.3).
struct PredefinedVariables: Sendable {
    private let values: [String: String]

    init(_ options: CommandLineOptions, files: [String]) {
        var values = [
            "HAPROXY_CFGFILES": files.joined(separator: ";"),
            "HAPROXY_LOCALPEER": options.localPeer ?? Self.hostName,
            "HAPROXY_STARTUP_VERSION": Talk.version,
        ]
        if options.masterWorker { values["HAPROXY_MWORKER"] = "1" }
        values["HAPROXY_MASTER_CLI"] = options.masterSocketPlace?.withFamily
        self.values = values
    }

    /// Programs get them too.
    func export(stats: String) {
        for (name, value) in values { setenv(name, value, 1) }
        setenv("HAPROXY_CLI", stats, 1)
    }

    subscript(name: String) -> String? { values[name] }

    private static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
