extension Table {
    /// The changes that make one table of another, in an order that the kernel takes: what is new before what refers to
    /// it, what is referred to after what referred.
    ///
    /// Counters that stay keep what they counted. A chain that differs is filled anew; of a set only the elements change.
    /// Where the kernel cannot change what is there (another hook, another type of key), the table is replaced.
    ///
    /// - Parameters:
    ///   - from: What is there; nil: nothing.
    ///   - to: What is to be; nil: nothing. Both are the same table.
    ///   - protection: Of a table that is added.
    public static func diff(
        from: Table?,
        to: Table?,
        protection: Protection = .none
    ) -> [TableOperation] {
        guard let to else { return from.map { [TableOperation($0.identity, .deleteTable)] } ?? [] }
        guard let from else { return to.additions(protection) }
        guard to.isReachable(from: from) else {
            return [TableOperation(from.identity, .deleteTable)] + to.additions(protection)
        }
        return to.changes(from: from)
    }

    /// All of it, from nothing.
    private func additions(_ protection: Protection) -> [TableOperation] {
        [TableOperation(identity, .addTable(protection))] + changes(from: Table(identity.family, identity.name))
    }

    /// Whether the kernel can make this of `from` without taking the table away.
    private func isReachable(from: Table) -> Bool {
        let setsFit = sets.values.allSatisfy { set in from.sets[set.name]?.isSameKind(as: set) ?? true }
        let chainsFit = chains.values.allSatisfy { chain in
            guard let former = from.chains[chain.name] else { return true }
            var hook = former.hook
            // The policy can be set.
            if let policy = chain.hook?.policy { hook?.policy = policy }
            return hook == chain.hook
        }
        return setsFit && chainsFit
    }

    private func changes(from: Table) -> [TableOperation] {
        var before: [TableOperation.Action] = []
        var after: [TableOperation.Action] = []
        before += counters.subtracting(from.counters).sorted().map { .addCounter($0) }
        let chains = self.chains.values.sorted { $0.name < $1.name }
        for chain in chains where from.chains[chain.name]?.hook != chain.hook || from.chains[chain.name] == nil {
            before.append(.addChain(chain))
        }
        for set in sets.values.sorted(by: { $0.name < $1.name }) {
            let former = from.sets[set.name]
            if former == nil { before.append(.addSet(set.withoutElements)) }
            // A key that has another value now goes and comes.
            let gone = former.map { $0.elements.subtracting(set.elements) } ?? []
            let come = former.map { set.elements.subtracting($0.elements) } ?? set.elements
            if !gone.isEmpty { before.append(.deleteElements(gone.inOrder, set: set.withoutElements)) }
            if !come.isEmpty { before.append(.addElements(come.inOrder, set: set.withoutElements)) }
        }
        for chain in chains where from.chains[chain.name]?.rules != chain.rules {
            if from.chains[chain.name]?.rules.isEmpty == false { after.append(.flushChain(chain.name)) }
            after += chain.rules.map { .addRule($0, chain: chain.name) }
        }
        let surplus = from.chains.keys.filter { self.chains[$0] == nil }.sorted()
        after += surplus.map { .flushChain($0) }
        after += from.sets.keys.filter { sets[$0] == nil }.sorted().map { .deleteSet($0) }
        after += surplus.map { .deleteChain($0) }
        after += from.counters.subtracting(counters).sorted().map { .deleteCounter($0) }
        return (before + after).map { TableOperation(identity, $0) }
    }
}

extension NamedSet {
    /// Its name and types.
    var withoutElements: NamedSet { NamedSet(name, key: key, maps: target, isInterval: isInterval) }
}

extension Set<SetElement> {
    /// By key, so that what is said does not depend on chance; of very many, which nobody reads, in any order.
    var inOrder: [SetElement] {
        count > 100 ? Array(self) : sorted { $0.first.lexicographicallyPrecedes($1.first) }
    }
}
