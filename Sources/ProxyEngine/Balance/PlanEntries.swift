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
    /// 0 is no limit.
    var maxConnections: UInt32
    var maxSessionRate: UInt32
    /// Milliseconds; 0 is no limit.
    var clientTimeout: UInt32
    var clientFinTimeout: UInt32
    /// nil: nobody is told of its connections.
    var log: UnsafePointer<LogGroupEntry>?
    /// nil: of each that begins, in words of its own.
    var logFormat: UnsafePointer<LineFormatEntry>?
    var separatesErrors: Bool
    var omitsNormalLogs: Bool
    var logsEarly: Bool
    /// Told of when the server has answered.
    var logsOnConnect: Bool
    /// A format asks how many lines there were.
    var countsLines: Bool
    var dontLogNull: Bool
    var smartAccept: Bool
    /// A format asks for the number of a connection.
    var numbersConnections: Bool
    var resetsOnClose: Bool
    /// nil without `unique-id-format`.
    var uniqueID: UnsafePointer<LineFormatEntry>?
    /// In place of those of the log's group; nil for nearly all.
    var structuredData: UnsafePointer<LineFormatEntry>?
    var errorFormat: UnsafePointer<LineFormatEntry>?
    /// nil for nearly all: nothing of it asks for more than addresses.
    var connectionRules: UnsafePointer<ConnectionRulesEntry>?
    var countsContinuously: Bool
}

struct RuleEntry {
    var backend: UnsafePointer<BackendEntry>?
    /// In place of ``backend``: what its name is made of.
    var format: UnsafePointer<LineFormatEntry>?
    var condition: ConditionList
}

/// For whom a rule holds.
struct ConditionList {
    var start: UnsafePointer<ConditionEntry>
    /// 0: for everybody.
    var count: Int
    /// `unless`
    var isInverted = false
}

struct ConditionEntry {
    enum Kind: UInt8 {
        case destinationPort
        case sourcePort
        case source
        case destination
        case constant
        case sample
    }

    var kind: Kind
    var negated: Bool
    /// The last test of its condition; only named ACLs have more than one.
    var endsCondition: Bool
    /// The last condition of its alternative.
    var endsAlternative: Bool
    var ranges: UnsafePointer<RangeEntry>
    var rangeCount: Int
    /// Of a sample.
    var test: UnsafePointer<SampleTestEntry>?
}

/// Ports, or addresses of one family, from `low` to `high`.
struct RangeEntry: Equatable {
    var low: UInt128
    var high: UInt128
    /// 4 or 6 for addresses; 0 for ports.
    var family: UInt8
}

struct BackendEntry {
    var name: PlanText
    var servers: UnsafePointer<ServerEntry>
    var serverCount: Int
    var balance: UnsafeMutablePointer<BalanceState>
    var cells: UnsafeMutablePointer<BackendCells>
    /// `use-server`: conditions of each, and the server; nil for one that is not used.
    var serverRules: UnsafePointer<ServerRuleEntry>
    var serverRuleCount: Int
    /// Milliseconds; 0 is no limit.
    var connectTimeout: UInt32
    var serverTimeout: UInt32
    var serverFinTimeout: UInt32
    var tunnelTimeout: UInt32
    var queueTimeout: UInt32
    var retries: UInt8
    var abortsOnClose: Bool
    /// nil: nobody is told of its servers.
    var log: UnsafePointer<LogGroupEntry>?
    /// nil without `stick` rules.
    var stick: UnsafePointer<StickEntry>?
    /// nil for nearly all.
    var connectionRules: UnsafePointer<ConnectionRulesEntry>?
    /// `option redispatch`; 0: never.
    var redispatchInterval: Int32
    /// A client belongs to a server; otherwise one is as good as another.
    var isDeterministic: Bool
    /// When some wait, all that come wait behind them.
    var queuesFirst: Bool
    /// Ends of connections change the order of choices.
    var followsLoad: Bool
    var hashesSource: Bool
    /// `balance rdp-cookie`: nil for nearly all.
    var cookieHash: UnsafePointer<CookieHashEntry>?
}

/// What `balance rdp-cookie` hashes.
struct CookieHashEntry {
    /// Empty: whatever the cookie is called.
    var name: PlanText
    var function: Balance.HashFunction
}

struct ServerRuleEntry {
    var server: UnsafePointer<ServerEntry>?
    /// In place of ``server``: what its name is made of.
    var format: UnsafePointer<LineFormatEntry>?
    var condition: ConditionList
}

struct ServerEntry {
    var name: PlanText
    var address: SocketAddress
    var cells: UnsafeMutablePointer<ServerCells>
    /// nil for nearly all: a plain TCP connection to ``address``.
    var special: UnsafePointer<SpecialConnection>?
    /// `observe layer4`: failed connections in a row that ring the alarm; 0 counts none.
    var errorLimit: UInt32 = 0
}
