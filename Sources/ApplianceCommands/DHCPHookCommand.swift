internal import ArgumentParser
internal import Files
internal import FoundationEssentials
internal import Glibc
internal import Leases
internal import NetworkWatch
internal import Syscalls

/// `appliance-net dhcp-hook`: what dhcpcd runs for each lease.
struct DHCPHookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dhcp-hook",
        abstract: "Tell the service of a lease; run by dhcpcd.",
        discussion: "Reads the environment that dhcpcd-run-hooks(8) describes.",
        shouldDisplay: false
    )

    @OptionGroup var options: RootOptions

    func run() throws {
        try NetworkCommand.guarded { () throws -> ExitStatus in
            let variables = ClientReport.variables(of: ProcessInfo.processInfo.environment)
            // The service may be making the network right just now.
            let answer = try ControlClient.ask(
                .part(LeaseKeeper.command, variables),
                options.directory,
                timeoutMilliseconds: 60_000
            )
            guard answer.contains("\"ok\":true") else {
                Console.say(answer)
                return .failed
            }
            return .ok
        }
    }

    /// The arguments that dhcpcd, which gives its hook none, means; nil if it was not dhcpcd that ran us.
    static func arguments(_ given: [String]) -> [String]? {
        guard given.isEmpty, getenv("reason") != nil, let root = getenv(ClientConfiguration.rootVariable) else {
            return nil
        }
        return [configuration.commandName ?? "", "--root", String(cString: root)]
    }
}
