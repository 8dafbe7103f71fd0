internal import Addresses
internal import Diagnostics
internal import Files
internal import NetworkFiles
internal import NetworkState
internal import Syscalls

/// The name servers of the machine.
struct NameServers {
    let servers: [IPAddress]

    /// Those of the settings, else those that resolv.conf(5) has.
    init(_ context: DoctorContext) {
        let configured = context.configuration?.nameservers ?? []
        guard configured.isEmpty else {
            servers = configured
            return
        }
        let text = try? AtomicFile.readText(context.root[ManagedFile.resolver])
        servers = (text ?? "").split(separator: "\n").compactMap { line in
            let words = line.split { $0 == " " || $0 == "\t" }
            return words.count >= 2 && words[0] == "nameserver" ? IPAddress(words[1]) : nil
        }
    }

    /// Whether each answers: with the name of its result, or why not.
    func ask() -> [(server: IPAddress, result: Result<String, SystemError>)] {
        let query = DNSQuery("", .ns)
        let answers = UDPExchange.ask(servers.map { question(query, $0) }, milliseconds: 2000)
        return zip(servers, answers).map { ($0, $1.map { DNSQuery.result($0.bytes) }) }
    }

    /// The addresses of a name, from the first server that knows some.
    func addresses(of name: String) -> [IPAddress] {
        let queries = [DNSQuery.Kind.a, .aaaa].map { DNSQuery(name, $0) }
        let questions = queries.flatMap { query in servers.map { question(query, $0) } }
        for case .success(let answer) in UDPExchange.ask(questions, milliseconds: 2000) {
            let addresses = DNSQuery.addresses(answer.bytes)
            if !addresses.isEmpty { return addresses }
        }
        return []
    }

    private func question(_ query: DNSQuery, _ server: IPAddress) -> UDPExchange.Question {
        UDPExchange.Question(
            server: Endpoint(server, port: 53),
            bytes: { query.bytes },
            isAnswer: { query.isAnswered(by: $0) }
        )
    }
}
