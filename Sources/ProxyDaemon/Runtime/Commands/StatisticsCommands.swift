internal import ProxyConfig
internal import ProxyEngine
internal import ProxyStatistics
internal import Syscalls

/// `show stat`, `show schema json`
enum StatisticsCommands {
    static let all = [
        RuntimeKeyword(
            "show stat",
            "show stat [desc|json|no-maint|typed|up]*",
            "report counters for each proxy and server",
            long: statistics
        )
    ]

    private static let options: Set<String> = ["desc", "json", "no-maint", "typed", "up"]

    /// `show stat [domain <dns|proxy>] [{<iid>|<proxy>} <type> <sid>] [typed|json] [desc] [up|no-maint]`
    private static func statistics(_ call: RuntimeCall) throws(SystemError) -> RuntimeOutput {
        var selection = StatisticsSelection()
        var words = call.arguments[...]
        if words.first == "domain" {
            guard words.dropFirst().first == "proxy" || words.dropFirst().first == "resolvers" else {
                return RuntimeOutput("Invalid statistics domain.\n")
            }
            // Names are not counted.
            if words.dropFirst().first == "resolvers" { return RuntimeOutput("\n") }
            words = words.dropFirst(2)
        }
        if words.count >= 3 {
            let given = Array(words.prefix(3))
            let (number, types, server) = (
                CNumber.int(given[0]), CNumber.int(given[1]), CNumber.int(given[2])
            )
            // The words that `show stat` itself knows are no names.
            if Int(given[1]) != nil || !given.contains(where: { Self.options.contains($0) }) {
                if number != 0 {
                    selection.proxy = number < 0 ? nil : "#\(number)"
                } else {
                    // By its number too.
                    let number = given[0].hasPrefix("#") ? UInt32(given[0].dropFirst()) : nil
                    let isKnown =
                        number.map { number in call.host.kept.sections.contains { $0.number == number } }
                        ?? (call.host.hasFrontend(given[0]) || call.host.hasBackend(given[0]))
                    guard isKnown else { return RuntimeOutput("No such proxy.\n") }
                    selection.proxy = given[0]
                }
                selection.types = types < 0 ? 15 : types
                selection.server = server < 0 ? nil : server
                words = words.dropFirst(3)
            }
        }
        let options = Set(words)
        selection.hidesDown = options.contains("up")
        selection.hidesMaintenance = options.contains("no-maint")
        selection.showsLegends = call.session.level.allows(.operator)
        let format: StatisticsFormat = options.contains("json") ? .json : options.contains("typed") ? .typed : .plain
        let describes = options.contains("desc")
        var output = RuntimeOutput(try StatisticsOutput(selection, format, describes: describes, call.host))
        if format == .json { output += "\n" }
        return output
    }
}
