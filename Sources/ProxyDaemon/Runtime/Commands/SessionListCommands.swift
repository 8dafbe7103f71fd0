internal import Addresses
internal import Glibc
internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// `show sess`, `shutdown session`
enum SessionListCommands {
    static let all = [
        RuntimeKeyword(
            "show sess",
            "show sess [id]",
            "report the list of current sessions or dump this exact session",
            level: .operator,
            show
        ),
        RuntimeKeyword("shutdown session", "shutdown session [id]", "kill a specific session", level: .admin, shut),
    ]

    private static func show(_ call: RuntimeCall) throws(SystemError) -> String {
        if call[0] == "all" { return try call.host.sessions().map { details($0) }.joined() }
        if let id = number(call[0]) {
            let found = try call.host.sessions(only: id)
            return found.isEmpty ? "Session not found.\n" : found.map { details($0) }.joined()
        }
        return try call.host.sessions().map { line($0) }.joined()
    }

    private static func shut(_ call: RuntimeCall) throws(SystemError) -> String {
        guard let id = number(call[0]) else { return "Session pointer expected (use 'show sess').\n" }
        let isDone = try call.host.ask(.shutSession(id)) == [1]
        return isDone ? "" : "No such session (use 'show sess').\n"
    }

    /// strtoul(3) with a base of its own; nil for what is no number, or 0.
    private static func number(_ text: String) -> UInt64? {
        let value = CNumber.unsigned(text)
        return value == 0 ? nil : value
    }

    // MARK: - Words

    private static func line(_ session: SessionReport) -> String {
        let expires = session.expires.map { age($0) } ?? ""
        let isThere = session.state == .relaying
        let client = "rq[f=\(isThere ? "848000" : "808000")h,i=0,an=00h,rx=\(isThere ? expires : ""),wx=,ax=]"
        let server = "rp[f=\(isThere ? "80048000" : "80008000")h,i=0,an=00h,rx=\(isThere ? expires : ""),wx=,ax=]"
        return "\(pointer(session.id)): proto=\(proto(session.source)) src=\(place(session.source, session.listener)) "
            + "fe=\(session.frontend) be=\(session.backend ?? "<NONE>") srv=\(session.server ?? "<none>") "
            + "ts=0\(session.thread) epoch=0 age=\(age(session.age)) calls=0 rate=0 cpu=0 lat=0 \(client) \(server) "
            + "scf=[8,0h,fd=\(session.clientDescriptor)] scb=[\(isThere ? 8 : 4),1h,fd=\(session.serverDescriptor)] "
            + "exp=\(expires) rc=\(session.retries) c_exp=\(session.state == .waiting ? expires : "")\n"
    }

    private static func details(_ session: SessionReport) -> String {
        let expires = session.expires.map { age($0) } ?? "<NEVER>"
        let isThere = session.state == .relaying
        let backend =
            session.backend.map { "\($0) (id=\(session.backendNumber) mode=tcp)" } ?? "<NONE> (id=-1 mode=-)"
        let server =
            session.server.map { name in
                "\(name) (id=\(session.serverNumber)) addr=\(session.serverAddress.map { "\($0)" } ?? "unix")"
            } ?? "<NONE> (id=-1)"
        return """
            \(pointer(session.id)): [\(date(session.acceptedAt))] id=\(session.id) proto=\(proto(session.source)) \
            source=\(place(session.source, session.listener))
              flags=0x0, conn_retries=\(session.retries), conn_exp=<NEVER> conn_et=0x000 srv_conn=(nil), \
            pend_pos=(nil) waiting=\(session.state == .queued ? 1 : 0) epoch=0
              frontend=\(session.frontend) (id=\(session.frontendNumber) mode=tcp), listener=? (id=\(session.listener)) \
            addr=\(session.destination.map { "\($0)" } ?? "unix")
              backend=\(backend)
              server=\(server)
              task=\(pointer(session.id)) (state=0x00 nice=0 calls=0 rate=0 exp=\(expires) tmask=0x1 age=\(age(session.age)))
              scf=\(pointer(session.id)) flags=0x00000000 state=EST fd=\(session.clientDescriptor)
              scb=\(pointer(session.id)) flags=0x00000001 state=\(isThere ? "EST" : "INI") fd=\(session.serverDescriptor)
              req=\(pointer(session.id)) (f=0x848000 an=0x0 pipe=0 tofwd=-1 total=\(session.bytesIn))
                  an_exp=<NEVER> rex=\(expires) wex=<NEVER>
              res=\(pointer(session.id)) (f=0x80048000 an=0x0 pipe=0 tofwd=-1 total=\(session.bytesOut))
                  an_exp=<NEVER> rex=\(expires) wex=<NEVER>

            """
    }

    private static func pointer(_ id: UInt64) -> String { "0x" + String(id, radix: 16) }

    private static func proto(_ source: Endpoint?) -> String {
        source.map { $0.address.family == .v4 ? "tcpv4" : "tcpv6" } ?? "unix_stream"
    }

    /// Without the brackets that HAProxy does not write either.
    private static func place(_ source: Endpoint?, _ listener: UInt32) -> String {
        source.map { "\($0.address):\($0.port)" } ?? "unix:\(listener)"
    }

    /// HAProxy's human_time: the two largest parts.
    private static func age(_ milliseconds: UInt64) -> String {
        let seconds = milliseconds / 1000
        if seconds >= 86400 { return "\(seconds / 86400)d\(seconds % 86400 / 3600)h" }
        if seconds >= 3600 { return "\(seconds / 3600)h\(seconds % 3600 / 60)m" }
        if seconds >= 60 { return seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds / 60)m\(seconds % 60)s" }
        return "\(seconds)s"
    }

    /// `22/Nov/2026:15:22:41.402488`
    private static func date(_ milliseconds: UInt64) -> String {
        var time = time_t(milliseconds / 1000)
        var parts = tm()
        localtime_r(&time, &parts)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ value: CInt) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let rest = "\(milliseconds % 1000)"
        return "\(two(parts.tm_mday))/\(months[Int(parts.tm_mon) % 12])/\(1900 + parts.tm_year):"
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))."
            + String(repeating: "0", count: 3 - rest.count) + rest + "000"
    }
}
