/// What a check found of each section, for the next one.
struct FormerCheck: Sendable {
    private struct Document: Sendable {
        var file: ConfigurationFile
        var sections: [Section]
        var found: [CheckedSection?] = []
    }

    private var documents: [Document] = []
    /// The numbers of names; more than there are proxies by now.
    var names = ProxyNames()
    /// What of the global section has a say in every proxy.
    private(set) var logTargets: [LogTarget] = []
    private(set) var logTag: String?
    private(set) var allowsExternalChecks = false

    // Where the check is that takes from it.
    private var document = -1
    private var cursor = 0

    // MARK: - Filling

    mutating func begin(_ file: ConfigurationFile) {
        document += 1
        cursor = 0
        guard document == documents.count else { return }
        documents.append(Document(file: file, sections: file.sections))
        documents[document].found.reserveCapacity(file.sections.count)
    }

    /// Takes what is found of the next section; nil if it must be checked again next time.
    mutating func add(_ found: CheckedSection?) { documents[document].found.append(found) }

    mutating func finish(_ global: Global, allowsExternalChecks: Bool) {
        logTargets = global.logTargets
        logTag = global.logTag
        self.allowsExternalChecks = allowsExternalChecks
        document = -1
    }

    /// Makes ready for the next check.
    mutating func settle(_ numbers: inout ProxyNames) {
        // Held once, it is not copied when a name is added.
        swap(&names, &numbers)
        for document in documents {
            for case .some(let section) in document.found { section.settle(&names) }
        }
    }

    /// True if so many names were numbered that are gone that it is time to begin again.
    var isWorn: Bool { names.count > 4 * documents.reduce(1000) { $0 + $1.sections.count } }

    // MARK: - Taking

    /// What was found of the next section, if it was the same.
    ///
    /// Sections mostly stand in the order of before; one that does not is looked for by its name.
    mutating func take(_ section: Section) -> CheckedSection? {
        guard document < documents.count else { return nil }
        if let found = look(at: cursor, for: section) {
            cursor += 1
            return found
        }
        guard let place = documents[document].file.place(of: section.header) else { return nil }
        cursor = place + 1
        return look(at: place, for: section)
    }

    private func look(at place: Int, for section: Section) -> CheckedSection? {
        guard place < documents[document].found.count, let found = documents[document].found[place] else { return nil }
        return section.saysSame(as: documents[document].sections[place]) ? found : nil
    }
}
