public import Diagnostics

extension OVFDescriptor {
    /// What is wrong with the descriptor in itself, whatever it describes: what it refers to and is not there, what is
    /// there twice. In the order of the document, with ``problems``.
    public func checked() -> [Diagnostic] {
        var found = problems
        func report(_ position: SourcePosition, _ message: String, remedy: String) {
            found.append(diagnostic(at: position, message, remedy: remedy))
        }
        func once<Part>(_ parts: [Part], _ what: String, _ name: (Part) -> String, _ place: (Part) -> SourcePosition) {
            var first: [String: Int] = [:]
            for part in parts {
                let line = place(part).line
                if let other = first[name(part)] {
                    let message = "the \(what) \(name(part)) is there twice, first on line \(other)"
                    report(place(part), message, remedy: "keep one of them")
                }
                first[name(part)] = first[name(part)] ?? line
            }
        }
        once(files, "file", { $0.id }, { $0.position })
        once(files, "file", { $0.href }, { $0.position })
        once(disks, "disk", { $0.id }, { $0.position })
        once(networks, "network", { $0.name }, { $0.position })
        once(configurations, "deployment option", { $0.id }, { $0.position })
        once(properties, "property", { $0.key }, { $0.position })

        for disk in disks {
            guard let id = disk.fileID, !files.contains(where: { $0.id == id }) else { continue }
            report(disk.position, "there is no file \(id) for the disk \(disk.id)", remedy: "add it to References")
        }
        for extra in configurations.filter({ $0.isDefault }).dropFirst() {
            report(extra.position, "a second deployment option is the default", remedy: "keep ovf:default at one")
        }
        for item in items { check(item, report) }
        for property in properties {
            check(property.configurations, of: "the property \(property.key)", property.position, report)
            if !property.value.isEmpty, let remedy = property.remedy(for: property.value) {
                report(property.position, "\(property.key): its own default is none of its values", remedy: remedy)
            }
        }
        return found.sorted { ($0.position ?? Self.end) < ($1.position ?? Self.end) }
    }

    private typealias Report = (SourcePosition, String, _ remedy: String) -> Void

    private static let end = SourcePosition(line: .max, column: 0)

    private func check(_ item: Item, _ report: Report) {
        let name = "the item \(item.id)"
        check(item.configurations, of: name, item.position, report)
        let others = items.filter { other in
            other.id == item.id && (other.position < item.position)
                && (other.configurations.isEmpty || item.configurations.isEmpty
                    || other.configurations.contains { item.configurations.contains($0) })
        }
        if let other = others.first {
            report(item.position, "\(name) is there twice, first on line \(other.position.line)", "give it another id")
        }
        if let parent = item.parent, !items.contains(where: { $0.id == parent }) {
            report(item.position, "\(name) is on a controller \(parent) that is not there", "add it, or name another")
        }
        if let connection = item.connection, !networks.contains(where: { $0.name == connection }) {
            report(
                item.position,
                "\(name) is on the network \(connection), which NetworkSection does not have",
                "name one of \(networks.map { $0.name }.joined(separator: ", "))"
            )
        }
        guard let resource = item.resource, let path = resource.split(separator: ":").last else { return }
        let words = path.split(separator: "/")
        let isThere =
            words.count == 2
            && (words[0] == "disk" && disks.contains { $0.id == words[1] }
                || words[0] == "file" && files.contains { $0.id == words[1] })
        if !isThere {
            report(item.position, "\(name) is made of \(resource), which is not there", "name a disk or a file")
        }
    }

    private func check(_ names: [String], of what: String, _ position: SourcePosition, _ report: Report) {
        for name in names where !configurations.contains(where: { $0.id == name }) {
            report(position, "\(what) is for the deployment option \(name), which is not there", "name one that is")
        }
    }
}
