internal import Appliance
internal import ArgumentParser
internal import FirstBoot
internal import Glibc
internal import Guestinfo
internal import Syscalls

/// `appliance-net console`: the page on the virtual machine's screen.
struct ConsoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "Show the appliance at a glance: addresses, API, CA fingerprint, first boot, what is wrong.",
        discussion: """
            Shown again as it changes, until it is ended; with --once once. The service appliance-console.service shows it \
            on the virtual machine's screen. An API password that first boot has made is shown to root as long as it holds.
            """
    )

    @Flag(help: "Show it once.")
    var once = false

    @Flag(help: "Tell the host too: guestinfo.appliance.status and guestinfo.dataplaneapi.cacert.")
    var publish = false

    @Option(help: ArgumentHelp("Show it on this terminal. Where there is none, it is not shown.", valueName: "file"))
    var screen: String?

    @Option(
        help: ArgumentHelp("Look so often whether something has changed, 1 to 3600 seconds.", valueName: "seconds")
    )
    var every = 3

    @OptionGroup var options: RootOptions

    func validate() throws {
        guard (1...3600).contains(every) else { throw ValidationError("--every takes 1 to 3600 seconds.") }
    }

    func run() throws {
        let root = options.directory
        var password = GeneratedPasswordReader(root)
        if once {
            let overview = OverviewReader.read(root)
            if options.json { return try Console.json(OverviewJSON(overview)) }
            for line in page(overview, &password).lines(width: TerminalSize.ask()?.width ?? 80, height: nil) {
                Console.data(line)
            }
            return
        }
        let gateways = GatewayWatch(root)
        try startDetachedThread("ask the gateways") { gateways.run() }
        let source = OverviewSource(pace: .seconds(every)) {
            var overview = OverviewReader.read(root)
            overview.problems += gateways.problems
            return overview
        }
        if publish, let guestinfo = Guestinfo.find() {
            let every = every
            try startDetachedThread("tell the host") {
                var teller = HostTeller(guestinfo, root, source)
                teller.run(every: every)
            }
        }
        // A container has no screen, and its host may be told all the same.
        let isSeen = try openScreen()
        var page = Screen()
        while true {
            if isSeen { page.show(self.page(source.overview(), &password)) }
            sleep(UInt32(every))
        }
    }

    /// Makes the terminal of `--screen` the standard output.
    private func openScreen() throws -> Bool {
        guard let screen else { return true }
        do {
            let terminal = try FileDescriptor.open(screen, O_WRONLY | O_NOCTTY)
            try syscall("take \(screen) for the standard output") { dup2(terminal.raw, STDOUT_FILENO) }
            return true
        } catch {
            guard publish, [ENOENT, ENXIO, ENODEV].contains(error.code) else { throw error }
            Console.say("\(error); the page is not shown")
            return false
        }
    }

    private func page(_ overview: Overview, _ password: inout GeneratedPasswordReader) -> ConsolePage {
        let generated = (try? password.read()) ?? nil
        return ConsolePage(
            overview: overview,
            generated: generated.map { (user: $0.user, password: $0.password.revealed()) },
            isOnScreen: screen != nil
        )
    }
}
