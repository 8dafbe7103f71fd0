import Diagnostics

extension Checker {
    /// Takes what a line of a `ring` section says; what is wrong with it was told of.
    mutating func takeRing() {
        guard let last = model.rings.indices.last else { return }
        let value = word(1)
        switch word(0) {
        case "description": model.rings[last].description = words(from: 1).joined(separator: " ")
        case "format": model.rings[last].format = LogTarget.Format(rawValue: value) ?? .raw
        case "maxlen": model.rings[last].maxLength = Self.number(value)
        case "size": model.rings[last].size = Self.number(value)
        case "timeout":
            guard let time = try? TimeText.milliseconds(word(2)) else { return }
            if value == "connect" { model.rings[last].connectTimeout = time }
            if value == "server" { model.rings[last].serverTimeout = time }
        case "server": takeRingServer(last)
        default: break
        }
    }

    private mutating func takeRingServer(_ ring: Int) {
        guard let address = try? AddressText(word(2), for: .server, resolve: surroundings.resolver).address else {
            return
        }
        var server = Ring.Server(name: word(1), address: address)
        var index = 3
        while !word(index).isEmpty {
            switch word(index) {
            case "log-proto": server.countsOctets = word(index + 1) == "octet-count"
            case "ssl":
                // In plain text it must not go there.
                return ignore("'ssl' of a ring's server (nothing is sent to it)", at: index)
            default: break
            }
            index += 1 + (LineOptions.server[word(index)] ?? 0)
        }
        model.rings[ring].servers.append(server)
    }

    /// What is wrong with the line of a server, in HAProxy's words.
    var ringServerProblem: String? {
        guard !word(1).isEmpty, !word(2).isEmpty else {
            return "'server' expects <name> and <addr>[:<port>] as arguments."
        }
        let label = "'server \(model.rings.last?.name ?? "")/\(word(1))'"
        do throws(AddressText.Failure) {
            _ = try AddressText(word(2), for: .server, resolve: surroundings.resolver)
        } catch {
            return "\(label) : \(error.message)"
        }
        var index = 3
        while !word(index).isEmpty {
            guard let arity = LineOptions.server[word(index)] else {
                let similar = WordFingerprint.nearest(word(index), in: LineOptions.server.words)
                return "\(label) : unknown keyword '\(word(index))'\(WordFingerprint.question(similar))"
            }
            if word(index) == "log-proto", !["legacy", "octet-count"].contains(word(index + 1)) {
                return
                    "\(label) : 'log-proto' expects one of 'legacy' or 'octet-count' but got '\(word(index + 1))'."
            }
            index += 1 + arity
        }
        return nil
    }

    /// What can be said of rings when all of the file is known: sizes, and the names that `log` lines have.
    mutating func finishRings() {
        for index in model.rings.indices where model.rings[index].maxLength > model.rings[index].size {
            let ring = model.rings[index]
            report(
                .warning,
                at: ring.position,
                "ring '\(ring.name)' event max length '\(ring.maxLength)' exceeds size, forced to size '\(ring.size)'.",
                remedy: "write a greater size or a smaller maxlen"
            )
            model.rings[index].maxLength = ring.size
        }
        let names = Set(model.rings.map { $0.name })
        for reference in ringReferences where !names.contains(reference.ring) && reference.ring != "buf0" {
            let (file, line) = place(reference.position.line)
            let owner =
                reference.proxy.map { "log server declared in proxy section '\($0)'" } ?? "global log server declared"
            report(
                .error,
                at: reference.position,
                "\(owner) in file '\(file)' at line \(line) uses unknown ring named '\(reference.ring)'.",
                remedy: "write a ring section of that name"
            )
        }
    }
}
