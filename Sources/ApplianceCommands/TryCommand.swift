internal import ArgumentParser
internal import Diagnostics
internal import Files
internal import Glibc
internal import NetworkHistory
internal import NetworkState
internal import Syscalls

/// `appliance-net try`: apply, and take it back unless somebody confirms.
struct TryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try",
        abstract: "Apply, and take it back unless it is confirmed in time.",
        discussion: """
            The way back is on disk before the first change, and a process of its own guards it: a lost SSH session, a \
            killed process and a reboot all end in the former state.
            """
    )

    @Option(name: .long, help: ArgumentHelp("Take it back after so many seconds.", valueName: "seconds"))
    var timeout = 120

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Put the files that are under DIR (DIR/etc/vmware/…) in place for the try.",
            valueName: "dir"
        )
    )
    var from: String?

    @OptionGroup var options: RootOptions

    func validate() throws {
        guard (1...86400).contains(timeout) else { throw ValidationError("--timeout is 1 to 86400 seconds.") }
        if let from, RootOptions.isDirectory(from) != true {
            throw ValidationError("--from: there is no directory \(from).")
        }
    }

    func run() throws {
        try NetworkCommand.guarded(json: options.json) { () throws -> ExitStatus in
            let applier = Applier(options.directory)
            var guardian: GuardianProcess?
            let trial = try applier.try(timeout: timeout, candidate: try candidate()) {
                guardian = try GuardianProcess.start(for: $0, root: options.directory)
            }
            guard let trial else {
                let problems = try applier.problems(try candidate())
                if options.json { try Console.json(Result(nil, problems)) }
                NetworkCommand.say(problems)
                Console.say(NetworkCommand.nothing(problems))
                return problems.isEmpty ? .ok : .failed
            }
            NetworkCommand.say(trial.applied)
            if options.json {
                try Console.json(Result(trial))
            } else {
                for operation in trial.applied.result.operations { Console.data(operation.description) }
            }
            NetworkCommand.say(trial.applied.result.problems)
            Console.say(
                "generation \(trial.id) is taken back in \(timeout) s unless you confirm it: appliance-net confirm"
            )
            guard !options.json, isatty(STDIN_FILENO) == 1, let guardian else { return .ok }
            return try wait(applier, trial.id, guardian)
        }
    }

    private func candidate() throws -> ConfigurationFiles? {
        guard let from else { return nil }
        let files = try ConfigurationFiles.read(Root(from))
        guard files.entries.contains(where: { $0.content != nil }) else {
            let names = ConfigurationFiles.paths.map { from + $0 }.joined(separator: ", ")
            throw DiagnosticsError([
                Diagnostic(file: from, "there is nothing to try", remedy: "put one of these there: \(names)")
            ])
        }
        return files
    }

    /// On a terminal: Enter confirms as well, and the end is told.
    private func wait(
        _ applier: Applier,
        _ id: Int,
        _ guardian: borrowing GuardianProcess
    ) throws -> ExitStatus {
        Console.say("press Enter to keep it; Ctrl-C leaves it to its deadline")
        switch try TerminalWait.enter(orEndOf: guardian.ending.raw) {
        case .enter:
            return try ConfirmCommand.confirm(applier)
        case .endOfInput:
            return .ok
        case .ended:
            return try tellOutcome(applier, id)
        }
    }

    private func tellOutcome(_ applier: Applier, _ id: Int) throws -> ExitStatus {
        do {
            switch try applier.store.generation(id).outcome {
            case .reverted:
                Console.say("generation \(id) was taken back: the former state is restored")
                return .failed
            case .applied, .confirmed, .overwritten:
                Console.say("generation \(id) was confirmed")
                return .ok
            }
        } catch HistoryError.noGeneration {
            // Nobody ends a try without a record, unless the disk is full.
            Console.say("generation \(id) is over, and the history does not say how: see appliance-net status")
            return .failed
        }
    }

    private struct Result: Encodable {
        var changes: Bool
        var generation: Int?
        var timeout: Int?
        var operations: [OperationJSON]
        var problems: [ProblemJSON]

        init(_ trial: Applier.Trial?, _ unmet: [Problem] = []) {
            changes = trial != nil
            generation = trial?.id
            timeout = trial?.timeout
            operations = trial?.applied.result.operations.map { OperationJSON($0) } ?? []
            problems = (trial?.applied.result.problems ?? unmet).map { ProblemJSON($0) }
        }
    }
}
