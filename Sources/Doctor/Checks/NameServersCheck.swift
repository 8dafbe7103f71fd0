internal import Addresses
internal import Diagnostics
internal import Explanation
internal import NetworkFiles
internal import Syscalls

/// The name servers answer.
struct NameServersCheck: DoctorCheck {
    static let name = "dns"

    func findings(_ context: DoctorContext) throws -> [Finding] {
        let names = NameServers(context)
        guard !names.servers.isEmpty else { return [Finding(.skipped, Self.name, "there is no name server")] }
        let answers = names.ask()
        let isAnyUp = answers.contains { (try? $0.result.get()) != nil }
        return answers.map { server, result in
            switch result {
            case .success("NOERROR"): return .ok("\(server)", "answers")
            // In a network of its own it knows no root, and the names that matter.
            case .success(let words): return .ok("\(server)", "answers (\(words) for the root)")
            case .failure(let error):
                let own = context.configuration?.appliance[.management]?.addresses.map { $0.value.address }
                    .first { $0.family == server.family }
                let way = own.map { " (appliance-net explain route \($0) \(server))" } ?? ""
                return Finding(
                    isAnyUp ? .warning : .failed,
                    "\(server)",
                    UDPExchange.words(error),
                    remedy: "see the way to it\(way), or correct nameservers in \(ApplianceFile.path)"
                )
            }
        }
    }
}
