internal import Addresses
internal import Explanation
internal import Files
internal import NetworkWatch
internal import Syscalls

/// The three programs run, and everything that is configured serves.
struct ServicesCheck: DoctorCheck {
    static let name = "services"

    func findings(_ context: DoctorContext) throws -> [Finding] {
        [watch(context), proxy(context)] + quarantined(context) + [api(context)].compactMap { $0 }
    }

    private func watch(_ context: DoctorContext) -> Finding {
        let unit = "appliance-net.service"
        do throws(SystemError) {
            _ = try ControlClient.ask(.status, context.root, timeoutMilliseconds: 3000)
            return .ok(unit, "keeps the network as the files want it")
        } catch {
            return Finding(.warning, unit, "it does not answer: \(error)", remedy: "systemctl start \(unit)")
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
        let path = "/etc/haproxy/dataplaneapi.cfg"
        guard let text = try? AtomicFile.readText(context.root[path]) else { return nil }
        func value(_ name: String) -> String? {
            text.split(separator: "\n").last { $0.hasPrefix(name + "=") }.map {
                String($0.dropFirst(name.utf8.count + 1))
            }
        }
        let unit = "appliance-dataplane.service"
        guard let host = value("TLS_HOST").flatMap({ IPAddress($0) }),
            let port = value("TLS_PORT").flatMap({ UInt16($0) })
        else {
            return Finding(.failed, unit, "\(path) has no TLS_HOST and TLS_PORT", remedy: "run appliance-net firstboot")
        }
        let place =
            host.isUnspecified ? IPAddress(family: host.family, number: host.family == .v4 ? 0x7F00_0001 : 1) : host
        let endpoint = Endpoint(place, port: port)
        if let refusal = SocketConnection.refusal(endpoint, milliseconds: 2000) {
            return Finding(.failed, unit, "\(refusal)", remedy: "systemctl status \(unit) tells why")
        }
        return .ok(unit, "answers at \(endpoint)")
    }
}
