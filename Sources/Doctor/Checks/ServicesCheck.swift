internal import Explanation
internal import Syscalls

/// The three programs run, and everything that is configured serves.
struct ServicesCheck: DoctorCheck {
    static let name = "services"

    /// So many problems of the network's service are named.
    private static let mostProblems = 20

    func findings(_ context: DoctorContext) throws -> [Finding] {
        watch(context) + [proxy(context)] + quarantined(context) + [api(context)].compactMap { $0 }
    }

    private func watch(_ context: DoctorContext) -> [Finding] {
        let unit = "appliance-net.service"
        do throws(SystemError) {
            let answer = try ServiceAnswer.ask(context.root)
            guard let answer, answer.isTroubled else { return [.ok(unit, "keeps the network as the files want it")] }
            return answer.problems.prefix(Self.mostProblems).map { problem in
                Finding(.warning, unit, "\(answer.state): \(problem)", remedy: "journalctl -u \(unit) tells since when")
            }
        } catch {
            return [Finding(.warning, unit, "it does not answer: \(error)", remedy: "systemctl start \(unit)")]
        }
    }

    private func proxy(_ context: DoctorContext) -> Finding {
        let unit = "appliance-proxy.service"
        guard let silence = context.proxy.silence else { return .ok(unit, "serves") }
        return Finding(.failed, unit, silence, remedy: "systemctl status \(unit) tells why")
    }

    private func quarantined(_ context: DoctorContext) -> [Finding] {
        context.proxy.quarantine.prefix(20).map { line in
            let words = line.split(separator: " ", maxSplits: 4).map { String($0) }
            let reason = words.count > 4 ? words[4] : "it does not say why"
            return Finding(
                .failed,
                words.prefix(2).joined(separator: " "),
                "\(words.count > 2 ? words[2] : "") does not serve: \(reason)",
                remedy: "mend what it says; it is tried again by itself"
            )
        }
    }

    /// nil where there is no API.
    private func api(_ context: DoctorContext) -> Finding? {
        let unit = "appliance-dataplane.service"
        do throws(SystemError) {
            guard let service = try APIService.read(context.root) else { return nil }
            if let refusal = service.refusal(milliseconds: 2000) {
                return Finding(.failed, unit, "\(refusal)", remedy: "systemctl status \(unit) tells why")
            }
            return .ok(unit, "answers at \(service.local)")
        } catch {
            return Finding(.failed, unit, "\(error)", remedy: "run appliance-net firstboot")
        }
    }
}
