internal import Addresses
internal import Diagnostics
internal import Doctor
internal import Explanation
internal import Files
internal import FirstBoot
internal import FoundationEssentials
internal import Glibc
internal import Netlink
internal import NetworkFiles
internal import PKI
internal import Recovery
internal import RuntimeAPI
internal import Syscalls

/// Puts an ``Overview`` together: files, kernel, and a question to each service. What cannot be read is a problem that is
/// told; nothing keeps the rest from being shown.
struct OverviewReader {
    private let root: Root
    private var problems: [String] = []

    init(_ root: Root) { self.root = root }

    /// Of one service, in milliseconds; one that does not answer must not hold the page.
    private static let patience: CInt = 1000
    /// Problems of one kind that are told.
    private static let mostProblems = 20

    private static let unconfigured =
        "this machine was never configured: first boot has not run (remedy: power it on with its vApp properties, or run "
        + "appliance-net firstboot --properties FILE)"

    static func read(_ root: Root) -> Overview { readWithService(root).overview }

    /// With what the network's service says of itself, asked once: both speak of the same moment. nil if none answers.
    static func readWithService(_ root: Root) -> (overview: Overview, service: ServiceStatus?) {
        var reader = OverviewReader(root)
        let service = ServiceStatus.ask(root)
        return (reader.read(service), service)
    }

    private mutating func read(_ service: ServiceStatus?) -> Overview {
        let root = root
        let configuration = attempt("read the network's files") { try NetworkConfiguration.load(root) }
        let progress = FirstBootProgress.read(root)
        // Before first boot nothing is configured, and nothing is wrong with that.
        if configuration == nil, progress == nil || progress?.state == .running || progress?.state == .refused {
            problems = []
        }
        // Packages on a plain Debian have a proxy and an API that run, and serve nobody.
        let isConfigured = Self.isConfigured(root)
        if !isConfigured, progress == nil { problems.append(Self.unconfigured) }
        let interfaces = interfaces(configuration)
        let api = attempt("ask the API") { try APIService.read(root) }.map { self.api($0, interfaces) }
        var services = [network(configuration, service), proxy()].compactMap { $0 }
        if let api {
            services.append(
                Overview.Service(name: "api", state: api.answers ? "up" : "down", isRight: api.answers)
            )
        }
        if GuestinfoScrub.isPending(root) {
            problems.append("the properties in guestinfo still hold secrets; taking them out is tried every minute")
        }
        if progress != nil, let clock = ImpossibleTime.finding() {
            problems.append("\(clock.subject): \(clock.message) (\(clock.remedy ?? ""))")
        }
        return Overview(
            version: ApplianceCommand.version,
            hostname: Self.hostname(),
            isConfigured: isConfigured,
            interfaces: interfaces,
            api: api,
            certificates: service?.certificates.map { Self.certificates($0) }
                ?? attempt("read the certificates") { try Self.certificates(root) },
            firstBoot: progress.map { Self.firstBoot($0) },
            services: services,
            problems: problems
        )
    }

    /// What cannot be looked at is there.
    private static func isConfigured(_ root: Root) -> Bool {
        do {
            return try AtomicFile.status(root[ApplianceFile.path]) != nil || ApplianceFiles.hasAuthority(root)
        } catch {
            return true
        }
    }

    private mutating func attempt<Value>(_ what: String, _ body: () throws -> Value?) -> Value? {
        do {
            return try body()
        } catch {
            problems.append("\(what): \(error)")
            return nil
        }
    }

    static func hostname() -> String {
        var buffer = [CChar](repeating: 0, count: 65)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Those that are configured; before that, what there is by the roles' names.
    private mutating func interfaces(_ configuration: NetworkConfiguration?) -> [Overview.Interface] {
        let found = attempt("ask the kernel for its links") { () -> ([Link], [LinkAddress]) in
            let socket = try NetlinkSocket()
            return (try socket.links(), try socket.addresses())
        }
        guard let (links, addresses) = found else { return [] }
        let wanted = configuration?.appliance.interfaces
        return InterfaceRole.allCases.compactMap { role in
            let mac = wanted?.first { $0.role == role }?.mac.value
            if wanted != nil, mac == nil { return nil }
            let link = links.first { $0.name == role.rawValue } ?? links.first { mac != nil && $0.mac == mac }
            guard let link else {
                guard let mac else { return nil }
                return Overview.Interface(role: role.rawValue, state: "missing", mac: "\(mac)", addresses: [])
            }
            return Overview.Interface(
                role: role.rawValue,
                state: !link.isUp ? "down" : link.isRunning ? "up" : "no-carrier",
                mac: link.mac.map { "\($0)" },
                addresses: addresses.filter { $0.interface == link.index && !$0.address.address.isLinkLocal }.map {
                    "\($0.address)"
                }
            )
        }
    }

    /// Under the address that it listens on, or else the first one of management.
    private func api(_ service: APIService, _ interfaces: [Overview.Interface]) -> Overview.API {
        var endpoint = service.endpoint
        if endpoint.address.isUnspecified,
            let text = interfaces.first(where: { $0.role == InterfaceRole.management.rawValue })?.addresses.first,
            let address = InterfaceAddress(text)
        {
            endpoint = Endpoint(address.address, port: endpoint.port)
        }
        return Overview.API(url: "https://\(endpoint)/", answers: service.refusal(milliseconds: Self.patience) == nil)
    }

    private static func certificates(_ root: Root) throws -> Overview.Certificates? {
        guard let summary = try PKIStore(root: root).summary() else { return nil }
        return Overview.Certificates(
            fingerprint: summary.authority.fingerprint,
            authorityExpires: UTCTime(summary.authority.notAfter).rfc3339,
            serverExpires: summary.server.map { UTCTime($0.notAfter).rfc3339 }
        )
    }

    /// The service has read the same files; two readings could tell of two CAs.
    private static func certificates(_ told: ServiceStatus.Certificates) -> Overview.Certificates {
        Overview.Certificates(
            fingerprint: told.caFingerprint,
            authorityExpires: told.caNotAfter,
            serverExpires: told.serverNotAfter
        )
    }

    /// nil where nothing is configured yet.
    private mutating func network(
        _ configuration: NetworkConfiguration?,
        _ service: ServiceStatus?
    ) -> Overview.Service? {
        guard configuration != nil else { return nil }
        guard let status = service else {
            return Overview.Service(name: "network", state: "down", isRight: false)
        }
        problems += status.problems.prefix(Self.mostProblems)
        return Overview.Service(name: "network", state: status.state, isRight: status.state == "in-sync")
    }

    private func proxy() -> Overview.Service? {
        guard (try? AtomicFile.status(root["/etc/haproxy/haproxy.cfg"])) ?? nil != nil else { return nil }
        let answer = try? UnixSocket.ask(
            "show proc",
            at: root["/run/haproxy-master.sock"],
            timeoutMilliseconds: Int(Self.patience)
        )
        return Overview.Service(name: "proxy", state: answer == nil ? "down" : "up", isRight: answer != nil)
    }

    private static func firstBoot(_ progress: FirstBootProgress) -> Overview.FirstBoot {
        let failures = progress.steps.compactMap { step in step.failure.map { "\(step.name): \($0)" } }
        return Overview.FirstBoot(
            state: progress.state.rawValue,
            source: progress.source,
            progress: progress.summary,
            problems: Array((failures + progress.problems).prefix(mostProblems)),
            adapters: progress.adapters
        )
    }
}
