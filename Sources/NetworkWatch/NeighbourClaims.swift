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
    /// Virtual addresses that were announced; nil: a router sends it here, and no link is told.
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

    public func announce(_ addresses: [IPAddress], at now: Duration) {
        if interfaces.isEmpty { look(now) }
        for address in addresses { announced.updateValue(request(for: address), forKey: address) }
        sockets.claim(addresses.compactMap { request(for: $0) }, areVirtual: true, at: now)
        tell(now)
    }

    public func release(_ addresses: [IPAddress], at now: Duration) {
        let gone = addresses.compactMap { announced.removeValue(forKey: $0) ?? nil }
        sockets.release(gone.map { $0.key }, at: now)
    }

    public var conflicts: [IPAddress: MACAddress] {
        Dictionary(sockets.conflicts.map { ($0.key.address, $0.value) }) { first, _ in first }
    }

    public var conflictsChanged: ((Duration) -> Void)?

    private func request(for address: IPAddress) -> AddressProbe.Request? {
        let allowed = interfaces.filter { managed.contains($0.probe.mac) && $0.probe.mac != managementMAC }
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

    public func applied(_ configuration: NetworkConfiguration, at now: Duration) {
        managementMAC = configuration.appliance[.management]?.mac.value
        managed = Set(configuration.appliance.interfaces.map { $0.mac.value })
        managed.formUnion(configuration.tables.map { $0.mac.value })
        let wanted = configuration.appliance.guardPolicy.claimSettings
        var settings = sockets.settings
        (settings.policy, settings.timing) = (wanted.policy, wanted.timing)
        if settings != sockets.settings { sockets.settings = settings }
        look(now, isChanged: true)
        tell(now)
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

    /// An interface has got its network, or another adapter took its place.
    private func moveAnnounced(_ now: Duration) {
        var moved: [AddressProbe.Request] = []
        for (address, old) in announced {
            let new = request(for: address)
            if new == old { continue }
            if let old { sockets.release([old.key], at: now) }
            announced.updateValue(new, forKey: address)
            if let new { moved.append(new) }
        }
        if !moved.isEmpty { sockets.claim(moved, areVirtual: true, at: now) }
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
        for event in sockets.takeEvents() {
            switch event {
            case .probed(let number, let conflicts):
                let done = waiting.removeValue(forKey: number)
                done?(Dictionary(conflicts.map { ($0.key.address, $0.value) }) { first, _ in first }, now)
            case .conflict(let key, let mac):
                wishes.append(.log(.warning, conflictText(key, mac)))
                conflictsChanged?(now)
            case .conflictOver(let key):
                wishes.append(.log(.info, "\(key.address) dev \(name(key.interface)): no other host uses it any more"))
                conflictsChanged?(now)
            }
        }
        // A link that is down is told of elsewhere.
        told = sockets.failures.filter { ![ENETDOWN, ENODEV, ENXIO].contains($0.value.code) }
    }

    private func conflictText(_ key: ClaimKey, _ mac: MACAddress) -> String {
        "\(key.address) dev \(name(key.interface)): another host uses it too, \(mac)"
    }

    private func name(_ index: Int) -> String {
        interfaces.first { $0.probe.index == index }?.name ?? "interface \(index)"
    }
}
