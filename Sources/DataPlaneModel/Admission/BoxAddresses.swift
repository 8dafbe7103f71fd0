internal import Addresses
internal import Diagnostics
internal import Files
internal import Glibc
internal import NetworkFiles
internal import Syscalls

/// The addresses that the appliance may serve: its VIP ranges, its own addresses, and the networks in which an address
/// outside every range gets a route of its own.
struct BoxAddresses: Sendable {
    typealias Place = (interface: String, address: IPAddress, network: IPNetwork)

    var policy: ApplianceFile.BindAdmission
    var ranges: [AddressRange]
    /// `own_address` of `[guard]`.
    var givesRoutes: Bool
    /// What the interfaces have.
    var places: [Place]

    /// What the box has now; nil where there is no file of VIP ranges: that is no appliance, and no business of ours.
    ///
    /// - Parameter root: Where the files of the appliance lie.
    /// - Throws: When the files are there and cannot be read.
    static func load(_ root: Root) throws(APIError) -> BoxAddresses? {
        guard let ranges = try read(root[AnyIPRoutesFile.path]) else { return nil }
        let settings = try read(root[ApplianceFile.path]).map { ApplianceFile.parse($0).value }
        return BoxAddresses(
            policy: settings?.api.bindAdmission?.value ?? .refuse,
            ranges: AnyIPRoutesFile.parse(ranges).value.ranges.map { $0.value },
            givesRoutes: settings?.guardPolicy.ownAddress ?? true,
            places: connectedPlaces()
        )
    }

    /// Each address of each interface: `ip address`.
    private static func connectedPlaces() -> [Place] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var places: [Place] = []
        var next = list
        while let entry = next {
            next = entry.pointee.ifa_next
            guard let address = address(entry.pointee.ifa_addr), let mask = self.address(entry.pointee.ifa_netmask),
                let network = IPNetwork(containing: address, prefixLength: mask.number.nonzeroBitCount)
            else { continue }
            places.append((String(cString: entry.pointee.ifa_name), address, network))
        }
        return places
    }

    private static func address(_ socket: UnsafeMutablePointer<sockaddr>?) -> IPAddress? {
        guard let socket else { return nil }
        switch CInt(socket.pointee.sa_family) {
        case AF_INET:
            return socket.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin_addr) { IPAddress(bytes: Array($0)) }
            }
        case AF_INET6:
            return socket.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin6_addr) { IPAddress(bytes: Array($0)) }
            }
        default: return nil
        }
    }

    private static func read(_ path: String) throws(APIError) -> String? {
        do throws(SystemError) {
            return try AtomicFile.readText(path)
        } catch {
            throw APIError(500, "the networks of the appliance are not known: \(error)")
        }
    }

    /// Where an address of nobody's can have a route of its own: never on management.
    private var networks: [Place] {
        givesRoutes ? places.filter { $0.interface != InterfaceRole.management.rawValue } : []
    }

    /// Whether connections to this address can come to us.
    func holds(_ address: IPAddress) -> Bool {
        address.isLoopback || ranges.contains { $0.contains(address) } || places.contains { $0.address == address }
            || networks.contains { $0.network.contains(address) }
    }

    /// The ranges and networks, in words.
    var description: String {
        let ranges = ranges.map { "\($0)" }.joined(separator: ", ")
        let networks = networks.filter { !$0.address.isLoopback && !$0.address.isLinkLocal }
        let connected = networks.map { "\($0.network) (\($0.interface))" }.joined(separator: ", ")
        let none = givesRoutes ? "none" : "none counts, by own_address = false in [guard]"
        return "VIP ranges: \(ranges.isEmpty ? "none" : ranges); networks: \(connected.isEmpty ? none : connected)"
    }
}
