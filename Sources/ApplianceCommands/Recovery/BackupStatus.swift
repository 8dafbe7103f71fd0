internal import Recovery

/// What became of the newest recovery bundle; the names are those of `backup --json` and of `service.backup`.
struct BackupStatus: Codable {
    /// Where it is on the appliance.
    var file: String
    var name: String
    /// Seconds since 1970.
    var time: Int64
    var digest: String
    /// Whether it is nowhere but on the appliance's disk, and lost with it.
    var isOnlyHere: Bool
    /// Where it was brought to.
    var target: String?
    /// Why it was not.
    var failure: String?

    init(_ state: BackupStore.State, _ store: BackupStore) {
        file = store.place(of: state.name)
        name = state.name
        time = state.time
        digest = state.digest
        isOnlyHere = state.target == nil
        target = state.target
        failure = state.failure
    }

    enum CodingKeys: String, CodingKey {
        case file
        case name
        case time
        case digest
        case isOnlyHere = "only_here"
        case target
        case failure
    }

    /// nil before the first backup, and for whoever may not look.
    static func read(_ store: BackupStore) -> BackupStatus? {
        (try? store.state()).flatMap { $0 }.map { BackupStatus($0, store) }
    }

    /// `backup: 000012-20261121T235959Z.bundle, 20 s ago, brought to /mnt/backup`
    func line(now: Int64) -> String {
        let age = ServiceStatus.span(Int(now - time))
        let place = target.map { "brought to \($0)" } ?? "on this appliance's disk only: appliance-net backup says why"
        return "backup: \(name), \(age) ago, \(place)"
    }
}
