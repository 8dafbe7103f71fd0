internal import ProxyEngine

/// A snapshot as the master keeps it: as bytes. As values, thousands of services take ten times as much memory, and what
/// little is left of a long file keeps the pages of the rest from going back; a worker wants the bytes anyway.
struct KeptSnapshot: Sendable {
    let settings: EngineSettings
    let bytes: [UInt8]
    private let outlineBytes: [UInt8]

    init(_ snapshot: ProxySnapshot) {
        settings = snapshot.settings
        // Copies have no room to spare.
        bytes = snapshot.encoded().withUnsafeBytes { [UInt8]($0) }
        outlineBytes = snapshot.outline.encoded().withUnsafeBytes { [UInt8]($0) }
    }

    /// What the master itself needs.
    var outline: ProxySnapshot { (try? ProxySnapshot(encoded: outlineBytes)) ?? ProxySnapshot(settings: settings) }

    /// The whole.
    var snapshot: ProxySnapshot { (try? ProxySnapshot(encoded: bytes)) ?? outline }

    /// The same with a log elsewhere.
    func logging(to log: EngineSettings.LogTarget) -> KeptSnapshot {
        if settings.log == log { return self }
        var snapshot = snapshot
        snapshot.settings.log = log
        return KeptSnapshot(snapshot)
    }
}

extension ProxySnapshot {
    /// The settings, and of the frontends names and listeners.
    var outline: ProxySnapshot {
        ProxySnapshot(
            settings: settings,
            frontends: frontends.map { Frontend(name: $0.name, listeners: $0.listeners) }
        )
    }
}
