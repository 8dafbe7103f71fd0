internal import ArgumentParser
internal import DataPlaneModel
internal import Files

/// `appliance-net config restore`: back to a version.
struct ConfigRestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring a version of haproxy.cfg back, as a new version.",
        discussion: """
            It is checked, written and taken by the proxy, or nothing is changed. Where no proxy runs, it is what the \
            proxy reads when it starts.
            """
    )

    @Argument(help: "The version; appliance-net config history lists them.")
    var version: Int

    @OptionGroup var config: ConfigOptions

    func run() throws {
        try config.guarded { () throws -> ExitStatus in
            // Whoever holds it may wait for the proxy.
            guard let lock = try FileLock.acquire(config.history.lockPath) else {
                Console.say(
                    "another change of \(config.path) is on its way\n    remedy: run it again when that has ended"
                )
                return .busy
            }
            lock.release()
            let (new, remark) = try config.dataPlane().restored(version)
            if let remark { Console.say(remark) }
            if config.options.json { try Console.json(["version": new, "restored": version]) }
            let effect = config.hasProxy ? "the proxy has taken it" : "no proxy runs: it will read it when it starts"
            Console.say("\(config.path) is version \(version) again, as version \(new); \(effect)")
            return .ok
        }
    }
}
