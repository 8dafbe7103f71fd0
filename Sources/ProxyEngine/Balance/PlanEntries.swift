// The compiled form of a snapshot: plain structs in one thread-shared, never changing piece of memory. Pointers instead
// of arrays and strings, so that the data path neither counts references nor checks bounds.

/// Text in the plan's memory.
struct PlanText {
    var start: UnsafePointer<UInt8>
    var count: Int
}

struct FrontendEntry {
    var name: PlanText
    var rules: UnsafePointer<RuleEntry>
    var ruleCount: Int
    /// nil: no backend.
    var defaultBackend: UnsafePointer<BackendEntry>?
    var cells: UnsafeMutablePointer<FrontendCells>
    /// Milliseconds; 0 is no limit.
    var clientTimeout: UInt32
    var clientFinTimeout: UInt32
    var tcpLog: Bool
    var dontLogNull: Bool
    var smartAccept: Bool
    /// nil without `unique-id-format`.
    var uniqueID: UnsafePointer<UniqueIDEntry>?
}

struct RuleEntry {
    var backend: UnsafePointer<BackendEntry>?
    var conditions: UnsafePointer<ConditionEntry>
    /// 0: always matches.
    var conditionCount: Int
}

struct ConditionEntry {
    enum Kind: UInt8 {
        case destinationPort
        case sourcePort
        case source
        case destination
        case constant
    }

    var kind: Kind
    var negated: Bool
    /// The last condition of its alternative.
    var endsAlternative: Bool
    var ranges: UnsafePointer<RangeEntry>
    var rangeCount: Int
}

/// Ports, or addresses of one family, from `low` to `high`.
struct RangeEntry {
    var low: UInt128
    var high: UInt128
    /// 4 or 6 for addresses; 0 for ports.
    var family: UInt8
}

struct BackendEntry {
    var name: PlanText
    var servers: UnsafePointer<ServerEntry>
    var serverCount: Int
    var schedule: UnsafePointer<UInt16>
    var scheduleCount: Int
    var backupSchedule: UnsafePointer<UInt16>
    var backupScheduleCount: Int
    var cells: UnsafeMutablePointer<BackendCells>
    /// Milliseconds; 0 is no limit.
    var connectTimeout: UInt32
    var serverTimeout: UInt32
    var serverFinTimeout: UInt32
    var tunnelTimeout: UInt32
    var retries: UInt8
    var abortsOnClose: Bool
    /// nil without `stick` rules.
    var stick: UnsafePointer<StickEntry>?
}

struct ServerEntry {
    var name: PlanText
    var address: SocketAddress
    var cells: UnsafeMutablePointer<ServerCells>
    /// nil for nearly all: a plain TCP connection to ``address``.
    var special: UnsafePointer<SpecialConnection>?
}
