import TestSupport

/// What a server of a test does with a connection.
enum ServerStep: Sendable {
    case say([UInt8])
    case hear
    /// Waits until the other end has gone.
    case hold
    case reset

    static func say(_ text: String) -> ServerStep { .say(Array(text.utf8)) }
}

/// Carries out a script with every connection, and closes it at the end.
func scriptedServer(_ steps: [ServerStep]) throws -> TestServer {
    try TestServer { connection in
        for step in steps {
            switch step {
            case .say(let bytes): try connection.send(bytes)
            case .hear: if try connection.receive().isEmpty { return }
            case .hold: while try !connection.receive().isEmpty {}
            case .reset: connection.resetOnClose()
            }
        }
    }
}
