internal import DataPlaneModel
internal import Logging

/// Who changed what, from where: one line for each change of haproxy.cfg that took effect, whatever the log level.
struct AuditLog: Sendable {
    private let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    func log(_ change: ConfigurationChange, _ request: APIRequest, user: String, _ client: Client) {
        var metadata = metadata(request, user, client)
        metadata["version"] = "\(change.version)"
        metadata["diff"] = "\(text(change))"
        if request.path.count > 1, request.path[request.path.count - 2] == "transactions" {
            metadata["transaction"] = "\(request.path.last ?? "")"
        }
        logger.notice("configuration changed", metadata: metadata)
    }

    /// What was changed beside haproxy.cfg: the running process, a stored file, the appliance.
    func log(_ action: String, _ request: APIRequest, user: String, _ client: Client) {
        var metadata = metadata(request, user, client)
        metadata["action"] = "\(action)"
        logger.notice("changed", metadata: metadata)
    }

    private func metadata(_ request: APIRequest, _ user: String, _ client: Client) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "user": "\(user)",
            "from": "\(client.address.isEmpty ? "unix" : client.address)",
            "method": "\(request.method)",
            "path": "/\(request.path.joined(separator: "/"))",
        ]
        if let certificate = client.certificate { metadata["certificate"] = "\(certificate)" }
        return metadata
    }

    private func text(_ change: ConfigurationChange) -> String {
        let more = change.omitted > 0 ? ["and \(change.omitted) lines more"] : []
        return (change.lines + more).joined(separator: "\n")
    }
}
