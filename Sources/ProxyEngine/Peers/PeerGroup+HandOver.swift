internal import Glibc

// From one process to the next.
extension PeerGroup {
    /// So long somebody who listens is looked for; so long one is told anew who does not say that all has come.
    private static let longestSearch: UInt64 = 1000
    static let longestHandOver: UInt64 = 60000

    /// The process that this one replaces: it tells all that it knows without being asked.
    func welcomeFormer(_ session: PeerSession, now: UInt64) -> RemotePeer? {
        guard let local, local.session == nil else {
            session.say("\(PeerMessage.Status.tryAgain.rawValue)\n")
            return nil
        }
        local.session = session
        session.say("\(PeerMessage.Status.success.rawValue)\n")
        establish(local, session, now: now)
        // It ends with this, and need not hear what is new here.
        session.cursors = [:]
        session.isLearning = isIgnorant
        return local
    }

    /// See ``PeersService/handOver()``.
    func handOver(now: UInt64) {
        guard endingSince == nil else { return }
        endingSince = now
        local?.status = nil
        if listener >= 0 { close(listener) }
        listener = -1
        strangers = []
        for remote in parties { remote.lose(now: now, after: 0) }
        if local == nil || tables.isEmpty { endHandOver() }
    }

    /// Connects to who listens at this process's own address now. Nobody may: it ends without another one.
    func tendHandOver(now: UInt64) {
        guard !hasHandedOver, let endingSince, let local else { return }
        // Who only says that it is there does not keep this process.
        if endingSince + Self.longestHandOver <= now { return endHandOver() }
        if let session = local.session {
            let limit = session.state == .established ? Self.patience : Self.longestSearch
            if session.heardAt + limit <= now { local.lose(now: now, after: 0) }
            return
        }
        // Once one was there, it may be busy with another process, or have been interrupted; it may also not want us.
        let isWanted = [200, 300].contains(local.status)
        if !isWanted && endingSince + Self.longestSearch <= now || local.status ?? 0 > 500 {
            return endHandOver()
        }
        local.reconnectAt = min(local.reconnectAt, now + 50)
        guard local.reconnectAt <= now else { return }
        local.reconnectAt = now + 50
        let socket = PeerSockets.connect(to: local.peer.endpoint)
        if socket >= 0 { local.session = PeerSession(socket, .connecting, now: now) }
    }

    private func endHandOver() {
        hasHandedOver = true
        local?.session = nil
        forget()
    }

    /// The other side has got all that it was told.
    func hasTaught(_ session: PeerSession) {
        if endingSince != nil, session === local?.session { endHandOver() }
    }
}
