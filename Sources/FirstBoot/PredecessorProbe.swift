internal import Addresses
internal import Diagnostics
internal import Discovery
internal import Glibc
internal import Netlink
internal import NetworkFiles

/// Looks on the links for the appliance that this one replaces: two that answer for the same addresses are worse than
/// none.
struct PredecessorProbe {
    /// What is known when everybody who can be asked has been asked.
    struct Answer: Equatable {
        /// Who has one of the addresses.
        var conflicts: [IPAddress: MACAddress] = [:]
        /// Of what nothing is known, and why; one sentence each.
        var unknown: [String] = []
        /// Whether somebody could be asked for each address of the interfaces.
        var hasAskedAll = true
    }

    /// The interfaces as they are going to be.
    let interfaces: [ApplianceFile.Interface]
    /// What the proxy is going to listen at.
    let virtualAddresses: [IPAddress]

    init(_ interfaces: [ApplianceFile.Interface], virtualAddresses: [IPAddress] = []) {
        self.interfaces = interfaces
        self.virtualAddresses = Array(Set(virtualAddresses)).sorted { "\($0)" < "\($1)" }
    }

    /// Waits until nobody has the addresses any more. What cannot be asked for is told, and not waited for: the network
    /// looks again before it claims an address.
    ///
    /// - Parameters:
    ///   - waiting: Called once, where it has to wait.
    ///   - isForced: Whether the addresses are to be taken, whoever has them; asked again and again.
    /// - Returns: Whether the addresses of the interfaces can be taken without asking again; false where it is not known of
    ///   each that nobody has it.
    @discardableResult
    func wait(
        say: (String) -> Void,
        waiting: () -> Void = {},
        isForced: () -> Bool = { false }
    ) throws -> Bool {
        var told = Answer()
        while true {
            let answer = try ask()
            for line in answer.unknown where !told.unknown.contains(line) { say(line) }
            if answer.conflicts.isEmpty {
                if !told.conflicts.isEmpty { say("nobody has the addresses any more") }
                return answer.hasAskedAll
            }
            if answer.conflicts != told.conflicts { say(Self.text(answer.conflicts)) }
            if isForced() {
                say("not waiting any longer: firstboot --force takes the addresses")
                return true
            }
            if told.conflicts.isEmpty { waiting() }
            told = answer
            sleep(1)
        }
    }

    static func text(_ conflicts: [IPAddress: MACAddress]) -> String {
        let all = conflicts.sorted { "\($0.key)" < "\($1.key)" }.map { "\($0.key) (\($0.value))" }
        let shown = all.prefix(5).joined(separator: ", ") + (all.count > 5 ? " and \(all.count - 5) more" : "")
        return "another host has \(shown): the appliance that this one replaces still runs, or is not this one's; "
            + "waiting until it does not (firstboot --force does not wait)"
    }

    /// Asks for all of them, and waits for the verdict. Links that are down are set up for it.
    func ask() throws -> Answer {
        let socket = try NetlinkSocket()
        let links = try runningLinks(socket)
        let own = Set(try socket.addresses().map { $0.address.address })
        var answer = Answer()
        var requests: [AddressProbe.Request] = []
        var places: [ProbeInterface] = []
        for interface in interfaces {
            let (role, mac) = (interface.role.rawValue, interface.mac.value)
            let addresses = interface.addresses.map { $0.value }
            if interface.usesDHCP {
                answer.unknown.append("\(role) is given its addresses by DHCP: who has them now cannot be asked")
            }
            let wanted = addresses.map { $0.address }.filter { !own.contains($0) }
            let link = links.first { $0.mac == mac }
            if let link, link.isRunning {
                requests += wanted.map { AddressProbe.Request($0, interface: link.index, mac: mac) }
            } else if !wanted.isEmpty {
                let reason = link == nil ? "there is no adapter \(mac)" : "no cable is in"
                answer.unknown.append(Self.text(notAskedFor: wanted, role, reason))
                answer.hasAskedAll = false
            }
            // Also one that cannot be asked on is where its addresses belong.
            places.append(ProbeInterface(index: link?.index ?? 0, mac: mac, addresses: addresses))
        }
        addVirtual(&requests, &answer, places, links, own)
        guard !requests.isEmpty else { return answer }
        let outcome = try AddressProbe.run(requests, ownMACs: Set(try socket.links().compactMap { $0.mac }))
        answer.conflicts = outcome.conflicts
        for (index, error) in outcome.failures.sorted(by: { $0.key < $1.key }) {
            let addresses = requests.filter { $0.interface == index }.map { $0.address }
            let role = interfaces.first { interface in
                links.contains { $0.index == index && $0.mac == interface.mac.value }
            }
            answer.unknown.append(Self.text(notAskedFor: addresses, role?.role.rawValue ?? "a link", "\(error)"))
            answer.hasAskedAll = false
        }
        return answer
    }

    /// The links of the interfaces, up, and with a cable where one is in.
    private func runningLinks(_ socket: NetlinkSocket) throws -> [Link] {
        func links() throws -> [Link] {
            try socket.links().filter { link in interfaces.contains { $0.mac.value == link.mac } }
        }
        for link in try links() where !link.isUp {
            try socket.execute(.setLink(link.index, named: link.name, up: true))
        }
        // One without a cable is not waited for longer than a second.
        for _ in 0..<100 {
            let now = try links()
            if now.allSatisfy({ $0.isRunning }) { return now }
            poll(nil, 0, 10)
        }
        return try links()
    }

    /// Virtual addresses are asked for on the link whose network they lie in.
    private func addVirtual(
        _ requests: inout [AddressProbe.Request],
        _ answer: inout Answer,
        _ places: [ProbeInterface],
        _ links: [Link],
        _ own: Set<IPAddress>
    ) {
        var routed: [IPAddress] = []
        var unasked: [IPAddress] = []
        for address in virtualAddresses where !own.contains(address) {
            // An address of an interface has been seen to.
            if places.contains(where: { $0.addresses.contains { $0.address == address } }) { continue }
            guard let request = ProbeInterface.request(for: address, among: places) else {
                routed.append(address)
                continue
            }
            if links.contains(where: { $0.index == request.interface && $0.isRunning }) {
                requests.append(request)
            } else {
                unasked.append(address)
            }
        }
        if !unasked.isEmpty {
            answer.unknown.append(Self.text(notAskedFor: unasked, "their link", "it cannot be asked on"))
        }
        if !routed.isEmpty {
            answer.unknown.append("\(Self.list(routed)): in no network of an interface, so no link can be asked")
        }
    }

    private static func text(notAskedFor addresses: [IPAddress], _ role: String, _ reason: String) -> String {
        "\(role): \(reason): whether another host has \(list(addresses)) is not known"
    }

    private static func list(_ addresses: [IPAddress]) -> String {
        addresses.prefix(5).map { "\($0)" }.joined(separator: ", ")
            + (addresses.count > 5 ? " and \(addresses.count - 5) more" : "")
    }
}
