import Addresses
import Diagnostics

extension RouteTablesFile {
    /// The lines before one, found by what they must agree on with it: thousands of lines are not compared with each
    /// other.
    struct Earlier {
        private struct Place: Hashable {
            var table: Int
            var network: IPNetwork
        }

        private struct Holder {
            var table: Int
            var network: IPNetwork
            var line: Int
        }

        private var lines: [String: Int] = [:]
        private var names: [Int: (name: String, line: Int)] = [:]
        private var tables: [String: (table: Int, line: Int)] = [:]
        private var gateways: [Place: (address: IPAddress, line: Int)] = [:]
        private var interfaces: [Place: (mac: MACAddress, line: Int)] = [:]
        /// Who has this very network, once for each table.
        private var owners: [IPNetwork: [Holder]] = [:]
        /// Who has something in a network with a prefix length in use, once for each table.
        private var insiders: [IPNetwork: [Holder]] = [:]
        private let prefixLengths: Set<Int>

        /// - Parameter entries: All lines that will ever be asked for or added.
        init(_ entries: [Entry]) { prefixLengths = Set(entries.map { $0.network.value.prefixLength }) }

        /// The line that says the very same.
        func line(_ entry: Entry) -> Int? { lines[entry.text] }

        mutating func add(_ entry: Entry) {
            let line = entry.table.position.line
            let (table, name, network) = (entry.table.value, entry.name.value, entry.network.value.network)
            let place = Place(table: table, network: network)
            func keep<Key, Value>(_ value: Value, _ key: Key, _ dictionary: inout [Key: Value]) {
                if dictionary[key] == nil { dictionary[key] = value }
            }
            keep(line, entry.text, &lines)
            keep((name, line), table, &names)
            keep((table, line), name, &tables)
            keep((entry.mac.value, line), place, &interfaces)
            if let gateway = entry.gateway { keep((gateway.value, line), place, &gateways) }
            let holder = Holder(table: table, network: network, line: line)
            func keepHolder(_ key: IPNetwork, _ holders: inout [IPNetwork: [Holder]]) {
                if holders[key]?.contains(where: { $0.table == table }) != true {
                    holders[key, default: []].append(holder)
                }
            }
            keepHolder(network, &owners)
            for around in networks(around: network) { keepHolder(around, &insiders) }
        }

        struct Contradiction {
            /// The earlier line.
            var line: Int
            var position: SourcePosition
            var message: String
            var remedy: String
        }

        /// Where an entry contradicts the first line that it does; nil if it contradicts none.
        func contradiction(_ entry: Entry) -> Contradiction? {
            let (table, name, network) = (entry.table.value, entry.name.value, entry.network.value.network)
            var found: [Contradiction] = []
            func note(_ line: Int, _ position: SourcePosition, _ message: String, _ remedy: String) {
                found.append(
                    Contradiction(line: line, position: position, message: "\(message) on line \(line)", remedy: remedy)
                )
            }
            if let first = names[table], first.name != name {
                let message = "table \(table) is named \(first.name)"
                note(first.line, entry.name.position, message, "give each table one name")
            }
            if let first = tables[name], first.table != table {
                let message = "name \(name) belongs to table \(first.table)"
                note(first.line, entry.table.position, message, "give each table a name of its own")
            }
            if let other = overlap(network, table) {
                let message = "network \(network) overlaps \(other.network) of table \(other.table)"
                note(other.line, entry.network.position, message, "give each interface a network of its own")
            }
            let place = Place(table: table, network: network)
            if let gateway = entry.gateway, let first = gateways[place], first.address != gateway.value {
                let message = "table \(table) has gateway \(first.address)"
                note(first.line, gateway.position, message, "keep one gateway for each table and address family")
            }
            if let first = interfaces[place], first.mac != entry.mac.value {
                let message = "table \(table) has \(network) on interface \(first.mac)"
                note(first.line, entry.mac.position, message, "use the MAC address of one interface on both lines")
            }
            return found.min { $0.line < $1.line }
        }

        /// The first network of another table that lies in `network` or around it.
        private func overlap(_ network: IPNetwork, _ table: Int) -> Holder? {
            let around = networks(around: network).flatMap { owners[$0] ?? [] }
            return ((insiders[network] ?? []) + around).filter { $0.table != table }.min { $0.line < $1.line }
        }

        /// The network itself and those around it.
        private func networks(around network: IPNetwork) -> [IPNetwork] {
            prefixLengths.filter { $0 <= network.prefixLength }
                .compactMap { IPNetwork(containing: network.address, prefixLength: $0) }
        }
    }
}
