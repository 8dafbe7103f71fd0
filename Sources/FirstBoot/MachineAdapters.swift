internal import Addresses
internal import Appliance
public import Diagnostics
public import Files
internal import Glibc
internal import NetworkFiles
public import OVF
internal import Recovery

/// The network adapters that this machine has, for properties that name none (decision 33): outside of vCenter nobody writes
/// the section with their MAC addresses.
public struct MachineAdapters: Sendable {
    /// An adapter, as sysfs has it.
    struct Card: Hashable {
        /// As the kernel calls it now.
        var name: String
        var mac: MACAddress
        /// nil where it is on no PCI bus.
        var address: PCIAddress?
        /// VMware's number of its slot; nil where it has none.
        var slot: Int?
    }

    /// Which adapter is which.
    public struct Choice: Sendable {
        /// In the order of the roles.
        public var adapters: [OVFAdapter]
        /// One line for each: which it is, and by what.
        public var notes: [String]
    }

    /// Where vSphere has the adapters of the descriptor, in the order of the roles.
    static let slots = [160, 192, 224]

    var cards: [Card]
    /// Links that are no adapters.
    var others: [Card]
    /// What the interfaces of an appliance that is configured already have.
    var former: [InterfaceRole: MACAddress]

    /// Reads `/sys/class/net`, and which adapters the interfaces of `root` have.
    public init(_ root: Root) {
        let directory = root["/sys/class/net"]
        let slots = Self.slotNumbers(root)
        cards = []
        others = []
        for name in ((try? AtomicFile.names(in: directory)) ?? []).sorted() {
            let text = ((try? AtomicFile.readText("\(directory)/\(name)/address")) ?? nil) ?? ""
            guard let mac = MACAddress(String(text.prefix { $0 != "\n" })), mac.bytes != [0, 0, 0, 0, 0, 0] else {
                continue
            }
            // …/0000:00:15.0/0000:03:00.0, and behind it virtio0 and the like.
            let path = Self.resolved("\(directory)/\(name)/device")
            let places = path.split(separator: "/").compactMap { PCIAddress($0) }
            var card = Card(name: name, mac: mac, address: places.last)
            card.slot = places.last.flatMap { slots[$0.device] } ?? places.dropLast().last?.slotBehind
            if card.address == nil { others.append(card) } else { cards.append(card) }
        }
        cards.sort { a, b in
            guard let first = a.address, let second = b.address, first != second else { return a.name < b.name }
            return first < second
        }
        let settings = (try? AtomicFile.readText(root[ApplianceFile.path], limit: 1 << 20)) ?? nil
        former = AdapterChange.adapters(text: settings ?? "")
    }

    /// Which of them is which interface of these properties: those that the interfaces have already; else those in vSphere's
    /// slots; else the order on the bus, where there are as many as are needed.
    ///
    /// - Throws: What is there, and what to write, where that does not say it.
    public func choice(_ environment: OVFEnvironment) throws(DiagnosticsError) -> Choice {
        let roles = Topology(environment).roles
        let known = InterfaceRole.allCases.compactMap { role in
            (cards + others).first { $0.mac == former[role] }.map { (role, $0) }
        }
        if known.map({ $0.0 }).starts(with: roles), known.count == former.count {
            return choice(known.map { $0.1 }) { _, _ in "as before" }
        }
        let placed = Self.slots.map { slot in cards.filter { $0.slot == slot } }.prefix { $0.count == 1 }.flatMap { $0 }
        // Of too few the settings' checks say what is missing, unless one that is elsewhere may be meant.
        if placed.count >= roles.count || (!placed.isEmpty && placed.count == cards.count) {
            return choice(placed) { card, _ in "in slot \(card.slot ?? 0)" }
        }
        // Two ports of one card are in no order; a third adapter is the frontend's.
        let isOrdered = Set(cards.map { $0.address }).count == cards.count
        if isOrdered, (roles.count...InterfaceRole.allCases.count).contains(cards.count) {
            return choice(cards) { card, index in
                "number \(index + 1) of \(cards.count) on the PCI bus (\(card.address.map { "\($0)" } ?? ""))"
            }
        }
        throw DiagnosticsError([ambiguity(environment, roles)])
    }

    private func choice(_ chosen: [Card], reason: (Card, Int) -> String) -> Choice {
        let roles = InterfaceRole.allCases.prefix(chosen.count)
        var notes = zip(roles, chosen).enumerated().map { index, pair in
            "\(pair.0) is \(pair.1.name) (\(pair.1.mac)), \(reason(pair.1, index)): the properties name no adapters"
        }
        notes += cards.filter { !chosen.contains($0) }.map { "\(Self.words($0)) is not used" }
        return Choice(
            adapters: zip(roles, chosen).enumerated().map { index, pair in
                OVFAdapter(mac: "\(pair.1.mac)", network: pair.0.networkName, unitNumber: 7 + index)
            },
            notes: notes
        )
    }

    private func ambiguity(_ environment: OVFEnvironment, _ roles: [InterfaceRole]) -> Diagnostic {
        let there = (cards + others).prefix(Self.mostTold).map(Self.words).joined(separator: ", ")
        let example = #""adapters": [{ "mac": "00:50:56:...", "network": "Management", "unit_number": 7 }, ...]"#
        let names = roles.map { $0.rawValue }.joined(separator: ", ")
        let slots = Self.slots.prefix(roles.count).map { "\($0)" }.joined(separator: ", ")
        return Diagnostic(
            file: environment.file,
            "the properties name no network adapters, and which of this machine's is which cannot be told: "
                + "\(roles.count) are needed (\(names)); there \(there.isEmpty ? "are none" : "are \(there)")",
            remedy: "name them in the order \(names): \(example) in the JSON properties, which appliance-net ovf env "
                + "makes a section of; or connect them in slots \(slots), or exactly \(roles.count) on the PCI bus"
        )
    }

    private static let mostTold = 8

    private static func words(_ card: Card) -> String {
        let slot = card.slot.map { ", slot \($0)" } ?? ""
        let place = card.address.map { "at \($0)\(slot)" } ?? "on no PCI bus"
        return "\(card.name) (\(card.mac), \(place))"
    }

    /// The kernel's numbers of slots, as the firmware names them, by their addresses.
    private static func slotNumbers(_ root: Root) -> [String: Int] {
        let directory = root["/sys/bus/pci/slots"]
        var numbers: [String: Int] = [:]
        for name in (try? AtomicFile.names(in: directory)) ?? [] {
            let text = ((try? AtomicFile.readText("\(directory)/\(name)/address")) ?? nil) ?? ""
            // Those of another maker's firmware mean something else.
            guard let number = Int(name), number >= 160 else { continue }
            numbers[String(text.prefix { $0 != "\n" })] = number
        }
        return numbers
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return "" }
        defer { free(real) }
        return String(cString: real)
    }
}
