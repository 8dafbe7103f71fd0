import Addresses
import Glibc
import Guard
import Syscalls

@testable import NetworkWatch

/// Takes a state only if something listens on this address.
final class PickyKeeper: GuardKeeper {
    private let firewall: Firewall
    private let accepted: IPAddress

    init(accepts address: IPAddress) throws {
        (firewall, accepted) = (try Firewall(listening: true), address)
    }

    var descriptor: CInt? { firewall.descriptor }
    var protects: Bool { firewall.protects }
    var tracksConnections: Bool { firewall.tracksConnections }
    func hear() throws -> Bool { try firewall.hear() }
    func keep(_ change: GuardChange) throws { try firewall.change(change) }
    func putRight() throws -> Bool { try firewall.putRight() }
    func inForce() throws -> GuardState { try firewall.inForce() }
    func takeAway() throws { try firewall.takeAway() }
    func drops() throws -> [(reason: String, packets: UInt64)] { try firewall.drops() }

    func keep(_ state: GuardState) throws {
        guard state.listeners.contains(where: { $0.address == accepted }) else {
            throw SystemError(code: EBUSY, operation: "keep")
        }
        try firewall.keep(state)
    }
}
