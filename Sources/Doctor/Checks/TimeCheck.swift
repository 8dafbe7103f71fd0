internal import Addresses
internal import Diagnostics
internal import Explanation
internal import Files
internal import Glibc
internal import NetworkFiles
internal import Syscalls

/// The clock is right: certificates and logs need it.
struct TimeCheck: DoctorCheck {
    static let name = "time"

    /// Seconds: a look is needed, and certificates that are new fail.
    private static let (much, tooMuch) = (1.0, 60.0)

    func findings(_ context: DoctorContext) throws -> [Finding] {
        if let finding = ImpossibleTime.finding() { return [finding] }
        // chronyd is the machine's, not that of a root elsewhere.
        if context.root.isReal, let finding = Self.chrony() { return [finding] }
        let servers = context.configuration?.ntpServers ?? []
        guard !servers.isEmpty else {
            let remedy = "set ntp_servers in [system] of \(ApplianceFile.path)"
            return [Finding(.warning, Self.name, "there is no time server", remedy: remedy)]
        }
        return Self.ask(servers, NameServers(context))
    }

    // MARK: - chronyd

    /// What chronyd says (`chronyc -c tracking`); nil where it does not run.
    private static func chrony() -> Finding? {
        guard let result = try? Subprocess.run(["chronyc", "-n", "-c", "tracking"]), result.status == 0 else {
            return nil
        }
        return finding(tracking: result.output)
    }

    /// - Parameter text: One line of values with commas between: reference, its name, stratum, time, offset of the
    ///   clock in seconds … and last the state of leap seconds.
    static func finding(tracking text: String) -> Finding? {
        let fields = text.split(whereSeparator: { $0.isNewline }).first?
            .split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        guard let fields, fields.count >= 14, let offset = Double(fields[4]) else { return nil }
        if fields[13] == "Not synchronised" {
            return Finding(.warning, "chronyd", "not synchronised", remedy: "chronyc sources tells what it waits for")
        }
        return finding("chronyd", offset, "by \(fields[1].isEmpty ? fields[0] : fields[1])")
    }

    // MARK: - SNTP

    private static func ask(_ servers: [String], _ names: NameServers) -> [Finding] {
        var findings: [Finding] = []
        var asked: [(name: String, address: IPAddress)] = []
        for name in servers {
            if let address = IPAddress(name) ?? names.addresses(of: name).first {
                asked.append((name, address))
            } else {
                let remedy = "see dns above, or correct ntp_servers in \(ApplianceFile.path)"
                findings.append(Finding(.warning, name, "it has no address", remedy: remedy))
            }
        }
        var queries: [IPAddress: SNTPQuery] = [:]
        let questions = asked.map { _, address in
            let query = SNTPQuery(now: UDPExchange.now())
            queries[address] = query
            return UDPExchange.Question(
                server: Endpoint(address, port: 123),
                bytes: { query.bytes },
                isAnswer: { query.isAnswered(by: $0) }
            )
        }
        for ((name, _), answer) in zip(asked, UDPExchange.ask(questions, milliseconds: 2000)) {
            switch answer {
            case .success(let answer) where !SNTPQuery.isSynchronised(answer.bytes):
                let remedy = "choose another time server, or mend that one"
                findings.append(Finding(.warning, name, "it does not know the time itself", remedy: remedy))
            case .success(let answer):
                let offset = SNTPQuery.offset(answer.bytes, sent: answer.sent, received: answer.received)
                findings.append(finding(name, offset, "by SNTP"))
            case .failure(let error):
                let remedy = "see the way to it, and whether UDP port 123 is open there"
                findings.append(Finding(.warning, name, UDPExchange.words(error), remedy: remedy))
            }
        }
        return findings
    }

    private static func finding(_ subject: String, _ offset: Double, _ source: String) -> Finding {
        let milliseconds = (abs(offset) * 1000).rounded()
        let words = "the clock is \(Int(min(milliseconds, 1e15))) ms \(offset >= 0 ? "behind" : "ahead"), \(source)"
        guard abs(offset) > much else { return .ok(subject, words) }
        let remedy = "chronyc makestep, once chronyd has the time servers of \(ApplianceFile.path)"
        return Finding(abs(offset) > tooMuch ? .failed : .warning, subject, words, remedy: remedy)
    }
}
