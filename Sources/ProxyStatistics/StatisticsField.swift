/// A column of `show stat`, in HAProxy 2.6's order and by its name (management guide, 9.1); the raw value is its place, as
/// the typed format and JSON give it.
@frozen
public enum StatisticsField: Int, CaseIterable, Sendable {
    case pxname
    case svname
    case qcur
    case qmax
    case scur
    case smax
    case slim
    case stot
    case bin
    case bout
    case dreq
    case dresp
    case ereq
    case econ
    case eresp
    case wretr
    case wredis
    case status
    case weight
    case act
    case bck
    case chkfail
    case chkdown
    case lastchg
    case downtime
    case qlimit
    case pid
    case iid
    case sid
    case throttle
    case lbtot
    case tracked
    case type
    case rate
    case rateLim
    case rateMax
    case checkStatus
    case checkCode
    case checkDuration
    case hrsp1xx
    case hrsp2xx
    case hrsp3xx
    case hrsp4xx
    case hrsp5xx
    case hrspOther
    case hanafail
    case reqRate
    case reqRateMax
    case reqTot
    case cliAbrt
    case srvAbrt
    case compIn
    case compOut
    case compByp
    case compRsp
    case lastsess
    case lastChk
    case lastAgt
    case qtime
    case ctime
    case rtime
    case ttime
    case agentStatus
    case agentCode
    case agentDuration
    case checkDesc
    case agentDesc
    case checkRise
    case checkFall
    case checkHealth
    case agentRise
    case agentFall
    case agentHealth
    case addr
    case cookie
    case mode
    case algo
    case connRate
    case connRateMax
    case connTot
    case intercepted
    case dcon
    case dses
    case wrew
    case connect
    case reuse
    case cacheLookups
    case cacheHits
    case srvIcur
    case srcIlim
    case qtimeMax
    case ctimeMax
    case rtimeMax
    case ttimeMax
    case eint
    case idleConnCur
    case safeConnCur
    case usedConnCur
    case needConnEst
    case uweight
    case aggServerStatus
    case aggServerCheckStatus
    case aggCheckStatus
    case sslSess
    case sslReusedSess
    case sslFailedHandshake
    case h2HeadersRcvd
    case h2DataRcvd
    case h2SettingsRcvd
    case h2RstStreamRcvd
    case h2GoawayRcvd
    case h2DetectedConnProtocolErrors
    case h2DetectedStrmProtocolErrors
    case h2RstStreamResp
    case h2GoawayResp
    case h2OpenConnections
    case h2BackendOpenStreams
    case h2TotalConnections
    case h2BackendTotalStreams
    case h1OpenConnections
    case h1OpenStreams
    case h1TotalConnections
    case h1TotalStreams
    case h1BytesIn
    case h1BytesOut
    case h1SplicedBytesIn
    case h1SplicedBytesOut

    public static let count = allCases.count

    /// CSV has a column `-` behind this one: what follows it are the columns of modules (TLS, HTTP/2, HTTP/1).
    static let lastOfProxies = StatisticsField.aggCheckStatus

    /// Its name in HAProxy's words: `agg_check_status`.
    public var name: String { description.name }

    /// What it means, as `desc` says it.
    public var meaning: String { description.meaning }

    /// What it is on a row of this kind.
    public func tag(on kind: StatisticsRow.Kind) -> FieldTag {
        switch (self, kind) {
        case (.rate, .backend), (.rateMax, .backend), (.act, .backend), (.bck, .backend): FieldTag("MGP")
        default: description.tag
        }
    }

    /// Its place as a bit.
    @inlinable
    @inline(__always)
    var bit: UInt128 { 1 << UInt128(truncatingIfNeeded: rawValue) }

    var type: NumberType? { description.type }

    var description: FieldDescription { Self.descriptions[rawValue] }
}
