internal import CLinux
internal import ProxyStatistics

/// What the counters of a frontend, a listener, a backend or a server come to. Of modules that layer 4 does not have (TLS,
/// HTTP) there are zeros where HAProxy has them.
extension StatisticsRow {
    typealias Traffic = UnsafeMutablePointer<TrafficCells>

    mutating func fill(frontend traffic: Traffic?, _ now: UInt64) {
        fillCommon(traffic)
        set(.dreq, traffic.count { $0.pointee.deniedRequests })
        set(.dresp, traffic.count { $0.pointee.deniedResponses })
        set(.ereq, traffic.count { $0.pointee.requestErrors })
        set(.rate, traffic.map { RateCells.read(&$0.pointee.sessionRate, now: now) } ?? 0)
        set(.rateMax, traffic.count { $0.pointee.sessionRate.most })
        set(.connRate, traffic.map { RateCells.read(&$0.pointee.connectionRate, now: now) } ?? 0)
        set(.connRateMax, traffic.count { $0.pointee.connectionRate.most })
        let sessions = traffic.map { clinux_atomic_load_wide(&$0.pointee.sessions) } ?? 0
        let refused =
            traffic.count { $0.pointee.deniedConnections } + traffic.count { $0.pointee.deniedSessions }
            + traffic.count { $0.pointee.lost }
        set(.connTot, sessions + UInt64(refused))
        set(.dcon, traffic.count { $0.pointee.deniedConnections })
        set(.dses, traffic.count { $0.pointee.deniedSessions })
        zero(Self.zerosOfFrontends)
    }

    mutating func fill(listener traffic: Traffic?) {
        fillCommon(traffic)
        set(.dreq, traffic.count { $0.pointee.deniedRequests })
        set(.dresp, traffic.count { $0.pointee.deniedResponses })
        set(.ereq, traffic.count { $0.pointee.requestErrors })
        set(.dcon, traffic.count { $0.pointee.deniedConnections })
        set(.dses, traffic.count { $0.pointee.deniedSessions })
        zero(Self.zerosOfListeners)
    }

    mutating func fill(backend traffic: Traffic?, _ now: UInt64) {
        fillCommon(traffic)
        fillServing(traffic, now)
        set(.dreq, traffic.count { $0.pointee.deniedRequests })
        set(.connect, traffic.count { $0.pointee.attempts })
        zero(Self.zerosOfBackends)
    }

    mutating func fill(server traffic: Traffic?, _ now: UInt64) {
        fillCommon(traffic)
        fillServing(traffic, now)
        let failed = traffic.count { $0.pointee.attempts }
        set(.connect, (traffic.map { clinux_atomic_load_wide(&$0.pointee.sessions) } ?? 0) &+ UInt64(failed))
        zero(Self.zerosOfServers)
    }

    private mutating func fillCommon(_ traffic: Traffic?) {
        set(.stot, traffic.map { clinux_atomic_load_wide(&$0.pointee.sessions) } ?? 0)
        set(.bin, traffic.map { clinux_atomic_load_wide(&$0.pointee.bytesIn) } ?? 0)
        set(.bout, traffic.map { clinux_atomic_load_wide(&$0.pointee.bytesOut) } ?? 0)
        set(.smax, traffic.count { $0.pointee.most })
    }

    /// What a backend and its servers have in common.
    private mutating func fillServing(_ traffic: Traffic?, _ now: UInt64) {
        set(.qmax, traffic.count { $0.pointee.queueMost })
        set(.dresp, traffic.count { $0.pointee.deniedResponses })
        set(.econ, traffic.count { $0.pointee.connectErrors })
        set(.eresp, traffic.count { $0.pointee.responseErrors })
        set(.wretr, traffic.count { $0.pointee.retries })
        set(.wredis, traffic.count { $0.pointee.redispatches })
        set(.cliAbrt, traffic.count { $0.pointee.clientAborts })
        set(.srvAbrt, traffic.count { $0.pointee.serverAborts })
        let chosen = traffic.count { $0.pointee.chosen }
        set(.lbtot, chosen)
        set(.rate, traffic.map { RateCells.read(&$0.pointee.sessionRate, now: now) } ?? 0)
        set(.rateMax, traffic.count { $0.pointee.sessionRate.most })
        let last = traffic.count { $0.pointee.lastSession }
        let second = UInt32(truncatingIfNeeded: now / 1000)
        set(.lastsess, last == 0 ? Int32(-1) : Int32(truncatingIfNeeded: Clock.seconds(since: last &- 1, at: second)))
        set(.qtime, TimeCells.average(traffic.count { $0.pointee.times.queue }, of: chosen))
        set(.ctime, TimeCells.average(traffic.count { $0.pointee.times.connect }, of: chosen))
        set(.ttime, TimeCells.average(traffic.count { $0.pointee.times.total }, of: chosen))
        set(.qtimeMax, traffic.count { $0.pointee.times.queueMost })
        set(.ctimeMax, traffic.count { $0.pointee.times.connectMost })
        set(.ttimeMax, traffic.count { $0.pointee.times.totalMost })
        zero(Self.zerosOfServing)
    }

    private static let modules: [StatisticsField] = [.sslSess, .sslReusedSess, .sslFailedHandshake]
    private static let httpModules: [StatisticsField] =
        (StatisticsField.h2HeadersRcvd.rawValue...StatisticsField.h1SplicedBytesOut.rawValue).compactMap {
            StatisticsField(rawValue: $0)
        }
    private static let zerosOfFrontends = StatisticsFields(
        [.reqRate, .reqRateMax, .reqTot, .compIn, .compOut, .compByp, .compRsp, .wrew, .eint] + modules + httpModules
    )
    private static let zerosOfListeners = StatisticsFields([.wrew, .eint] + modules)
    private static let zerosOfBackends = StatisticsFields(
        [.compIn, .compOut, .compByp, .compRsp, .aggServerStatus, .aggServerCheckStatus, .aggCheckStatus] + httpModules
    )
    /// Connections belong to one client: none is ever idle.
    private static let zerosOfServers = StatisticsFields([.srvIcur, .idleConnCur, .safeConnCur, .needConnEst])
    private static let zerosOfServing = StatisticsFields([.rtime, .rtimeMax, .wrew, .reuse, .eint] + modules)
}

extension Optional where Wrapped == UnsafeMutablePointer<TrafficCells> {
    /// A counter that threads may be changing; 0 if nothing was counted yet.
    @inline(__always)
    fileprivate func count(_ body: (UnsafeMutablePointer<TrafficCells>) -> UInt32) -> UInt32 { map(body) ?? 0 }
}

extension ListenAddress {
    /// The column `addr`.
    var statisticsText: String {
        switch place {
        case .endpoint(let endpoint): "\(endpoint)"
        case .path, .abstract: "unix"
        case .descriptor: "(error)"
        }
    }
}
