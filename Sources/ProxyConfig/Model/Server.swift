public import Addresses
public import Diagnostics

/// One `server` line, with what `default-server` says resolved into it.
public struct Server: Sendable, Hashable {
    /// The header that tells a server who the client is.
    public enum ProxyHeader: Sendable, Hashable {
        case none
        case v1
        case v2
    }

    /// What happens when connections of clients fail too often in a row.
    public enum ErrorReaction: String, Sendable, Hashable {
        case fastInterval = "fastinter"
        case failCheck = "fail-check"
        case suddenDeath = "sudden-death"
        case markDown = "mark-down"
    }

    public var name: String
    /// Without a port it is the client's destination port, moved by ``portOffset``.
    public var address: SocketAddress
    /// `+10` or `-10` in place of a port.
    public var portOffset = 0
    /// 0-256; 0 takes no new connections.
    public var weight = 1
    public var isChecked = false
    /// Milliseconds between checks: of a server that is up or down, in transition, and down.
    public var interval = 2000
    public var fastInterval: Int?
    public var downInterval: Int?
    /// Failed checks that make a server down, passed checks that make it up.
    public var fall = 3
    public var rise = 2
    public var checkPort: UInt16?
    /// The port behind `addr`, which counts where there is no ``checkPort``.
    public var checkAddressPort: UInt16?
    public var checkAddress: IPAddress?
    /// `addr`, `agent-addr`: the names that their addresses come from, until those are known.
    public var checkName: String?
    public var agentName: String?
    /// A unix socket to check instead; of the abstract namespace with an `@` before its name.
    public var checkPath: String?
    public var checksTLS = false
    public var checkSendsProxy = false
    /// `check-sni`, `check-alpn`
    public var checkServerName: String?
    public var checkProtocols: String?
    /// `agent-check` with its port, address, interval in milliseconds, and what it is sent.
    public var isAgentChecked = false
    public var agentPort: UInt16?
    public var agentAddress: IPAddress?
    public var agentInterval: Int?
    public var agentQuestion: String?
    public var maxConnections: Int?
    public var minConnections: Int?
    public var maxQueue: Int?
    public var isBackup = false
    /// `disabled`: starts in maintenance.
    public var isDisabled = false
    public var sendsProxy = ProxyHeader.none
    /// `proxy-v2-options`; `send-proxy-v2-ssl` is `ssl` here.
    public var proxyOptions: Set<String> = []
    /// Milliseconds in which a server that came up takes its full share.
    public var slowStart: Int?
    /// `on-marked-down shutdown-sessions`
    public var shutsSessionsWhenDown = false
    /// `on-marked-up shutdown-backup-sessions`
    public var shutsBackupSessionsWhenUp = false
    /// `observe layer4`
    public var observesLayer4 = false
    public var errorLimit = 10
    /// `on-error`: what enough errors in a row lead to.
    public var onError = ErrorReaction.failCheck
    /// `source`: the address that connections come from.
    public var source: ConnectionSource?
    /// `track [backend/]server`: whose health this server shares.
    public var track: String?
    /// `non-stick`: no stick table learns it.
    public var isNeverStuckTo = false
    public var id: Int?
    /// `resolvers`: the section that says who is asked for the address while the proxy runs.
    public var resolvers: String?
    /// The name that ``address`` comes from, if `resolvers` follow it.
    public var followedName: String?
    /// `cookie`: statistics tell of it.
    public var cookie: String?
    /// The name that ``address`` comes from.
    public var hostName: String?
    /// `resolve-prefer ipv4`
    public var prefersIPv4 = false
    /// `init-addr`: where the address comes from at the start, in order.
    public var initialAddresses = ["last", "libc"]
    /// `tcp-ut`, milliseconds.
    public var tcpUserTimeout: Int?
    /// Traffic to the server is encrypted.
    public var usesTLS = false
    /// `verify none`, or a CA file to verify with.
    public var verifiesNothing = false
    /// There is a `verify`: the default of the process does not matter.
    var saysVerify = false
    public var caFile: String?
    /// The options of the line that are known and not acted upon.
    public var ignoredOptions: [String] = []
    /// Why the server is not used although the configuration is right.
    public var quarantine: String?
    /// The line counts from the header of the section, which is 0: what stands above is of no account.
    public var position: SourcePosition

    public init(name: String, address: SocketAddress, position: SourcePosition) {
        self.name = name
        self.address = address
        self.position = position
    }
}
