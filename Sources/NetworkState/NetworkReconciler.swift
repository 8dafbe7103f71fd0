internal import Glibc
public import Netlink
public import NetworkFiles
internal import Syscalls

/// Makes the kernel's network what the files say, in the network namespace of the thread that made it.
public final class NetworkReconciler {
    private let socket: NetlinkSocket
    /// Called before each operation of a plan with its number; what it throws fails the operation. For tests that fail
    /// every operation in turn.
    public var beforeOperation: ((Int, Operation) throws -> Void)?

    /// - Throws: ``Netlink/NetlinkError`` if the kernel cannot be asked.
    public init() throws(NetlinkError) { socket = try NetlinkSocket() }

    /// What the kernel says now.
    public func actual() throws -> ActualState { try ActualState.read(socket) }

    /// What ``apply(_:)`` would do; ``Plan/objects`` is the status.
    public func plan(_ configuration: NetworkConfiguration) throws -> Plan {
        Plan.diff(desired: DesiredState(configuration), actual: try actual())
    }

    /// Makes it so, reads back, and verifies that nothing is left to do. On any failure the former state is restored.
    ///
    /// - Throws: ``ApplyError``; ``Netlink/NetlinkError`` if the kernel could not even be asked.
    @discardableResult
    public func apply(_ configuration: NetworkConfiguration) throws -> ApplyResult {
        let desired = DesiredState(configuration)
        return try converge { Plan.diff(desired: desired, actual: $0) }
    }

    /// Removes our rules, our routes in every table but main, and the AnyIP routes: what the old appliance's
    /// `route-tables down` and `anyip-routes down` did. Links, addresses and the main default route stay, so that
    /// management stays reachable.
    @discardableResult
    public func down() throws -> ApplyResult {
        try converge { Plan.down($0) }
    }

    /// What ``down()`` would do.
    public func planDown() throws -> Plan { Plan.down(try actual()) }

    /// Runs plans until one is empty. More than one is needed where the kernel drops things by itself: routes of a link
    /// that had to be down for its new name, routes from an address that went.
    private func converge(_ makePlan: (ActualState) -> Plan) throws -> ApplyResult {
        let former = try actual()
        var plan = makePlan(former)
        var done: [Operation] = []
        for _ in 0..<4 {
            if plan.isEmpty { return ApplyResult(operations: done, problems: plan.problems, objects: plan.objects) }
            for batch in plan.operations.batches {
                do {
                    try run(batch, plan.names, first: done.count)
                } catch {
                    throw ApplyError(operation: error.operation, reason: "\(error)", leftOver: restore(former))
                }
                done += batch
            }
            do {
                plan = makePlan(try actual())
            } catch {
                throw ApplyError(operation: nil, reason: "reading back failed: \(error)", leftOver: restore(former))
            }
        }
        if plan.isEmpty { return ApplyResult(operations: done, problems: plan.problems, objects: plan.objects) }
        let missing = plan.operations.map { $0.description }.joined(separator: ", ")
        throw ApplyError(
            operation: plan.operations.first,
            reason: "the kernel took the changes, but these are still to do: \(missing)",
            leftOver: restore(former)
        )
    }

    /// Goes back to `former`; gives what could not be put back.
    private func restore(_ former: ActualState) -> [String] {
        var failures: [String] = []
        for _ in 0..<5 {
            do {
                let operations = Restoration(former: former, current: try actual()).operations
                if operations.isEmpty { return [] }
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
        do {
            guard requests.count == batch.count else {
                for operation in batch { try perform(operation) }
                return []
            }
            return try socket.execute(requests).compactMap { failure in
                let operation = batch[batch.startIndex + failure.index]
                if operation.isDone(despite: failure.error) { return nil }
                return BatchError.Failure(operation: operation, error: failure.error)
            }
        } catch {
            return batch.prefix(1).map { BatchError.Failure(operation: $0, error: error) }
        }
    }

    /// An operation that is not one netlink request.
    private func perform(_ operation: Operation) throws {
        switch operation.action {
        case .renameLink(let index, let from, let to): try rename(index, from, to)
        case .setLink(let index, let name, let up): try socket.execute(.setLink(index, named: name, up: up))
        case .setSysctl(let sysctl, let interface, _, let value): try sysctl.write(value, interface)
        default: return
        }
    }

    /// Kernels before 6.2 rename a link only while it is down; it is up again at once, and the next round puts back
    /// what that flushed.
    private func rename(_ index: Int, _ from: String, _ to: String) throws(NetlinkError) {
        do {
            try socket.execute(.renameLink(index, named: from, to: to))
        } catch  where error.code == EBUSY {
            try socket.execute(.setLink(index, named: from, up: false))
            try socket.execute(.renameLink(index, named: from, to: to))
            try socket.execute(.setLink(index, named: to, up: true))
        }
    }
}
