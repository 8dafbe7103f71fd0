public import Addresses
internal import Glibc
public import Syscalls

extension AddressProbe {
    /// Probes and waits for the verdict: 150 ms by default. Interfaces must be up.
    ///
    /// `arping -D -I INTERFACE ADDRESS` for all addresses at once; IPv6 too.
    ///
    /// - Parameters:
    ///   - requests: Addresses that this machine does not have yet.
    ///   - timing: When probes are sent.
    ///   - ownMACs: Of every interface of this machine: one may hear another.
    /// - Throws: EPERM without CAP_NET_RAW; EMFILE.
    public static func run(
        _ requests: [Request],
        timing: Timing = .fast,
        ownMACs: Set<MACAddress> = []
    ) throws(SystemError) -> Outcome {
        var settings = ClaimMachine.Settings()
        settings.timing = timing
        let claims = try ClaimSockets(settings, ownMACs: ownMACs)
        let number = claims.probe(requests, at: MonotonicTime.now)
        var outcome = Outcome()
        while true {
            for (interface, error) in claims.failures {
                if error.code == EPERM || error.code == EMFILE { throw error }
                outcome.failures[interface] = error
            }
            for case .probed(number, let conflicts) in claims.takeEvents() {
                for (key, mac) in conflicts { outcome.conflicts[key.address] = mac }
                return outcome
            }
            claims.wait()
        }
    }

    /// Announces addresses that this machine has, once: gratuitous ARP (`arping -U`), unsolicited neighbour
    /// advertisements. Interfaces that are down are left out.
    public static func announce(_ requests: [Request]) throws(SystemError) {
        var settings = ClaimMachine.Settings()
        settings.announcements = 1
        settings.policy = .off
        let claims = try ClaimSockets(settings)
        let begin = MonotonicTime.now
        claims.claim(requests, areVirtual: false, at: begin)
        // A link that takes nothing for a second is not waited for.
        while claims.isSending, MonotonicTime.now < begin + .seconds(1) { claims.wait() }
    }
}

extension ClaimSockets {
    /// Waits for the next thing to do, and does it.
    fileprivate func wait() {
        let left = deadline.map { MonotonicTime.milliseconds($0 - MonotonicTime.now) } ?? 1000
        var readable = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&readable, 1, left) > 0 { hear(at: MonotonicTime.now) }
        timer(at: MonotonicTime.now)
    }
}
