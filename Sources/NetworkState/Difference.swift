import Addresses
import Netlink

/// Compares object by object and gathers the operations by the phase they belong to.
struct Difference {
    let desired: DesiredState
    let actual: ActualState
    /// Addresses that other hosts were found to have: they are not added.
    let held: [LinkAddress.Key: MACAddress]

    /// Phases in the order they run.
    enum Phase: Int, CaseIterable {
        /// Nothing answers for a range before it is guarded.
        case newFirewall
        case rename
        /// Before addresses: IPv6 is off on a link whose MTU is too small.
        case mtu
        case sysctl
        case linkUp
        /// An IPv6 address cannot change its prefix length; the old one goes first.
        case makeRoom
        case addAddress
        case connectedRoute
        case route
        case addRule
        case deleteRule
        case deleteRoute
        case deleteAddress
        case firewall
        /// Last: what strands the box comes first, and is undone before a file says otherwise.
        case file
    }

    private var phases: [Phase: [Operation]] = [:]
    private(set) var problems: [Problem] = []
    private var knownProblems: Set<Problem> = []
    private(set) var objects: [ObjectStatus] = []
    /// The links that the desired interfaces are.
    var resolved: [DesiredState.InterfaceReference: Link] = [:]
    /// Names as they will be.
    var names: InterfaceNames

    init(desired: DesiredState, actual: ActualState, held: [LinkAddress.Key: MACAddress]) {
        self.held = held
        self.desired = desired
        self.actual = actual
        names = actual.names
        problems = desired.problems
    }

    var plan: Plan {
        Plan(
            operations: Phase.allCases.flatMap { phases[$0] ?? [] },
            problems: problems,
            objects: objects,
            names: names
        )
    }

    mutating func run(_ phase: Phase, _ action: Operation.Action, words: String? = nil) {
        phases[phase, default: []].append(Operation(action, names, words: words))
    }

    mutating func note(
        _ object: Operation.Object,
        _ text: String,
        _ state: ObjectStatus.State,
        _ detail: String? = nil
    ) {
        objects.append(ObjectStatus(object, text, state, detail))
    }

    /// A wanted object that cannot be had.
    mutating func block(_ object: Operation.Object, _ text: String, _ why: String, remedy: String) {
        note(object, text, .blocked, why)
        let problem = Problem(object, "\(object.rawValue) \(text): \(why)", remedy: remedy)
        if knownProblems.insert(problem).inserted { problems.append(problem) }
    }
}
