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
            return main(arguments)
        }
        guard let name = CommandLine.arguments.first.flatMap({ FormerName(program: $0) }) else { return main() }
        if let word = CommandLine.arguments.dropFirst().first, ["-h", "--help", "help"].contains(word) {
            Console.data(name.usage)
            Glibc.exit(EXIT_SUCCESS)
        }
        guard let arguments = name.arguments(Array(CommandLine.arguments.dropFirst())) else {
            Console.say(name.usage)
            Glibc.exit(EX_USAGE)
        }
        main(arguments)
    }
}
