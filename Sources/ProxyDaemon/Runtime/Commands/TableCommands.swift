internal import ProxyConfig
internal import Syscalls

/// `show table`, `set table`, `clear table`
enum TableCommands {
    static let all = [
        keyword(
            .show,
            "show table",
            "show table <table> [<filter>]*",
            "report table usage stats or dump this table's contents (filter: data/key)"
        ),
        keyword(
            .set,
            "set table",
            "set table <table> key <k> [data.* <v>]*",
            "update or create a table entry's data"
        ),
        keyword(
            .clear,
            "clear table",
            "clear table <table> [<filter>]*",
            "remove an entry from a table (filter: data/key)"
        ),
    ]

    private static func keyword(
        _ action: TableCommand.Action,
        _ words: String,
        _ usage: String,
        _ meaning: String
    ) -> RuntimeKeyword {
        RuntimeKeyword(words, usage, meaning) { call throws(SystemError) in
            try TableCommand(action, call.arguments).answer(
                call.host.stickTables,
                call.host,
                isPrivileged: call.session.level.allows(.operator)
            )
        }
    }
}
