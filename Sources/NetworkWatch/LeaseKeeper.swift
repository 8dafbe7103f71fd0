import Addresses
import Diagnostics
public import Files
import Leases
import Netlink
public import NetworkFiles
import Syscalls

/// Runs a DHCP client for each interface that is to have its addresses from a server, and keeps what they are given.
///
/// The clients set nothing: what is leased goes into files (`LeaseStore`), by which every command knows it, and the
/// network is made so by the same reconcile as everything else.
public final class LeaseKeeper: WatchPart {
    /// The command of the control socket by which the clients' hook speaks.
    public static let command = "lease"
    /// So long without any answer is a problem.
    static let patience = Duration.seconds(30)

    private let store: LeaseStore
    private let clients: ClientProcesses
    private var machine = ClientMachine()
    private var book: LeaseBook
    private var wanted: [InterfaceRole: ClientMachine.Link] = [:]
    /// Interfaces of which nobody has given anything, and since when.
    private var unanswered: [InterfaceRole: Duration] = [:]
    private var wishes: [WatchWish] = []
    private var storeProblem: String?
    /// The time of the last call, by both clocks.
    private var now = Duration.zero
    private var leaseNow = LeaseClock.now

    /// - Parameters:
    ///   - root: What stands for `/`.
    ///   - hook: The program that clients run for each lease; it finds out by its environment that it is the hook.
    public init(_ root: Root, hook: String) {
        store = LeaseStore(root)
        book = LeaseBook(store.read())
        clients = ClientProcesses(root, hook: hook)
    }

    /// Ends the clients at once. The network stays as it is, and so do the leases.
    public func end() { clients.killAll() }

    public var descriptors: [CInt] { clients.descriptors }
    public var commands: Set<String> { [Self.command] }

    public var deadline: Duration? {
        let expiry = book.deadline.map { now + .seconds(max(0, $0 - leaseNow)) }
        let silence = unanswered.values.filter { $0 + Self.patience > now }.min().map { $0 + Self.patience }
        return [machine.deadline, expiry, silence].compactMap { $0 }.min()
    }

    public var problems: [String] {
        let silent = unanswered.filter { $0.value + Self.patience <= now && machine.problems[$0.key] == nil }
        return machine.problems.sorted { $0.key < $1.key }.map { $0.value }
            + silent.keys.sorted().map { "\($0.rawValue): no DHCP server and no router has answered" }
            + (storeProblem.map { [$0] } ?? [])
    }

    /// The first lease of each interface, as far as a client asks for one.
    public var isPending: Bool { unanswered.keys.contains { machine.problems[$0] == nil } }

    public func takeWishes() -> [WatchWish] {
        defer { wishes = [] }
        return wishes
    }

    private func note(_ now: Duration) { (self.now, leaseNow) = (now, LeaseClock.now) }

    public func hear(_ descriptor: CInt, at now: Duration) {
        note(now)
        guard let (role, status) = clients.reap(descriptor) else { return }
        run(.ended(role, status: status))
    }

    public func timer(at now: Duration) {
        note(now)
        let ended = book.expire(at: leaseNow)
        for key in ended { log(.warning, "\(key.role.rawValue): the lease (\(key.source.rawValue)) has run out") }
        if !ended.isEmpty { keep(.changed) }
        run(.timer)
    }

    /// An interface that bears its name already needs not wait for a reconcile that may fail for another's sake.
    public func prepare(_ configuration: NetworkConfiguration, at now: Duration) {
        note(now)
        let named = links(configuration).filter { $0.value.name == $0.key.rawValue }
        want(wanted.merging(named) { _, new in new })
    }

    public func applied(_ configuration: NetworkConfiguration, at now: Duration) {
        note(now)
        let leased = Set(configuration.appliance.interfaces.filter { $0.usesDHCP }.map { $0.role })
        // What the files say now; the reconcile that has just ended saw the same.
        if book.keep(only: leased) != .none { write() }
        want(links(configuration))
    }

    private func want(_ links: [InterfaceRole: ClientMachine.Link]) {
        wanted = links
        for role in InterfaceRole.allCases {
            let isGiven = Lease.Source.allCases.contains { book.leases[role, $0]?.settings.isEmpty == false }
            unanswered[role] = links[role] == nil || isGiven ? nil : unanswered[role] ?? now
        }
        run(.wanted(links))
    }

    /// The links of the interfaces that ask for leases, as far as they are there.
    private func links(_ configuration: NetworkConfiguration) -> [InterfaceRole: ClientMachine.Link] {
        let asking = configuration.appliance.interfaces.filter { $0.usesDHCP }
        guard !asking.isEmpty, let present = try? NetlinkSocket().links() else { return [:] }
        var result: [InterfaceRole: ClientMachine.Link] = [:]
        for interface in asking {
            let matches = present.filter { $0.mac == interface.mac.value && ($0.kind == nil || $0.kind == "veth") }
            let named = matches.first { $0.name == interface.role.rawValue }
            guard let link = named ?? (matches.count == 1 ? matches.first : nil) else { continue }
            result[interface.role] = ClientMachine.Link(name: link.name, mac: interface.mac.value)
        }
        return result
    }

    public func answer(_ command: String, _ members: [String: String], at now: Duration) -> PartAnswer? {
        guard command == Self.command else { return nil }
        note(now)
        let report = ClientReport(members)
        // Words of a client that was told to end, or of somebody else's, are not for us.
        guard let role = members["pid"].flatMap({ Int32($0) }).flatMap({ clients.role(of: $0) }),
            let link = machine.link(role)
        else { return .refused("no client of this service has that process id") }
        let news = report.news(mac: link.mac, at: leaseNow)
        let change = book.hear(news, from: role, at: leaseNow)
        if change != .none { keep(change) }
        guard change == .changed else { return .members("") }
        switch news {
        case .leased(let lease): log(.info, "\(role.rawValue): \(Self.words(lease))")
        case .lost(let source): log(.warning, "\(role.rawValue): the lease (\(source.rawValue)) has ended")
        case .nothing: break
        }
        return .members("")
    }

    /// `leased 10.13.10.54/24 from 10.13.10.1 for 120 s`
    private static func words(_ lease: Lease) -> String {
        let addresses = lease.settings.addresses.map { "\($0)" }.joined(separator: ", ")
        let what = addresses.isEmpty ? "was told its network's settings" : "leased \(addresses)"
        let life = lease.until.map { " for \($0 - lease.since) s" } ?? ""
        return what + (lease.server.map { " by \($0)" } ?? "") + life
    }

    private func keep(_ change: LeaseBook.Change) {
        write()
        if change == .changed { wishes.append(.reconcile) }
        want(wanted)
    }

    private func write() {
        do throws(SystemError) {
            try store.write(book.leases)
            storeProblem = nil
        } catch {
            storeProblem = "the leases could not be kept: \(error)"
        }
    }

    private func log(_ level: LogLevel, _ text: String) { wishes.append(.log(level, text)) }

    private func run(_ event: ClientMachine.Event) {
        var events = [event]
        while !events.isEmpty {
            for action in machine.handle(events.removeFirst(), at: now) {
                switch action {
                case .start(let role, let link):
                    do throws(SystemError) {
                        try clients.start(role, link.name)
                    } catch {
                        events.append(.notStarted(role, "\(error)"))
                    }
                case .end(let role): clients.end(role)
                case .kill(let role): clients.kill(role)
                case .tell(let text): log(.warning, text)
                }
            }
        }
    }
}
