internal import Diagnostics
internal import ArgumentParser
internal import NetworkHistory

/// `appliance-net history`: what was changed, when and by whom.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the generations of the network, or show what one of them changed.",
        discussion: "Times are UTC. With ID: the operations on the network, and the difference of the files."
    )

    @Argument(help: "The generation to show.")
    var id: Int?

    @OptionGroup var options: RootOptions

    func run() throws {
        try NetworkCommand.guarded { () throws -> ExitStatus in
            let store = GenerationStore(options.directory)
            let (all, damaged) = try store.allAndDamaged()
            for reason in damaged { Console.say(reason) }
            if let pending = try Applier(options.directory).pending() {
                Console.say("generation \(pending.generation.id) is not confirmed yet")
            }
            if let id {
                try show(store.generation(id), after: all.last { $0.id < id && $0.isInEffect })
            } else {
                try list(all)
            }
            return .ok
        }
    }

    private func list(_ all: [Generation]) throws {
        if options.json { return try Console.json(all.map { GenerationJSON($0) }) }
        for generation in all { Console.data(Self.line(generation)) }
        if all.isEmpty { Console.say("nothing was applied yet") }
    }

    private func show(_ generation: Generation, after former: Generation?) throws {
        let files = generation.files.difference(from: former?.files)
        if options.json {
            var value = GenerationJSON(generation)
            value.operations = Self.lines(generation)
            value.files = files
            return try Console.json(value)
        }
        Console.data(Self.line(generation))
        for line in Self.lines(generation) { Console.data(line) }
        for line in files { Console.data(line) }
    }

    private static func lines(_ generation: Generation) -> [String] {
        generation.changes.flatMap { [$0.description] + ($0.lines ?? []).map { "    " + $0 } }
    }

    /// `  12  2026-11-21 12:40:35  try       confirmed  7 changes`
    private static func line(_ generation: Generation) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.utf8.count))
        }
        let id = String(generation.id)
        let count = generation.changes.count
        return [
            String(repeating: " ", count: max(0, 4 - id.utf8.count)) + id,
            UTCTime(generation.time).description,
            padded(generation.origin.rawValue, 9),
            padded(generation.outcome.rawValue, 11),
            "\(count) change\(count == 1 ? "" : "s")"
                + (generation.restores.map { ", back to generation \($0)" } ?? "")
                + (generation.source.map { ", from \($0)" } ?? ""),
        ].joined(separator: "  ")
    }
}

/// One generation as `--json` shows it; `operations` and `files` only where one is asked for.
struct GenerationJSON: Encodable {
    var id: Int
    /// RFC 3339, UTC.
    var time: String
    var origin: String
    var outcome: String
    var restores: Int?
    /// What was restored.
    var source: String?
    var changes: Int
    var operations: [String]?
    var files: [String]?

    init(_ generation: Generation) {
        id = generation.id
        time = UTCTime(generation.time).rfc3339
        origin = generation.origin.rawValue
        outcome = generation.outcome.rawValue
        restores = generation.restores
        source = generation.source
        changes = generation.changes.count
    }
}
