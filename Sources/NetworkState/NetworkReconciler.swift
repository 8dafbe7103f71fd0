internal import Discovery
public import Files
internal import Glibc
internal import Guard
internal import Nftables
public import Netlink
public import NetworkFiles
internal import Syscalls

/// Makes the kernel's network, and the files that go with it, what the configuration says; in the network namespace of
/// the thread that made it.
public final class NetworkReconciler {
    /// nil: the kernel is left alone.
    let socket: NetlinkSocket?
    /// nil: no file is looked at.
    private let store: FileStore?
    /// Called before each operation of a plan with its number; what it throws fails the operation. For tests that fail
    /// every operation in turn.
    public var beforeOperation: ((Int, Operation) throws -> Void)?
    /// Whether the hosts of a link are asked before an address is added to an interface.
    public var asksNeighbours = false
    /// Whether a guard is made where there is none yet, before the first address: ``DesiredState/beginsGuard``.
    public var beginsGuard = false
    /// Whether they are told after it was.
    public var tellsNeighbours = false
    var answers = NeighbourAnswers(.off)
    /// What was done and is not in effect yet, because another program has to take it up.
    private var untold: [Problem] = []
    /// Whether the guard is looked at; the service itself keeps it by other means.
    private let looksAtFirewall: Bool
    private var firewall: Firewall?
    /// Directories that were not there when the plan began.
    private var missingDirectories: [String] = []

    /// - Parameters:
    ///   - files: The root of the files that are made from the configuration (``ManagedFile``); nil leaves all files and
    ///     the host name alone.
    ///   - kernel: false leaves the kernel alone, its name of the machine too: for image builds. That name is also left
    ///     alone where the root is not the machine's own.
    ///   - firewall: false leaves the guard alone.
    /// - Throws: ``Netlink/NetlinkError`` if the kernel cannot be asked.
    public init(files: Root? = nil, kernel: Bool = true, firewall: Bool = true) throws(NetlinkError) {
        socket = kernel ? try NetlinkSocket() : nil
        looksAtFirewall = kernel && firewall
        store = files.map { FileStore(root: $0) }
    }

    /// What the kernel and the disk say now.
    public func actual() throws -> ActualState {
        var state = try socket.map { try ActualState.read($0) } ?? ActualState()
        state.files = store?.read() ?? [:]
        state.firewall = readFirewall()
        if socket != nil, store?.root.isReal == true { state.hostname = try HostNameOfKernel.read() }
        return state
    }

    func openFirewall() -> Firewall? {
        // Without one, or without the right to have one, there is nothing to compare.
        if looksAtFirewall, firewall == nil { firewall = try? Firewall(.persistent) }
        return firewall
    }

    /// What is wanted of what this reconciler looks at.
    private func desired(_ configuration: NetworkConfiguration) -> DesiredState {
        var all = DesiredState(configuration)
        all.beginsGuard = beginsGuard
        if let store {
            all.add(own: ClaimedAddresses.read(store.root).own)
            // There was one: without it every address of the ranges is open.
            if ClaimedAddresses.areKept(store.root) { all.beginsGuard = true }
        }
        if socket != nil { return all }
        var files = DesiredState()
        files.files = all.files
        return files
    }

    /// What ``apply(_:)`` would do; ``Plan/objects`` is the status.
    public func plan(_ configuration: NetworkConfiguration) throws -> Plan {
        Plan.diff(desired: desired(configuration), actual: try actual())
    }

    /// Makes it so, reads back, and verifies that nothing is left to do. On any failure the former state is restored.
    ///
    /// - Parameter announced: Called between the plan and its first operation: what others do who hear of it then is still
    ///   in the plan.
    /// - Throws: ``ApplyError``; ``Netlink/NetlinkError`` if the kernel could not even be asked.
    @discardableResult
    public func apply(
        _ configuration: NetworkConfiguration,
        announced: () throws -> Void = {}
    ) throws -> ApplyResult {
        let desired = desired(configuration)
        let claims = configuration.appliance.guardPolicy.claimSettings
        answers = NeighbourAnswers(socket != nil ? claims.policy : .off, claims.timing)
        return try converge(announced) { Plan.diff(desired: desired, actual: $0, held: self.answers.held) }
    }

    /// Removes our rules, our routes in every table but main, and the AnyIP routes: what the old appliance's
    /// `route-tables down` and `anyip-routes down` did. Links, addresses and the main default route stay, so that
    /// management stays reachable.
    @discardableResult
    public func down(_ part: PolicyPart? = nil) throws -> ApplyResult {
        answers = NeighbourAnswers(.off)
        return try converge { Plan.down($0, part) }
    }

    /// What ``down()`` would do.
    public func planDown() throws -> Plan { Plan.down(try actual()) }

    /// Runs plans until one is empty. More than one is needed where the kernel drops things by itself: routes of a link
    /// that had to be down for its new name, routes from an address that went.
    private func converge(
        _ announced: () throws -> Void = {},
        _ makePlan: (ActualState) -> Plan
    ) throws -> ApplyResult {
        let former = try actual()
        missingDirectories = store?.missingDirectories() ?? []
        untold = []
        var plan = makePlan(former)
        try announced()
        var done: [Operation] = []
        for _ in 0..<5 {
            if plan.isEmpty { return result(plan, done) }
            for batch in plan.operations.batches {
                // Nothing answers for a range before the service guards it. Where it is late, that is told at the end.
                if batch.contains(where: { $0.isServices }) {
                    _ = try? awaitService(plan) { makePlan(try actual()) }
                }
                // Not with an address that another host has: another plan goes without it.
                if isRefused(batch, former, plan.names) { break }
                do {
                    try run(batch, plan.names, first: done.count)
                } catch {
                    throw ApplyError(operation: error.operation, reason: "\(error)", leftOver: restore(former))
                }
                announce(batch, former)
                done += batch
            }
            do {
                plan = try awaitService(makePlan(try actual())) { makePlan(try actual()) }
                if plan.operations.contains(where: { $0.isServices }) {
                    plan.operations.removeAll { $0.isServices }
                    untold.append(.lateService)
                }
            } catch {
                throw ApplyError(operation: nil, reason: "reading back failed: \(error)", leftOver: restore(former))
            }
        }
        if plan.isEmpty { return result(plan, done) }
        let missing = plan.operations.map { $0.description }.joined(separator: ", ")
        throw ApplyError(
            operation: plan.operations.first,
            reason: "the kernel took the changes, but these are still to do: \(missing)",
            leftOver: restore(former)
        )
    }

    private func result(_ plan: Plan, _ done: [Operation]) -> ApplyResult {
        ApplyResult(
            operations: done,
            problems: plan.problems + untold,
            objects: plan.objects,
            warnings: answers.warnings
        )
    }

    /// Goes back to `former`, which was read in the same namespace and since the same boot; gives what could not be put
    /// back. Only what is ours is removed.
    ///
    /// - Parameter made: What was read when the change was done, where others had the time to do something since: what
    ///   they did to what is theirs stays.
    public func restore(_ former: ActualState, since made: ActualState? = nil) -> [String] {
        var former = former
        var failures: [String] = []
        // Where what is there cannot be read, the loop says so.
        if let made, let now = try? actual() { former = former.undisturbed(made, now: now) }
        for _ in 0..<5 {
            do {
                let operations = Restoration(former: former, current: try actual()).operations
                if operations.isEmpty {
                    store?.remove(directories: missingDirectories)
                    return []
                }
                failures = []
                for batch in operations.batches {
                    failures += perform(batch, former.names).map { "\($0.error)" }
                }
            } catch {
                failures.append("\(error)")
            }
        }
        return failures
    }

    /// Runs what may go to the kernel together. An operation that ``beforeOperation`` fails is not run, nor is any that
    /// comes after it.
    private func run(
        _ batch: ArraySlice<Operation>,
        _ names: InterfaceNames,
        first: Int
    ) throws(BatchError) {
        var end = batch.startIndex
        var refused: [BatchError.Failure] = []
        while end < batch.endIndex, refused.isEmpty {
            do {
                try beforeOperation?(first + end - batch.startIndex, batch[end])
                end += 1
            } catch {
                refused.append(BatchError.Failure(operation: batch[end], error: error))
            }
        }
        let failures = perform(batch[..<end], names) + refused
        if !failures.isEmpty { throw BatchError(failures: failures) }
    }

    /// The operations of one batch; gives those that failed.
    private func perform(_ batch: ArraySlice<Operation>, _ names: InterfaceNames) -> [BatchError.Failure] {
        let requests = batch.compactMap { $0.request(names) }
        let files = batch.compactMap { $0.file }
        do {
            if !files.isEmpty, files.count == batch.count {
                try store?.write(files)
                untold += files.compactMap { store?.tell($0.path) }
                return []
            }
            guard requests.count == batch.count else {
                for operation in batch { try perform(operation) }
                return []
            }
            guard let socket else { return [] }
            return try socket.execute(requests).compactMap { failure in
                let operation = batch[batch.startIndex + failure.index]
                if operation.isDone(despite: failure.error) { return nil }
                return BatchError.Failure(operation: operation, error: failure.error)
            }
        } catch let failure as AtomicFile.ReplacementFailure {
            let operation = batch[batch.startIndex + failure.index]
            return [BatchError.Failure(operation: operation, error: failure.error)]
        } catch {
            return batch.prefix(1).map { BatchError.Failure(operation: $0, error: error) }
        }
    }

    /// An operation that is not one netlink request.
    private func perform(_ operation: Operation) throws {
        switch operation.action {
        case .setFirewall(_, let tables): try setFirewall(tables)
        case .setFile(let path, _, let state):
            try store?.write(path, state)
            if let problem = store?.tell(path) { untold.append(problem) }
        case .setHostName(_, let name): try HostNameOfKernel.write(name)
        case .renameLink(let index, let from, let to): try rename(index, from, to)
        case .setLink(let index, let name, let up): try socket?.execute(.setLink(index, named: name, up: up))
        case .setMTU(let index, let name, _, let mtu): try socket?.execute(.setLink(index, named: name, mtu: mtu))
        case .setSysctl(let sysctl, let interface, _, let value): try sysctl.write(value, interface)
        default: return
        }
    }

    /// Kernels before 6.2 rename a link only while it is down; it is up again at once, and the next round puts back
    /// what that flushed.
    private func rename(_ index: Int, _ from: String, _ to: String) throws(NetlinkError) {
        guard let socket else { return }
        do {
            try socket.execute(.renameLink(index, named: from, to: to))
        } catch  where error.code == EBUSY {
            try socket.execute(.setLink(index, named: from, up: false))
            try socket.execute(.renameLink(index, named: from, to: to))
            try socket.execute(.setLink(index, named: to, up: true))
        }
    }
}
