import Addresses
import Syscalls

@testable import NetworkWatch

/// Others hold some addresses.
final class Neighbours: AddressClaims {
    var holders: [IPAddress: MACAddress] = [:]
    private(set) var calls: [String] = []
    var descriptors: [CInt] { [] }
    var deadline: Duration? { nil }
    func takeWishes() -> [WatchWish] { [] }
    func hear(_ descriptor: CInt, at now: Duration) {}
    func timer(at now: Duration) {}
    var conflicts: [IPAddress: MACAddress] = [:] { didSet { conflictsChanged?(MonotonicTime.now) } }
    var conflictsChanged: ((Duration) -> Void)?

    func probe(
        _ addresses: [IPAddress],
        at now: Duration,
        done: @escaping ([IPAddress: MACAddress], Duration) -> Void
    ) {
        calls.append("probe " + addresses.map { "\($0)" }.joined(separator: " "))
        done(holders.filter { addresses.contains($0.key) }, now)
    }

    var refused: (([IPAddress: MACAddress], Duration) -> Void)?

    func announce(_ addresses: [IPAddress], held: [IPAddress: MACAddress], at now: Duration) {
        calls.append("announce " + addresses.map { "\($0)" }.joined(separator: " "))
    }

    func release(_ addresses: [IPAddress], at now: Duration) {
        calls.append("release " + addresses.map { "\($0)" }.joined(separator: " "))
    }
}
