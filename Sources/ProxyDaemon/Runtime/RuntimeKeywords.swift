/// All commands of a stats socket, a line for each family.
enum RuntimeKeywords {
    static let all: [RuntimeKeyword] =
        (SessionCommands.all
        + InformationCommands.all
        + StatisticsCommands.all
        + ServerStateCommands.all
        + ServerCommands.all
        + DynamicServerCommands.all
        + CheckCommands.all
        + FrontendCommands.all
        + LimitCommands.all
        + CounterCommands.all
        + SessionListCommands.all
        + EnvironmentCommands.all
        + AbsentCommands.all
        + VariableCommands.all
        + ProfilingCommands.all
        + ResolverCommands.all
        + TableCommands.all
        + EventCommands.all
        + PeersCommands.all
        + PatternCommands.all
        + QuarantineCommands.all
        + PageCommands.all)
        .sorted { $0.usage < $1.usage }

    /// The command that a line begins with, and the words behind it.
    static func find(_ words: [String]) -> (keyword: RuntimeKeyword, arguments: [String])? {
        // `show servers state` is not `show servers`.
        let found = all.filter { words.starts(with: $0.words) }.max { $0.words.count < $1.words.count }
        return found.map { ($0, Array(words.dropFirst($0.words.count))) }
    }
}
