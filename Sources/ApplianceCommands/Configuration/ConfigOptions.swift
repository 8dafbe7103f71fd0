internal import ArgumentParser
internal import DataPlaneModel
internal import Files
internal import Glibc

/// Options that the subcommands of `config` share.
struct ConfigOptions: ParsableArguments {
    @OptionGroup var options: RootOptions

    @Option(name: .long, help: ArgumentHelp("The configuration.", valueName: "file"))
    var configFile = "/etc/haproxy/haproxy.cfg"

    @Option(name: .long, help: ArgumentHelp("Where its versions are: FILE.history if absent.", valueName: "dir"))
    var backupsDir: String?

    @Option(name: .long, help: ArgumentHelp("The proxy's master socket.", valueName: "path"))
    var masterRuntime = "/run/haproxy-master.sock"

    var path: String { options.directory[configFile] }

    var history: ConfigurationHistory {
        let directory = backupsDir.map { options.directory[$0] } ?? ConfigurationHistory.defaultDirectory(of: path)
        return ConfigurationHistory(directory: directory)
    }

    /// Whether there is a proxy to tell.
    var hasProxy: Bool { access(options.directory[masterRuntime], F_OK) == 0 }

    /// The model that the API's daemon changes the file with.
    func dataPlane() throws -> DataPlane {
        var settings = DataPlane.Settings(path: path)
        settings.historyDirectory = history.directory
        // How many are kept is the daemon's to say; it forgets the oldest at its next change.
        settings.versionsKept = .max
        let reloader: any Reloader =
            hasProxy ? MasterReloader(path: options.directory[masterRuntime]) : NoReloader()
        return try DataPlane(settings, checker: ModelChecker(), reloader: reloader)
    }

    /// Runs `body`; what the model refuses is printed and becomes an exit code.
    func guarded(_ body: () throws -> ExitStatus) throws {
        try NetworkCommand.guarded(json: options.json) {
            do {
                return try body()
            } catch let error as APIError {
                Console.say(error.message)
                switch error.status {
                case 409:
                    Console.say("    remedy: the file was edited meanwhile; look at it and run it again")
                    return .busy
                case 503:
                    Console.say("    remedy: run it again when that has ended")
                    return .busy
                case 404:
                    Console.say("    remedy: appliance-net config history lists the versions")
                    return .badData
                default: return .failed
                }
            }
        }
    }
}
