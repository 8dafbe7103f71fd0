internal import ArgumentParser
internal import FirstBoot
internal import Glibc
internal import Leases
internal import NetworkHistory
internal import NetworkState

/// `appliance-net status`: what is wanted and what is there.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what is wanted and what is there; exit 0 if they agree, 2 if not, or if first boot failed.",
        discussion: """
            Exit 2 also where the service that keeps the network is degraded, or does not answer any more. With --long or \
            --wait the whole appliance counts: the proxy and the API too.
            """
    )

    @Flag(help: "Show first boot, addresses, API, certificates and services too.")
    var long = false

    @Flag(help: "Wait until the appliance serves, or first boot has failed.")
    var wait = false

    @Option(help: ArgumentHelp("Wait at most so long, 1 to 86400 seconds.", valueName: "seconds"))
    var timeout = 300

    @OptionGroup var options: RootOptions

    @Flag(help: "Numbers for Prometheus on standard output, and exit 0 whatever they are.")
    var metrics = false

    func validate() throws {
        if metrics, options.json { throw ValidationError("--json and --metrics exclude each other") }
        guard (1...86400).contains(timeout) else { throw ValidationError("--timeout takes 1 to 86400 seconds.") }
    }

    func run() throws {
        if metrics { return try NetworkCommand.guarded(printMetrics) }
        if wait { waitUntilSettled() }
        // Shown whatever is wrong with the files.
        let isWhole = long || wait || options.json
        let (overview, service) =
            isWhole ? OverviewReader.readWithService(options.directory) : (nil, ServiceStatus.ask(options.directory))
        let failure = FirstBootProgress.read(options.directory)?.failure
        if !isWhole, let failure { Console.say("\(failure); see appliance-net status --long") }
        if long, !options.json, let overview { Console.data(Self.page(overview)) }
        try NetworkCommand.run(options) { configuration, reconciler in
            let plan = try reconciler.plan(configuration)
            let isInSync = plan.isEmpty && plan.problems.isEmpty
            let trial = try TrialStatus(Applier(options.directory))
            let leases = LeaseStatus.all(configuration, LeaseStore(options.directory).read())
            let isDown = StandbyMarker(options.directory).isSet
            let silence = service == nil ? ServiceStatus.silence(options.directory) : nil
            if options.json {
                try Console.json(Result(plan, isInSync: isInSync, isDown: isDown, leases, service, trial, overview))
            } else {
                for object in plan.objects { Console.data(Self.line(object)) }
                NetworkCommand.say(plan.problems)
                Console.data(
                    isInSync ? "the network is as the files want it" : "the network is NOT as the files want it"
                )
                for line in leases.map({ $0.line }) + LeaseStatus.waiting(configuration, leases) { Console.data(line) }
                if let line = service?.line ?? silence { Console.data(line) }
                if let guarding = service?.guarding { Console.data(guarding.line) }
                if let backup = service?.backup { Console.data(backup.line(now: Int64(time(nil)))) }
                if let trial { Console.data(trial.line) }
                for problem in service?.problems ?? [] { Console.say(problem) }
                if isDown {
                    Console.say("appliance-net down was run; appliance-net up brings back what it removed")
                } else if !plan.isEmpty {
                    Console.say("see appliance-net plan; appliance-net apply mends it")
                }
            }
            let isAsked = long || wait
            let isKept = silence == nil && service?.isTroubled != true
            let isRight = isInSync && failure == nil && isKept
            return isRight && (!isAsked || overview?.state == .ready) ? .ok : .pending
        }
    }

    /// Also where the files are wrong, which is when somebody has to hear of it.
    private func printMetrics() throws -> ExitStatus {
        let configuration = NetworkCommand.configuration(options)
        let plan = try configuration.map { try NetworkReconciler(files: options.directory).plan($0) }
        let leases = configuration.map { LeaseStatus.all($0, LeaseStore(options.directory).read()) }
        let metrics = Metrics(
            isInSync: plan.map { $0.isEmpty && $0.problems.isEmpty } ?? false,
            problems: plan?.problems.count ?? 1,
            leases: leases ?? [],
            service: ServiceStatus.ask(options.directory)
        )
        Console.data(String(metrics.text.dropLast()))
        return .ok
    }

    /// First boot and the services work while this looks: what counts is how they stand in the end.
    private func waitUntilSettled() {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(timeout)
        while clock.now < deadline {
            let state = OverviewReader.read(options.directory).state
            if state == .ready || state == .failed { return }
            usleep(250_000)
        }
        Console.say("it does not serve after \(timeout) s")
    }

    /// The console's page, and an empty line.
    private static func page(_ overview: Overview) -> String {
        let lines = ConsolePage(overview: overview).lines(width: TerminalSize.ask()?.width ?? 100, height: nil)
        return lines.joined(separator: "\n") + "\n"
    }

    /// `in-sync    rule     from 10.13.201.0/24 lookup 2`
    private static func line(_ status: ObjectStatus) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.utf8.count))
        }
        let detail = status.detail.map { " (\($0))" } ?? ""
        return padded(status.state.rawValue, 10) + padded(status.object.rawValue, 8) + status.text + detail
    }

    private struct Result: Encodable {
        var inSync: Bool
        var isDown: Bool
        var objects: [ObjectJSON]
        var problems: [ProblemJSON]
        var leases: [LeaseStatus]
        /// null if the service does not run.
        var service: ServiceStatus?
        /// null if no try is open.
        var trial: TrialStatus?
        var appliance: OverviewJSON?

        enum CodingKeys: String, CodingKey {
            case inSync = "in_sync"
            case isDown = "down"
            case objects
            case problems
            case leases
            case service
            case trial = "try"
            case appliance
        }

        init(
            _ plan: Plan,
            isInSync: Bool,
            isDown: Bool,
            _ leases: [LeaseStatus],
            _ service: ServiceStatus?,
            _ trial: TrialStatus?,
            _ overview: Overview?
        ) {
            inSync = isInSync
            self.isDown = isDown
            objects = plan.objects.map { ObjectJSON($0) }
            problems = plan.problems.map { ProblemJSON($0) }
            self.leases = leases
            self.service = service
            self.trial = trial
            appliance = overview.map { OverviewJSON($0) }
        }
    }
}
