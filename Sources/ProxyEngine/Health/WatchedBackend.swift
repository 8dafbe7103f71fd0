internal import HealthChecks

/// What the checks of a backend's servers share.
final class WatchedBackend: Sendable {
    let name: String
    /// What a check does.
    let program: CheckProgram
    /// Milliseconds; nil is no limit of its own.
    let connectTimeout: UInt32?
    let checkTimeout: UInt32?
    let logsState: Bool
    let logsChecks: Bool
    /// The servers that can take connections.
    let members: [Member]

    private let definition: CheckDefinition

    struct Member: Sendable {
        var isBackup: Bool
        var cells: Shared<ServerCells>
    }

    /// - Parameters:
    ///   - cells: Of its servers, in order.
    ///   - other: Lends its program if it does the same.
    init(_ backend: Backend, _ cells: [Shared<ServerCells>], like other: WatchedBackend?) {
        name = backend.name
        definition = backend.check
        // What cannot be followed was said when the configuration was read.
        program =
            other.flatMap { $0.definition == backend.check ? $0.program : nil }
            ?? (try? CheckProgram(backend.check)) ?? .connect
        connectTimeout = backend.connectTimeout
        checkTimeout = backend.checkTimeout
        logsState = backend.logsState
        logsChecks = backend.logsChecks
        members = zip(backend.servers, cells).compactMap { server, cells in
            server.isDisabled || server.weight == 0 ? nil : Member(isBackup: server.isBackup, cells: cells)
        }
    }
}
