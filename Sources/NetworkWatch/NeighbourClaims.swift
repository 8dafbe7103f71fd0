public import Addresses
internal import Diagnostics
internal import Discovery
internal import Glibc
internal import Netlink
public import NetworkFiles
internal import NetworkState
internal import Syscalls

/// The part that probes, announces and watches addresses: ``AddressClaims`` on the links (ARP, neighbour discovery).
///
/// Virtual addresses are what it is told; the addresses that interfaces have it finds itself and watches too. Never
/// virtual ones on management.
public final class NeighbourClaims: AddressClaims {
    private let sockets: ClaimSockets
    private let links: () throws -> [InterfaceState]
    private var interfaces: [InterfaceState] = []
    /// The interfaces that the files name; management among them.
    private var managed: Set<MACAddress> = []
    private var managementMAC: MACAddress?
    /// Virtual addresses that were announced; nil: a router sends it here, and no link is told, or none can be told yet.
    private var announced: [IPAddress: AddressProbe.Request?] = [:]
    /// Addresses of the interfaces themselves.
    private var own: Set<AddressProbe.Request> = []
    private var waiting: [Int: ([IPAddress: MACAddress], Duration) -> Void] = [:]
    private var wishes: [WatchWish] = []
    private var told: [Int: SystemError] = [:]

    /// An interface with its addresses.
    struct InterfaceState: Hashable {
        var name: String
        var isRunning: Bool
        var probe: ProbeInterface
    }

    /// In the network namespace of the calling thread.
    public convenience init() throws { try self.init(links: Self.kernelLinks) }

    init(_ settings: ClaimMachine.Settings = ClaimMachine.Settings(), links: @escaping () throws -> [InterfaceState])
        throws(SystemError)
    {
        sockets = try ClaimSockets(settings)
        self.links = links
    }

    // MARK: - AddressClaims

    public func probe(
        _ addresses: [IPAddress],
        at now: Duration,
        done: @escaping ([IPAddress: MACAddress], Duration) -> Void
    ) {
        if interfaces.isEmpty { look(now) }
        let number = sockets.probe(addresses.compactMap { request(for: $0) }, at: now)
        waiting[number] = done
        tell(now)
    }

    public func announce(_ addresses: [IPAddress], held: [IPAddress: MACAddress], at now: Duration) {
        if interfaces.isEmpty { look(now) }
        for address in addresses { announced.updateValue(request(for: address), forKey: address) }
        claim(addresses.compactMap { request(for: $0) }, held: held, now)
        tell(now)
    }

    private func claim(_ requests: [AddressProbe.Request], held: [IPAddress: MACAddress] = [:], _ now: Duration) {
        let holders = requests.compactMap { request in held[request.address].map { (request.key, $0) } }
        sockets.claim(
            requests,
            areVirtual: true,
            held: Dictionary(holders) { first, _ in first },
            at: now
        )
    }

    public func release(_ addresses: [IPAddress], at now: Duration) {
        let gone = addresses.compactMap { announced.removeValue(forKey: $0) ?? nil }
        sockets.release(gone.map { $0.key }, at: now)
    }

    public var conflicts: [IPAddress: MACAddress] {
        Dictionary(sockets.conflicts.map { ($0.key.address, $0.value) }) { first, _ in first }
    }

    public var conflictsChanged: ((Duration) -> Void)?
    public var refused: (([IPAddress: MACAddress], Duration) -> Void)?

    /// nil: nobody can be asked, or told, just now; a link without its cable is as none.
    private func request(for address: IPAddress) -> AddressProbe.Request? {
        let allowed = interfaces.filter {
            $0.isRunning && managed.contains($0.probe.mac) && $0.probe.mac != managementMAC
        }
        return ProbeInterface.request(for: address, among: allowed.map { $0.probe })
    }

    // MARK: - WatchPart

    public var descriptors: [CInt] { [sockets.descriptor] }
    public var deadline: Duration? { sockets.deadline }

    public func hear(_ descriptor: CInt, at now: Duration) {
        sockets.hear(at: now)
        tell(now)
    }

    public func timer(at now: Duration) {
        sockets.timer(at: now)
        tell(now)
    }

    public func takeWishes() -> [WatchWish] {
        defer { wishes = [] }
        return wishes
    }

    public var problems: [String] {
        sockets.conflicts.map { conflictText($0.key, $0.value) }.sorted()
            + told.sorted { $0.key < $1.key }.map {
                "nobody can be asked on \(name($0.key)) who has which address: \($0.value)"
            }
    }

    /// Whoever asks for addresses before the network is made knows where.
    public func prepare(_ configuration: NetworkConfiguration, at now: Duration) {
        guard take(configuration) else { return }
        look(now, isChanged: true)
        tell(now)
    }

    public func applied(_ configuration: NetworkConfiguration, at now: Duration) {
        take(configuration)
        look(now, isChanged: true)
        tell(now)
    }

    /// Whether the interfaces are others than before.
    @discardableResult
    private func take(_ configuration: NetworkConfiguration) -> Bool {
        let before = (managementMAC, managed)
        managementMAC = configuration.appliance[.management]?.mac.value
        managed = Set(configuration.appliance.interfaces.map { $0.mac.value })
        managed.formUnion(configuration.tables.map { $0.mac.value })
        let wanted = configuration.appliance.guardPolicy.claimSettings
        var settings = sockets.settings
        (settings.policy, settings.timing) = (wanted.policy, wanted.timing)
        if settings != sockets.settings { sockets.settings = settings }
        return before != (managementMAC, managed)
    }

    // MARK: - Interfaces

    /// What the interfaces are now. Where one came back, all that is claimed on it is announced again.
    private func look(_ now: Duration, isChanged: Bool = false) {
        guard let found = try? links(), isChanged || found != interfaces else { return }
        let cameBack = found.filter { new in
            new.isRunning && interfaces.contains { $0.probe.index == new.probe.index && !$0.isRunning }
        }
        interfaces = found
        sockets.ownMACs = Set(found.map { $0.probe.mac })
        claimOwn(now)
        moveAnnounced(now)
        let indexes = Set(cameBack.map { $0.probe.index })
        let known = own.map { $0.key } + announced.values.compactMap { $0?.key }
        let keys = known.filter { indexes.contains($0.interface) }
        if !keys.isEmpty { sockets.announce(keys, at: now) }
    }

    private func claimOwn(_ now: Duration) {
        var wanted: Set<AddressProbe.Request> = []
        for interface in interfaces.map({ $0.probe }) where managed.contains(interface.mac) {
            for address in interface.addresses.map({ $0.address }) where !address.isLinkLocal {
                wanted.insert(AddressProbe.Request(address, interface: interface.index, mac: interface.mac))
            }
        }
        sockets.release(own.subtracting(wanted).map { $0.key }, at: now)
        sockets.claim(wanted.subtracting(own).sorted { $0.address < $1.address }, areVirtual: false, at: now)
        own = wanted
    }

    /// An interface has got its network or its cable, or another adapter took its place: who has which address on that
    /// link is asked first, as everywhere.
    private func moveAnnounced(_ now: Duration) {
        var new: [AddressProbe.Request] = []
        for (address, old) in announced {
            let request = request(for: address)
            if request == old { continue }
            if let old { sockets.release([old.key], at: now) }
            announced.updateValue(request, forKey: address)
            if let request { new.append(request) }
        }
        if new.isEmpty { return }
        let number = sockets.probe(new, at: now)
        waiting[number] = { [weak self] in self?.asked(new, $0, $1) }
    }

    /// What a probe found of addresses that were announced when nobody could be asked.
    private func asked(_ requests: [AddressProbe.Request], _ holders: [IPAddress: MACAddress], _ now: Duration) {
        let current = requests.filter { announced[$0.address] == $0 }
        let isRefusing = sockets.settings.policy == .refuse
        let taken = current.filter { !isRefusing || holders[$0.address] == nil }
        if !taken.isEmpty { claim(taken, held: holders, now) }
        let others = isRefusing ? holders.filter { holder in current.contains { $0.address == holder.key } } : [:]
        if !others.isEmpty { refused?(others, now) }
    }

    /// Interfaces with a MAC address, and what they have.
    static func kernelLinks() throws -> [InterfaceState] {
        let socket = try NetlinkSocket()
        let addresses = Dictionary(grouping: try socket.addresses(), by: { $0.interface })
        return try socket.links().compactMap { link in
            guard let mac = link.mac, link.isUp else { return nil }
            let own = (addresses[link.index] ?? []).map { $0.address }
            let probe = ProbeInterface(index: link.index, mac: mac, addresses: own)
            return InterfaceState(name: link.name, isRunning: link.isRunning, probe: probe)
        }
    }

    // MARK: - Telling

    private func tell(_ now: Duration) {
        var areConflictsOther = false
        var events = sockets.takeEvents()
        while !events.isEmpty {
            for event in events { if tell(event, now) { areConflictsOther = true } }
            // What is claimed on what a probe found may tell more.
            events = sockets.takeEvents()
        }
        if areConflictsOther { conflictsChanged?(now) }
        // A link that is down is told of elsewhere.
        told = sockets.failures.filter { ![ENETDOWN, ENODEV, ENXIO].contains($0.value.code) }
    }

    /// - Returns: Whether who has what is another now.
    private func tell(_ event: ClaimEvent, _ now: Duration) -> Bool {
        switch event {
        case .probed(let number, let conflicts):
            let done = waiting.removeValue(forKey: number)
            done?(Dictionary(conflicts.map { ($0.key.address, $0.value) }) { first, _ in first }, now)
            return false
        case .conflict(let key, let mac):
            wishes.append(.log(.warning, conflictText(key, mac)))
            return true
        case .conflictOver(let key):
            wishes.append(.log(.info, "\(key.address) dev \(name(key.interface)): no other host uses it any more"))
            return true
        }
    }

    private func conflictText(_ key: ClaimKey, _ mac: MACAddress) -> String {
        "\(key.address) dev \(name(key.interface)): another host uses it too, \(mac)"
    }

    private func name(_ index: Int) -> String {
        interfaces.first { $0.probe.index == index }?.name ?? "interface \(index)"
    }
}
