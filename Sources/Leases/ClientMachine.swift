public import Addresses

/// Which clients run: one for each interface that is to have its addresses by DHCP. Events in, actions out, the time as an
/// argument; it touches nothing.
public struct ClientMachine: Sendable {
    /// The link that a client is at.
    public struct Link: Sendable, Hashable {
        public var name: String
        public var mac: MACAddress

        public init(name: String, mac: MACAddress) {
            self.name = name
            self.mac = mac
        }
    }

    public enum Event: Sendable, Hashable {
        /// These interfaces are to have a client, and no others.
        case wanted([InterfaceRole: Link])
        case started(InterfaceRole)
        case notStarted(InterfaceRole, String)
        /// With its exit status; 256 and more: by a signal.
        case ended(InterfaceRole, status: Int)
        case timer
    }

    public enum Action: Sendable, Hashable {
        /// Start one, and say ``Event/started(_:)`` or ``Event/notStarted(_:_:)``.
        case start(InterfaceRole, Link)
        /// SIGTERM; ``Event/ended(_:status:)`` comes in its time.
        case end(InterfaceRole)
        /// SIGKILL: it did not end.
        case kill(InterfaceRole)
        /// What somebody should know.
        case tell(String)
    }

    /// The wait after the first failure; doubled with each further one.
    static let firstRetry = Duration.seconds(1)
    static let longestRetry = Duration.seconds(60)
    /// Who ran as long is well again.
    static let steady = Duration.seconds(60)
    /// How long one that was told to end may take.
    static let ending = Duration.seconds(5)

    private enum State: Sendable, Hashable {
        case running(Link, since: Duration)
        /// Told to end; killed at `until`.
        case ending(until: Duration)
        case waiting(until: Duration)
    }

    private var wanted: [InterfaceRole: Link] = [:]
    private var states: [InterfaceRole: State] = [:]
    private var failures: [InterfaceRole: Int] = [:]
    /// Why there is none, where there should be one.
    public private(set) var problems: [InterfaceRole: String] = [:]

    public init() {}

    /// The link that the client of an interface is at; nil if none runs.
    public func link(_ role: InterfaceRole) -> Link? {
        if case .running(let link, _) = states[role] { link } else { nil }
    }

    /// When ``Event/timer`` has something to do.
    public var deadline: Duration? {
        states.compactMap { role, state in
            switch state {
            case .running(_, let since): problems[role] == nil ? nil : since + Self.steady
            case .ending(let until), .waiting(let until): until
            }
        }.min()
    }

    public mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .wanted(let links): wanted = links
        case .started: break
        case .notStarted(let role, let reason): failed(role, "dhcpcd could not be started: \(reason)", now, &actions)
        case .ended(let role, let status): ended(role, status, now, &actions)
        case .timer:
            for (role, state) in states {
                if case .ending(let until) = state, until <= now {
                    states[role] = .ending(until: now + Self.ending)
                    actions.append(.kill(role))
                }
            }
        }
        settle(now, &actions)
        return actions
    }

    private mutating func ended(_ role: InterfaceRole, _ status: Int, _ now: Duration, _ actions: inout [Action]) {
        switch states[role] {
        case .running(_, let since):
            if now - since >= Self.steady { failures[role] = nil }
            let how = status < 256 ? "dhcpcd ended with status \(status)" : "dhcpcd ended by signal \(status - 256)"
            // Who starts it could not.
            failed(role, status == 127 ? "there is no dhcpcd: install dhcpcd-base" : how, now, &actions)
        default: states[role] = nil
        }
    }

    private mutating func failed(_ role: InterfaceRole, _ reason: String, _ now: Duration, _ actions: inout [Action]) {
        let count = (failures[role] ?? 0) + 1
        failures[role] = count
        var wait = Self.firstRetry
        for _ in 1..<count where wait < Self.longestRetry { wait = wait * 2 }
        states[role] = .waiting(until: now + min(wait, Self.longestRetry))
        let problem = "\(role.rawValue): \(reason)"
        // The same again and again is told once.
        if problems[role] != problem { actions.append(.tell(problem)) }
        problems[role] = problem
    }

    /// Starts and ends what is due.
    private mutating func settle(_ now: Duration, _ actions: inout [Action]) {
        for role in InterfaceRole.allCases {
            switch (wanted[role], states[role]) {
            case (nil, nil): problems[role] = nil
            case (nil, .waiting):
                (states[role], failures[role], problems[role]) = (nil, nil, nil)
            case (let link, .running(let present, let since)):
                if link == present {
                    if now - since >= Self.steady { problems[role] = nil }
                    continue
                }
                (failures[role], problems[role]) = (nil, nil)
                states[role] = .ending(until: now + Self.ending)
                actions.append(.end(role))
            case (let link?, nil):
                start(role, link, now, &actions)
            case (let link?, .waiting(let until)) where until <= now:
                start(role, link, now, &actions)
            default: continue
            }
        }
    }

    private mutating func start(_ role: InterfaceRole, _ link: Link, _ now: Duration, _ actions: inout [Action]) {
        states[role] = .running(link, since: now)
        actions.append(.start(role, link))
    }
}
