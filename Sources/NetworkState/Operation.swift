public import Netlink
public import Nftables

/// One change of the kernel's state.
public struct Operation: Hashable, Sendable, CustomStringConvertible {
    public enum Verb: String, Sendable, Hashable {
        case add
        case delete
        case change

        /// What stands before the line in a plan.
        public var sign: String {
            switch self {
            case .add: "+"
            case .delete: "-"
            case .change: "~"
            }
        }
    }

    public enum Object: String, Sendable, Hashable, CaseIterable {
        case link
        case sysctl
        case address
        case route
        case rule
        /// The guard's tables.
        case firewall
        /// The kernel's name of the machine.
        case hostname
        case file
    }

    /// What is done.
    public enum Action: Hashable, Sendable {
        case renameLink(index: Int, from: String, to: String)
        case setLink(index: Int, name: String, up: Bool)
        /// Bytes.
        case setMTU(index: Int, name: String, from: Int, to: Int)
        case setSysctl(Sysctl, interface: String, from: String, to: String)
        case addAddress(LinkAddress)
        case deleteAddress(LinkAddress)
        case addRoute(Route)
        case replaceRoute(Route)
        case deleteRoute(Route)
        case addRule(Rule)
        case deleteRule(Rule)
        /// The guard's tables, in one transaction.
        case setFirewall(from: [Table], to: [Table])
        /// The same by the service, which owns them and hears of the files by itself.
        case awaitFirewall(from: [Table], to: [Table])
        case setFile(String, from: FileState, to: FileState)
        case setHostName(from: String, to: String)
    }

    public var action: Action
    public var verb: Verb
    public var object: Object
    /// The object in the words of `ip`: `from 10.13.201.0/24 lookup 2`.
    public var text: String

    /// - Parameter words: The text of a route, where it is known already.
    init(_ action: Action, _ names: InterfaceNames, words: String? = nil) {
        self.action = action
        switch action {
        case .renameLink(_, let from, let to):
            (verb, object, text) = (.change, .link, "\(from) name \(to)")
        case .setLink(_, let name, let up):
            (verb, object, text) = (.change, .link, "\(name) \(up ? "up" : "down")")
        case .setMTU(_, let name, let from, let to):
            (verb, object, text) = (.change, .link, "\(name) mtu \(to) (was \(from))")
        case .setSysctl(let sysctl, let interface, let from, let to):
            (verb, object, text) = (.change, .sysctl, "\(sysctl.name(interface)) = \(to) (was \(from))")
        case .addAddress(let address): (verb, object, text) = (.add, .address, address.text(names))
        case .deleteAddress(let address): (verb, object, text) = (.delete, .address, address.text(names))
        case .addRoute(let route): (verb, object, text) = (.add, .route, words ?? route.text(names))
        case .replaceRoute(let route): (verb, object, text) = (.change, .route, words ?? route.text(names))
        case .deleteRoute(let route): (verb, object, text) = (.delete, .route, route.text(names))
        case .addRule(let rule): (verb, object, text) = (.add, .rule, rule.text)
        case .deleteRule(let rule): (verb, object, text) = (.delete, .rule, rule.text)
        case .setFirewall(let from, let to), .awaitFirewall(let from, let to):
            object = .firewall
            verb = from.isEmpty ? .add : to.isEmpty ? .delete : .change
            let count = FirewallState.changes(from: from, to: to).count
            text = verb == .change ? "\(FirewallState.name) (\(count) changes)" : FirewallState.name
        case .setFile(let path, .absent, _): (verb, object, text) = (.add, .file, path)
        case .setFile(let path, _, .absent): (verb, object, text) = (.delete, .file, path)
        case .setFile(let path, _, _): (verb, object, text) = (.change, .file, path)
        case .setHostName(let from, let to):
            (verb, object, text) = (.change, .hostname, "\(to) (was \(from))")
        }
    }

    /// Of a file, the lines that go and come: `-nameserver 10.0.0.1`, `+nameserver 10.0.0.2`; of the guard, what changes in
    /// the words of `nft`. Empty for others.
    public var difference: [String] {
        switch action {
        case .setFile(_, let from, let to): from.difference(to: to)
        case .setFirewall(let from, let to), .awaitFirewall(let from, let to):
            FirewallState.changes(from: from, to: to)
        default: []
        }
    }

    /// `+ rule from 10.13.201.0/24 lookup 2`
    public var description: String { "\(verb.sign) \(object.rawValue) \(text)" }
}
