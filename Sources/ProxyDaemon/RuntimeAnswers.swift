internal import ProxyConfig
internal import ProxyEngine
internal import RuntimeAPI

/// What a stats socket answers: what a take-over needs, and who we are.
enum RuntimeAnswers {
    static let help = """
        The following commands are valid at this level:
          help                                    : this message
          show info                               : who this process is
          show quarantine                         : show binds that do not serve, and why

        """

    /// - Parameters:
    ///   - process: The one that serves.
    ///   - startedAt: Milliseconds of the monotonic clock, as `now`.
    static func answer<Target>(
        _ line: String,
        _ door: CommandDoor,
        _ controller: borrowing Controller<Target>,
        process: Int32,
        startedAt: UInt64,
        now: UInt64
    ) -> CommandAnswer {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == ";" })
        if words == [Substring(ListenerTransfer.command)] {
            switch door {
            case .master, .stats(_, exposesListeners: true): return .listeners(controller.book.listeners)
            // As HAProxy: not even a number.
            case .stats: return .text("")
            }
        }
        if words == ["show", "info"] {
            let uptime = (now - startedAt) / 1000
            let settings = controller.settings
            return .text(
                """
                Name: HAProxy
                Version: \(Talk.version)
                Nbthread: \(settings.threads)
                Nbproc: 1
                Process_num: 1
                Pid: \(process)
                Uptime: \(uptime / 86400)d \(uptime / 3600 % 24)h\(uptime / 60 % 60)m\(uptime % 60)s
                Uptime_sec: \(uptime)
                Maxconn: \(settings.maxConnections)

                """
            )
        }
        if words == ["show", "quarantine"] {
            return .text(controller.quarantineLines.map { $0 + "\n" }.joined())
        }
        if words.isEmpty || words == ["help"] { return .text(help) }
        let shown = String(line.prefix(200).filter { !$0.isNewline })
        return .text("Unknown command: '\(shown)', but maybe one of the following ones is a better match:\n\(help)")
    }
}
