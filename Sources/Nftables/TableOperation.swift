/// One change of a table. A list of them goes to the kernel as one transaction: all or nothing, and no packet sees half.
public struct TableOperation: Hashable, Sendable, CustomStringConvertible {
    public enum Action: Hashable, Sendable {
        /// `add table inet NAME { flags … }`; of a table that is there, takes it over if it is nobody's.
        case addTable(Table.Protection)
        /// `delete table inet NAME`, with all that is in it.
        case deleteTable
        case addCounter(String)
        case deleteCounter(String)
        /// Without its rules. Of a base chain that is there, sets the policy.
        case addChain(Chain)
        case deleteChain(String)
        case flushChain(String)
        /// At the end of the chain.
        case addRule(FilterRule, chain: String)
        /// Without its elements.
        case addSet(NamedSet)
        case deleteSet(String)
        /// Elements of `set`, of which only name and types matter. What is there already is no error.
        case addElements([SetElement], set: NamedSet)
        /// ENOENT: one of them is not there.
        case deleteElements([SetElement], set: NamedSet)
    }

    public var table: Table.Identity
    public var action: Action

    public init(_ table: Table.Identity, _ action: Action) {
        self.table = table
        self.action = action
    }

    /// What an error says: `adding`, `deleting`.
    var verb: String {
        switch action {
        case .deleteTable, .deleteCounter, .deleteChain, .deleteSet, .deleteElements: "deleting"
        case .flushChain: "flushing"
        default: "adding"
        }
    }

    /// `set inet appliance_net bound4`
    var object: String {
        switch action {
        case .addTable, .deleteTable: "table \(table)"
        case .addCounter(let name), .deleteCounter(let name): "counter \(table) \(name)"
        case .addChain(let chain): "chain \(table) \(chain.name)"
        case .deleteChain(let name), .flushChain(let name): "chain \(table) \(name)"
        case .addRule(let rule, let chain):
            "rule \(table) \(chain)" + (rule.comment.map { " \"\($0)\"" } ?? "")
        case .addSet(let set): "\(set.target == nil ? "set" : "map") \(table) \(set.name)"
        case .deleteSet(let name): "set \(table) \(name)"
        case .addElements(let elements, let set), .deleteElements(let elements, let set):
            "element \(table) \(set.name) { \(Self.text(elements, of: set)) }"
        }
    }

    /// As `nft` says it; of many elements the first.
    public var description: String {
        switch verb {
        case "deleting": "delete \(object)"
        case "flushing": "flush \(object)"
        default: "add \(object)"
        }
    }

    private static func text(_ elements: [SetElement], of set: NamedSet) -> String {
        let shown = elements.prefix(3).map { set.text($0) }
        let rest = elements.count - shown.count
        return (shown + (rest > 0 ? ["and \(rest) more"] : [])).joined(separator: ", ")
    }
}
