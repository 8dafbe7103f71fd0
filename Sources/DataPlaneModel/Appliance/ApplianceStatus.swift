internal import Glibc
internal import RuntimeAPI
internal import Syscalls

extension DataPlane {
    /// `GET appliance/status`: the configuration, the proxy and the network in one look.
    func applianceStatus() throws(APIError) -> APIResponse {
        let version = try read { state in state.workspace.version }
        var configuration: JSONObject = ["file": .string(settings.path), "version": .integer(version)]
        configuration["edit"] = checkEdit()?.body
        var status: JSONObject = ["configuration": .object(configuration), "proxy": .object(proxyStatus())]
        if let root = settings.applianceRoot {
            do throws(SystemError) {
                status["network"] = try NetworkService(root: root, timeoutMilliseconds: 3000).ask(.status)
            } catch {
                status["network"] = ["ok": false, "error": .string("\(error)")]
            }
        }
        return APIResponse(200, .object(status))
    }

    /// `GET appliance/quarantine`: what of the configuration does not serve, and why.
    func quarantine() throws(APIError) -> APIResponse {
        APIResponse(200, .array(try quarantined().map { .object($0) }))
    }

    private func proxyStatus() -> JSONObject {
        var status = JSONObject()
        status["up"] = reloader.isUp().map { .boolean($0) } ?? .null
        do throws(APIError) {
            let facts = ProcessInformation.object(try ask(ShowInfo()))
            for name in ["pid", "uptime", "version", "curr_conns", "max_conn"] where facts[name] != nil {
                status[name] = facts[name]
            }
        } catch {
            status["error"] = .string(error.message)
        }
        status["quarantined"] = (try? quarantined()).map { .integer($0.count) }
        return status
    }

    /// Lines of `show quarantine`: `bind <frontend>/<bind> <address> quarantined <reason>`.
    private func quarantined() throws(APIError) -> [JSONObject] {
        guard let path = settings.masterSocket else {
            throw APIError(
                501,
                "the quarantine is told on the proxy's master socket, and --master-runtime is not given"
            )
        }
        let answer: String
        do throws(SystemError) {
            answer = try MasterClient(path: path).send("show quarantine")
        } catch {
            throw APIError(503, "the proxy cannot be asked: \(error)")
        }
        guard !answer.hasPrefix("Unknown command") else {
            throw APIError(501, "the proxy has no quarantine: it is not appliance-proxyd")
        }
        return answer.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 4).map { String($0) }
            guard words.count >= 4, words[3] == "quarantined" else { return nil }
            return [
                "kind": .string(words[0]), "name": .string(words[1]), "address": .string(words[2]),
                "reason": .string(words.count > 4 ? words[4] : ""),
            ]
        }
    }
}
