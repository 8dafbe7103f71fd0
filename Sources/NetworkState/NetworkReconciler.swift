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
            for operation in plan.operations {
                do {
                    try beforeOperation?(done.count, operation)
                    try perform(operation, plan.names)
                } catch {
                    throw ApplyError(operation: operation, reason: "\(error)", leftOver: restore(former))
                }
                done.append(operation)
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
                for operation in operations {
                    do {
                        try perform(operation, former.names)
                    } catch {
                        failures.append("\(error)")
                    }
                }
            } catch {
                failures.append("\(error)")
            }
        }
        return failures
    }

    /// One operation. "Exists already" on add and "is gone already" on delete are success: reading back decides.
    private func perform(_ operation: Operation, _ names: InterfaceNames) throws {
        switch operation.action {
        case .renameLink(let index, let from, let to): try rename(index, from, to)
        case .setLink(let index, let name, let up): try socket.execute(.setLink(index, named: name, up: up))
        case .setSysctl(let sysctl, let interface, _, let value): try sysctl.write(value, interface)
        case .addAddress(let address): try add(.add(address, names))
        case .deleteAddress(let address): try delete(.delete(address, names))
        case .addRoute(let route): try add(.add(route, names))
        case .replaceRoute(let route): try socket.execute(.replace(route, names))
        case .deleteRoute(let route): try delete(.delete(route, names))
        case .addRule(let rule): try add(.add(rule))
        case .deleteRule(let rule): try delete(.delete(rule))
        }
    }

    private func add(_ request: NetlinkRequest) throws(NetlinkError) {
        do {
            try socket.execute(request)
        } catch  where error.isAlreadyThere {}
    }

    private func delete(_ request: NetlinkRequest) throws(NetlinkError) {
        do {
            try socket.execute(request)
        } catch  where error.isAlreadyGone {}
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
