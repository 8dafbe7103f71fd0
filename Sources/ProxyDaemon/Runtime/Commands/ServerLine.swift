internal import ProxyConfig
internal import ProxyEngine

/// A server line that a command gave.
enum ServerLine {
    struct Refusal: Error {
        var words: String
    }

    static func read(_ path: ServerPath, _ words: [String], _ options: CommandLineOptions) -> Result<
        ProxyEngine.Server, Refusal
    > {
        guard !words.isEmpty else {
            return .failure(Refusal(words: "'server' expects <name> and <addr>[:<port>] as arguments."))
        }
        if let place = DynamicServerWords.refusedPlace(words) {
            // What is wrong before it is told first.
            if case .failure(let refusal) = read(path, Array(words[..<place]), options) { return .failure(refusal) }
            return .failure(Refusal(words: "'\(words[place])' option is not accepted for dynamic server"))
        }
        let quoted = words.map { "\"" + $0.flatMap { "\"\\$".contains($0) ? "\\\($0)" : "\($0)" } + "\"" }
        // The backend has time-outs of its own; here they only keep the check from asking for some.
        let text = """
            backend \(path.backend)
              timeout connect 5s
              timeout server 5s
              server \(path.server) \(quoted.joined(separator: " "))

            """
        do throws(LoadedConfiguration.Refused) {
            var own = options
            own.masterWorker = true
            own.refusesWarnings = false
            var read = try LoadedConfiguration.check([ConfigurationFile(text, file: "CLI")], own)
            read.encode()
            if let server = (try? read.snapshot.backends.first?.backend())?.servers.first { return .success(server) }
            return .failure(Refusal(words: read.unserved.first.map { $0.reason } ?? "invalid server"))
        } catch {
            return .failure(Refusal(words: message(error.lines, path)))
        }
    }

    /// `[ALERT] (1) : config : [CLI:4] : 'server b/s' : unknown keyword 'x'` without its place, in the words of a
    /// command.
    private static func message(_ lines: [String], _ path: ServerPath) -> String {
        let known = lines.filter { $0.contains("[CLI:") }
        guard let line = known.first(where: { $0.hasPrefix("[ALERT]") }) ?? known.first else {
            return lines.first ?? ""
        }
        var parts = line.split(separator: " : ", omittingEmptySubsequences: false)[...]
        while let part = parts.first, parts.count > 1, !part.contains("[CLI:") { parts = parts.dropFirst() }
        parts = parts.dropFirst()
        if let part = parts.first, part.hasPrefix("'server "), parts.count > 1 { parts = parts.dropFirst() }
        let words = parts.joined(separator: " : ")
        // The rules of the backend are not at hand here: it has some, if only those of its option.
        if words.hasPrefix("config: "), words.contains("has neither service port") {
            return
                "config: backend '\(path.backend)': server '\(path.server)' has neither service port nor check port nor "
                + "tcp_check rule 'connect' with port information."
        }
        return words
    }
}
