import Addresses
import CLinux
import Glibc
import Guard
import NetworkFiles
import Nftables
import Syscalls

/// What scripts/bench-guard measures the guard with; not shipped.
///
///     bench-guard times [ROUNDS]            seconds of each work with 5,000 pairs, in a network namespace of its own
///     bench-guard announce [ROUNDS]         seconds until 1,000 addresses are announced, in a namespace of its own
///     bench-guard install ADDRESS:PORT IF   the guard of this namespace, with that pair among 5,000, behind interface IF
///     bench-guard remove                    no guard
///     bench-guard churn SECONDS ADDRESS:PORT IF   replaces the whole again and again
@main struct Main {
    static func main() {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            switch arguments.first {
            case "times": try times(arguments.count > 1 ? Int(arguments[1]) ?? 21 : 21)
            case "announce": try announce(arguments.count > 1 ? Int(arguments[1]) ?? 21 : 21)
            case "install" where arguments.count == 3:
                try Firewall(.persistent).replace(with: try state(arguments[1], arguments[2]))
            case "remove": try Firewall(.persistent).remove()
            case "churn" where arguments.count == 4: try churn(Double(arguments[1]) ?? 1, arguments[2], arguments[3])
            default:
                say("bench-guard: times, announce, install, remove or churn")
                exit(64)
            }
        } catch {
            say("bench-guard: \(error)")
            exit(1)
        }
    }

    private static func say(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = write(2, bytes, bytes.count)
    }

    private static func times(_ rounds: Int) throws {
        try syscall("unshare the network namespace") { clinux_unshare_network() }
        let firewall = try Firewall()
        let states = [pairs(0), pairs(5000)]
        try firewall.update(to: states[0])
        try measure("replace-5000", rounds) { try firewall.replace(with: states[$0 % 2]) }
        try measure("change-5000", rounds) { try firewall.update(to: states[($0 + 1) % 2]) }
        // No virtual address: it needs no claim.
        let one = Listener(address: IPAddress(v4: 0x0a00_0001), port: 9, frontend: "one")
        try measure("add-one-pair", rounds * 5) { round in
            if round % 2 == 0 {
                try firewall.change(GuardChange(adding: [one]))
            } else {
                try firewall.change(GuardChange(removing: [one]))
            }
        }
        var state = states[rounds % 2]
        try firewall.update(to: state)
        try measure("find-one-pair", rounds * 5) { round in
            if round % 2 == 0 { state.listeners.insert(one) } else { state.listeners.remove(one) }
            try firewall.update(to: state)
        }
    }

    private static func announce(_ rounds: Int) throws {
        try syscall("unshare the network namespace") { clinux_unshare_network() }
        let cable = try Announcement.cable()
        for (name, family) in [("announce-1000", IPAddress.Family.v4), ("announce-1000-v6", .v6)] {
            let times = try (0..<rounds + 1).map { _ in try Announcement.measure(family, cable) }
            print(([name] + times.dropFirst().map { "\($0)" }).joined(separator: " "))
        }
    }

    /// Prints the name and the seconds of each round, and then of processor time; the first two are not counted.
    private static func measure(_ name: String, _ rounds: Int, _ body: (Int) throws -> Void) throws {
        var times = name
        var efforts = name + "-cpu"
        for round in 0..<rounds + 2 {
            let start = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID))
            try body(round)
            if round < 2 { continue }
            times += " \(seconds(CLOCK_MONOTONIC) - start.0)"
            efforts += " \(seconds(CLOCK_PROCESS_CPUTIME_ID) - start.1)"
        }
        print(times)
        print(efforts)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func churn(_ seconds: Double, _ place: String, _ interface: String) throws {
        let firewall = try Firewall(.persistent)
        let state = try state(place, interface)
        let end = ContinuousClock.now + .seconds(seconds)
        var count = 0
        while ContinuousClock.now < end {
            try firewall.replace(with: state)
            count += 1
        }
        print(count)
    }

    private static func state(_ place: String, _ interface: String) throws -> GuardState {
        let index = Int(if_nametoindex(interface))
        guard let colon = place.lastIndex(of: ":"), let address = IPAddress(place[..<colon]), index > 0,
            let port = UInt16(place[place.index(after: colon)...])
        else { throw SystemError(code: EINVAL, operation: "read \(place) \(interface)") }
        var state = pairs(0)
        state.interfaces = [GuardState.Interface(index: index, name: interface, role: .frontend)]
        state.ranges = IPNetwork(containing: address, prefixLength: 24).map { [$0] } ?? []
        state.listeners.insert(Listener(address: address, port: port, frontend: "web"))
        state.claimed.insert(address)
        return state
    }

    /// 5,000 pairs of addresses of 172.16.0.0/16 and ports, all claimed.
    private static func pairs(_ first: UInt32) -> GuardState {
        let listeners = (first..<first + 5000).map { number in
            Listener(
                address: IPAddress(v4: 0xac10_0000 + number / 2),
                port: 80 + UInt16(number % 2),
                frontend: "f\(number)"
            )
        }
        return GuardState(
            interfaces: [
                GuardState.Interface(index: 2, name: "management", role: .management),
                GuardState.Interface(index: 3, name: "frontend", role: .frontend),
            ],
            ranges: IPNetwork(containing: IPAddress(v4: 0xac10_0000), prefixLength: 16).map { [$0] } ?? [],
            claimed: Set(listeners.map { $0.address }),
            listeners: Set(listeners)
        )
    }
}
