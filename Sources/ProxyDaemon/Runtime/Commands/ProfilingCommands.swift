internal import ProxyConfig

/// `set profiling`, `show profiling`: neither tasks nor memory are profiled here, and both say so as HAProxy does where it was
/// built without.
enum ProfilingCommands {
    static let all = [
        RuntimeKeyword(
            "set profiling",
            "set profiling <what> {auto|on|off}",
            "enable/disable resource profiling (tasks,memory)",
            level: .admin
        ) { call in
            switch (call[0], call[1]) {
            case ("memory", _): "Memory profiling not compiled in.\n"
            case ("tasks", "off"): ""
            case ("tasks", "on"), ("tasks", "auto"): "Task profiling not compiled in.\n"
            case ("tasks", _): "Expects 'on', 'auto', or 'off'.\n"
            default: "Expects either 'tasks' or 'memory'.\n"
            }
        },
        RuntimeKeyword(
            "show profiling",
            "show profiling [<what>|<#lines>|byaddr]*",
            "show profiling state (all,status,tasks,memory)",
            level: .admin
        ) { call in
            var parts: Set<String> = ["status", "tasks"]
            for word in call.arguments {
                switch word {
                case "all": parts = ["status", "tasks"]
                case "status", "tasks", "memory": parts = [word]
                case "byaddr": break
                // How many lines of what there is none of.
                case _ where word.utf8.first.map({ (48...57).contains($0) }) ?? false: break
                default:
                    return
                        "Expects either 'all', 'status', 'tasks', 'memory', 'byaddr' or a max number of output lines.\n"
                }
            }
            return (parts.contains("status") ? status : "") + (parts.contains("tasks") ? tasks : "")
        },
    ]

    private static let status = """
        Per-task CPU profiling              : off           # set profiling tasks {on|auto|off}
        Memory usage profiling              : off           # set profiling memory {on|off}

        """
    private static let tasks = """
        Tasks activity:
          function                      calls   cpu_tot   cpu_avg   lat_tot   lat_avg

        """
}
