/// A line of `show info`, in HAProxy 2.6's order and by its name (management guide, 9.1); the raw value is its place, as the
/// typed format and JSON give it. What needs zlib has no place in Debian's HAProxy either.
public enum InformationField: Int, CaseIterable, Sendable {
    case product = 0
    case version
    case releaseDate
    case nbthread
    case nbproc
    case processNum
    case pid
    case uptime
    case uptimeSeconds
    case memmaxMegabytes
    case poolAllocMegabytes
    case poolUsedMegabytes
    case poolFailed
    case ulimitN
    case maxsock
    case maxconn
    case hardMaxconn
    case currConns
    case cumConns
    case cumReq
    case maxSslConns
    case currSslConns
    case cumSslConns
    case maxpipes
    case pipesUsed
    case pipesFree
    case connRate
    case connRateLimit
    case maxConnRate
    case sessRate
    case sessRateLimit
    case maxSessRate
    case sslRate
    case sslRateLimit
    case maxSslRate
    case sslFrontendKeyRate
    case sslFrontendMaxKeyRate
    case sslFrontendSessionReusePct
    case sslBackendKeyRate
    case sslBackendMaxKeyRate
    case sslCacheLookups
    case sslCacheMisses
    case compressBpsIn
    case compressBpsOut
    case compressBpsRateLim
    case tasks = 47
    case runQueue
    case idlePct
    case node
    case nodeDescription
    case stopping
    case jobs
    case unstoppableJobs
    case listeners
    case activePeers
    case connectedPeers
    case droppedLogs
    case busyPolling
    case failedResolutions
    case totalBytesOut
    case totalSplicdedBytesOut
    case bytesOutRate
    case debugCommandsIssued
    case cumRecvLogs
    case buildInfo
    case memmaxBytes
    case poolAllocBytes
    case poolUsedBytes
    case startTimeSeconds
    case tainted

    static let most = 72

    /// Its name in HAProxy's words: `Uptime_sec`.
    public var name: String { description.name }

    /// What it means, as `desc` says it.
    public var meaning: String { description.meaning }

    var description: FieldDescription { Self.descriptions[rawValue] ?? FieldDescription("", "MGP", .u32, "") }

    public func tag(asFloat: Bool) -> FieldTag {
        switch self {
        case .sslFrontendKeyRate where asFloat, .sslFrontendSessionReusePct where asFloat: FieldTag("MRP")
        default: description.tag
        }
    }

    /// `float` makes one of these.
    var isFloating: Bool {
        switch self {
        case .uptimeSeconds,
            .connRate,
            .sessRate,
            .sslRate,
            .sslFrontendKeyRate,
            .sslFrontendSessionReusePct,
            .sslBackendKeyRate,
            .compressBpsIn,
            .compressBpsOut,
            .startTimeSeconds:
            true
        default: false
        }
    }

    private static let descriptions: [FieldDescription?] = {
        var descriptions = [FieldDescription?](repeating: nil, count: most)
        for (field, description) in zip(allCases, inOrder) { descriptions[field.rawValue] = description }
        return descriptions
    }()
}
