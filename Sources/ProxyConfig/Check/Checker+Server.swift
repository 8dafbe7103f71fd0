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
        refuseCharacters(of: name, at: 1, "server")
        let resolve = resolver
        do throws(AddressText.Failure) {
            let parsed = try AddressText(word(2), for: .server, resolve: resolve)
            server.address = parsed.address
            server.portOffset = parsed.portOffset
        } catch {
            self.error(at: 2, "'server \(label(name))' : \(error.message)", remedy: error.remedy)
            return
        }
        server.name = name
        server.position = placeInSection(1)
        if case .unix(let path) = server.address {
            guard refuseLongPath(path, at: 2, "'server \(label(name))'") else { return }
        }
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
        refuseCharacters(of: word(1), at: 1, "server-template")
        let resolve = resolver
        do throws(AddressText.Failure) {
            let parsed = try AddressText(word(3), for: .server, resolve: resolve)
            template.address = parsed.address
            template.portOffset = parsed.portOffset
        } catch {
            self.error(at: 3, "'server-template \(word(1))' : \(error.message)", remedy: error.remedy)
            return
        }
        template.position = placeInSection(1)
        if case .name(let host, _) = template.address { template.quarantine = "the name '\(host)' is not resolved" }
        guard applyOptions(from: 4, to: &template, word(1)) else { return }
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

    /// Takes the options of a line; false after a problem.
    private mutating func applyOptions(from start: Int, to server: inout Server, _ name: String) -> Bool {
        var index = start
        while !word(index).isEmpty {
            let option = word(index)
            if option == "source" {
                let who = "'server \(label(name))' : "
                guard let (source, next) = readSource(at: index, of: who, &server.quarantine) else { return false }
                server.source = source
                index = next
                continue
            }
            guard let arity = LineOptions.server[option] else {
                unknownOption(option, at: index, of: "'server \(label(name))' :", among: LineOptions.server.words)
                return false
            }
            if arity == 1, word(index + 1).isEmpty, !ServerOption.mayBeEmpty.contains(option) {
                error(
                    at: index + 1,
                    "'server \(label(name))' : \(ServerWords.missing(option))",
                    remedy: "write a value behind '\(option)'"
                )
                return false
            }
            if !ServerOption.apply(option, at: index, to: &server, by: &self) {
                error(
                    at: index + 1,
                    "'server \(label(name))' : \(ServerWords.invalid(option, word(index + 1), of: name))",
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
                "'server \(label(server.name))' : verify is enabled \(trustsServers ? "" : "by default ")but no CA file "
                    + "specified.",
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
        }
        if server.isAgentChecked, server.agentPort == nil {
            error(
                at: 1,
                "'server \(label(server.name))' : server \(server.name) does not have agent port. Agent check has been "
                    + "disabled.",
                remedy: "write agent-port and a port"
            )
        }
        let hasPort = server.address.ports != nil || server.checkPort != nil
        if server.isChecked, server.track == nil, !hasPort {
            switch server.address {
            case .ip, .name:
                error(
                    at: 1,
                    "'server \(label(server.name))' : server \(server.name) has neither service port nor check port, "
                        + "and no tcp_check rule 'connect' with port information.",
                    remedy: "write a port behind the address, or 'port' and a number behind 'check'"
                )
            case .unix, .abstract, .descriptor: break
            }
        }
        draft?.backend.servers.append(server)
    }
}
