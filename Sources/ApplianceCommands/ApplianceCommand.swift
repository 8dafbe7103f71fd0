public import ArgumentParser
internal import Glibc
internal import Syscalls

/// `appliance-net`: the appliance's own command.
public struct ApplianceCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "appliance-net",
        abstract: "Configure a load-balancer appliance from its vApp properties, and keep it right.",
        discussion: """
            Exit codes: 0 ok, 1 failed, 2 changes pending or degraded, 64 usage, 65 bad data, 75 busy, 77 permission, \
            78 bad configuration. Data goes to standard output, everything else to standard error.
            """,
        version: "appliance-net \(version)",
        subcommands: [
            ValidateCommand.self, FirstBootCommand.self, PlanCommand.self, ApplyCommand.self, StatusCommand.self,
            DownCommand.self, UpCommand.self, WatchCommand.self, TryCommand.self, ConfirmCommand.self,
            RollbackCommand.self, HistoryCommand.self, ResumeCommand.self, BackupCommand.self, RestoreCommand.self,
            MigrateFromCommand.self, VIPCommand.self, ExplainCommand.self, OVFCommand.self,
            DoctorCommand.self, ConsoleCommand.self, SupportBundleCommand.self,
            ConfigCommand.self, CertificateCommand.self, GuardianCommand.self, DHCPHookCommand.self,
        ]
    )

    /// The version that `--version` prints.
    static let version = "0.1.0"

    public init() {}

    /// Runs what the command line asks for, and ends the program.
    public static func start() {
        // It reads passwords and keys. Where the kernel does not allow it, it works all the same.
        try? CoreDumps.forbid()
        if let arguments = DHCPHookCommand.arguments(Array(CommandLine.arguments.dropFirst())) {
            run(arguments)
        }
        guard let name = CommandLine.arguments.first.flatMap({ FormerName(program: $0) }) else { run(nil) }
        if let word = CommandLine.arguments.dropFirst().first, ["-h", "--help", "help"].contains(word) {
            Console.data(name.usage)
            end(.success)
        }
        guard let arguments = name.arguments(Array(CommandLine.arguments.dropFirst())) else {
            Console.say(name.usage)
            Glibc.exit(EX_USAGE)
        }
        run(arguments)
    }

    /// As `main` of ArgumentParser does; but what it prints can be lost too, and then it has not succeeded.
    private static func run(_ arguments: [String]?) -> Never {
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch {
            let code = exitCode(for: error)
            let message = fullMessage(for: error)
            if !message.isEmpty { code.isSuccess ? Console.data(message) : Console.say(message) }
            end(code)
        }
        end(.success)
    }

    /// Ends the program. One whose data was lost has failed, unless it has another failure to tell.
    private static func end(_ code: ExitCode) -> Never {
        guard let lost = Console.lost else { Glibc.exit(code.rawValue) }
        Console.say(
            "\(lost): what was to be printed is lost\n    remedy: see where standard output goes, and run it again"
        )
        let told: [ExitStatus] = [.ok, .pending]
        Glibc.exit(told.contains { $0.rawValue == code.rawValue } ? ExitStatus.failed.rawValue : code.rawValue)
    }
}
