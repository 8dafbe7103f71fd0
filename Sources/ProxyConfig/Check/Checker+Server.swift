import Addresses
import Diagnostics

extension Checker {
    /// `server <name> <address>[:<port>] <option>…`
    mutating func checkServer() {
        let name = word(1)
        guard !name.isEmpty, !word(2).isEmpty, var server = draft?.serverTemplate else {
            error(
                at: min(2, argumentCount + 1),
                "'server' expects <name> and <addr>[:<port>] as arguments.",
                remedy: "write a name and an address: server s1 10.0.0.1:80"
            )
            return
        }
        refuseCharacters(of: name, at: 1, "server", label: "server name '\(name)'")
        let resolve = resolver
        do throws(AddressText.Failure) {
            let parsed = try AddressText(word(2), for: .server, resolve: resolve)
            server.address = parsed.address
            server.portOffset = parsed.portOffset
            if let problem = descriptorProblem(parsed.address) { throw problem }
        } catch {
            self.error(at: 2, "'server \(label(name))' : \(error.message)", remedy: error.remedy)
            return
        }
        server.name = name
        server.position = placeInSection(1)
        if case .name(let host, _) = server.address { server.quarantine = "the name '\(host)' is not resolved" }
        guard applyOptions(from: 3, to: &server, name) else { return }
        finish(server)
    }

    /// `default-server <option>…`
    mutating func checkDefaultServer() {
        guard var template = draft?.serverTemplate else { return }
        if applyOptions(from: 1, to: &template, "default-server") { draft?.serverTemplate = template }
    }

    /// `server-template <prefix> <count or range> <address>[:<port>] <option>…`
    mutating func checkServerTemplate() {
        guard !word(1).isEmpty, !word(3).isEmpty else {
            error(
                at: min(3, argumentCount + 1),
                "'server-template' expects <prefix> <nb | range> <addr>[:<port>] as arguments.",
                remedy: "write a prefix, a number and an address: server-template web 3 web.internal:80"
            )
            return
        }
        guard let range = Self.range(word(2)) else {
            error(
                at: 2,
                "Wrong server-template number or range arg '\(word(2))'.",
                remedy: "write a number of servers, or the first and the last: 3 or 2-4"
            )
            return
        }
        guard var template = draft?.serverTemplate else { return }
        refuseCharacters(of: word(1), at: 1, "server-template", label: "server-template prefix '\(word(1))'")
        let resolve = resolver
        do throws(AddressText.Failure) {
            let parsed = try AddressText(word(3), for: .server, resolve: resolve)
            template.address = parsed.address
            template.portOffset = parsed.portOffset
        } catch {
            self.error(at: 3, "'server \(label(Self.nobody))' : \(error.message)", remedy: error.remedy)
            return
        }
        template.position = placeInSection(1)
        if case .name(let host, _) = template.address { template.quarantine = "the name '\(host)' is not resolved" }
        guard applyOptions(from: 4, to: &template, Self.nobody) else { return }
        for number in range {
            template.name = "\(word(1))\(number)"
            finish(template)
            // The number of the line is the first server's.
            template.id = nil
        }
    }

    /// `3`, or `2-4`. HAProxy takes the numbers that the parts begin with.
    private static func range(_ text: String) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
            Int($0.prefix { $0.isASCII && $0.isNumber }) ?? 0
        }
        let low = ends.count > 1 ? ends[0] : 1
        let high = ends.count > 1 ? ends[1] : ends[0]
        // More servers than any machine has room for are a slip, not a wish.
        return low > 0 && high >= low && high - low < 65536 ? low...high : nil
    }

    /// None where `init-addr` says that the name is not asked for at the start.
    private var resolver: (@Sendable (String) -> IPAddress?)? {
        guard let resolve = surroundings.resolve else { return nil }
        guard let index = lexer.words.firstIndex(of: "init-addr") else { return resolve }
        return word(index - first + 1).split(separator: ",").contains("libc") ? resolve : nil
    }

    private func label(_ name: String) -> String { "\(draft?.name ?? "")/\(name)" }

    /// The name of what has none yet, as HAProxy prints it.
    private static let nobody = "(null)"

    /// Where a check goes to.
    func checkAddress(_ text: String) throws(AddressText.Failure) -> SocketAddress {
        let address = try AddressText(text, for: .check, resolve: surroundings.resolver).address
        if let problem = descriptorProblem(address) { throw problem }
        return address
    }

    /// `sockpair@` with a descriptor that nobody has opened.
    private func descriptorProblem(_ address: SocketAddress) -> AddressText.Failure? {
        guard case .descriptor(let number) = address, let problem = surroundings.descriptorProblem?(number) else {
            return nil
        }
        return AddressText.Failure(
            message: "cannot use file descriptor '\(number)' : \(problem).",
            remedy: "write the number of an inherited socket"
        )
    }

    /// What is wrong with an option, in HAProxy's words.
    private func problem(_ option: String, _ value: String, of name: String) -> String {
        if option == "addr" || option == "socks4" && value.utf8.contains(UInt8(ascii: ":")) {
            do throws(AddressText.Failure) {
                _ = try checkAddress(value)
            } catch {
                return "'\(option == "addr" ? option : "\(option) \(value)")' : \(error.message)."
            }
        }
        if option == "sni" {
            do throws(SampleExpression.Failure) {
                let sample = try SampleExpression(value, surroundings: surroundings)
                return
                    "error detected while parsing sni expression :  fetch method '\(value)' extracts information from '"
                    + "\(SampleSources.label(sample.fetch.name))', none of which is available here."
            } catch {
                return "error detected while parsing sni expression : \(error.message)"
            }
        }
        return ServerWords.invalid(option, value, of: name) + "."
    }

    /// Takes the options of a line; false after a problem.
    private mutating func applyOptions(from start: Int, to server: inout Server, _ name: String) -> Bool {
        var index = start
        let isDefault = name == "default-server"
        let who = isDefault ? "" : "'server \(label(name))' : "
        while !word(index).isEmpty {
            let option = word(index)
            if option == "source" {
                guard let (source, next) = readSource(at: index, of: who, &server.quarantine) else { return false }
                server.source = source
                index = next
                continue
            }
            if isDefault, option == "id" {
                let message = "'id' option is not accepted in default-server sections"
                warn(at: index, message, remedy: "give each server its own")
                index += 2
                continue
            }
            if option == "usesrc" {
                let message = "\(who)'usesrc' only allowed after a 'source' statement.."
                error(at: index, message, remedy: "write source and an address before it")
                return false
            }
            guard let arity = LineOptions.server[option] else {
                let similar = WordFingerprint.nearest(option, in: LineOptions.server.words)
                let question = similar == nil ? "." : WordFingerprint.question(similar)
                error(
                    at: index,
                    "\(who)unknown keyword '\(option)'\(question)"
                        + (isDefault ? " Hint: no address was expected for this server." : ""),
                    remedy: similar.map { "write '\($0)'" } ?? "remove it"
                )
                return false
            }
            if arity == 1, word(index + 1).isEmpty, !ServerOption.mayBeEmpty.contains(option) {
                error(
                    at: index + 1,
                    "\(who)\(ServerWords.missing(option)).",
                    remedy: "write a value behind '\(option)'"
                )
                return false
            }
            if !ServerOption.apply(option, at: index, to: &server, by: &self) {
                error(
                    at: index + 1,
                    who + problem(option, word(index + 1), of: name),
                    remedy: ServerOption.remedy(for: option)
                )
                return false
            }
            index += 1 + arity
        }
        return true
    }

    /// `ssl-server-verify none` above it, or `-dV`.
    var trustsServers: Bool { surroundings.trustsServers || model.global.trustsServers }

    private mutating func finish(_ finished: consuming Server) {
        var server = finished
        if trustsServers, !server.saysVerify { server.verifiesNothing = true }
        if server.usesTLS || server.checksTLS, !server.verifiesNothing, server.caFile == nil {
            error(
                at: 1,
                "'server \(label(server.name))' : verify is enabled "
                    + (trustsServers
                        ? "but no CA file specified."
                        : "by default but no CA file specified. If you're running on a LAN where you're certain to trust the "
                            + "server's certificate, please set an explicit 'verify none' statement on the 'server' line, or "
                            + "use 'ssl-server-verify none' in the global section to disable server-side verifications by "
                            + "default."),
                remedy: "write 'verify none', or name a CA file by ca-file"
            )
        }
        if server.usesTLS { server.quarantine = "TLS to a server is not spoken by this proxy" }
        if server.isChecked, server.track != nil {
            error(
                at: 1,
                "'server \(label(server.name))' : unable to enable checks and tracking at the same time!",
                remedy: "remove 'check' or 'track'"
            )
            server.track = nil
        }
        if server.isAgentChecked, server.agentPort == nil {
            error(
                at: 1,
                "'server \(label(server.name))' : server \(server.name) does not have agent port. Agent check has been "
                    + "disabled.",
                remedy: "write agent-port and a port"
            )
        }
        draft?.backend.servers.append(server)
    }
}
