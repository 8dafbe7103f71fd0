internal import ProxyConfig
internal import Syscalls

/// `clear counters`
enum CounterCommands {
    static let all = [
        RuntimeKeyword(
            "clear counters",
            "clear counters [all]",
            "clear max statistics counters (or all counters)",
            level: .operator
        ) { call throws(SystemError) in
            let isAll = call[0] == "all"
            if isAll, !call.session.level.allows(.admin) { return "Permission denied\n" }
            _ = try call.host.ask(.clearCounters(all: isAll))
            return ""
        }
    ]
}
