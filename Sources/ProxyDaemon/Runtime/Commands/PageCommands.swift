internal import ProxyEngine
internal import ProxyPages
internal import Syscalls

/// What forms of the statistics page do to servers (configuration manual, `stats admin`). They differ from commands in what they
/// are told, and in what the log says of them.
enum PageCommands {
    static let all = [
        RuntimeKeyword("page-order", "page-order <action> <bk>/<srv>", "", isHidden: true) {
            call throws(SystemError) in
            guard call.session.isOfPages else {
                return RuntimeHelp.unknown(["page-order"] + call.arguments, call.session)
            }
            guard let path = ServerPath(call[1]) else { return PageOrderAnswer.untouched }
            var next: (action: ServerOrder.Action, giver: ServerOrder.Giver)?
            _ = try call.host.find(path) { server, report in
                next = action(call[0], server, report)
                return ""
            }
            guard let next else { return PageOrderAnswer.untouched }
            _ = try call.host.perform(path.order(next.action, by: next.giver))
            return PageOrderAnswer.done
        }
    ]

    /// nil: there is nothing to do.
    private static func action(
        _ word: String,
        _ server: ProxyEngine.Server,
        _ report: ServerReport
    ) -> (ServerOrder.Action, ServerOrder.Giver)? {
        let isInMaintenance = report.standing.contains(.forcedMaintenance)
        let drains = report.standing.contains(.forcedDrain)
        switch word {
        case "ready": return (.administer(.ready), .page)
        case "drain": return (.administer(.drain), .page)
        case "maint": return (.administer(.maintenance), .page)
        case "enable": return isInMaintenance ? (.administer(.ready), .page) : nil
        case "disable": return isInMaintenance ? nil : (.administer(.maintenance), .disableOfPage)
        case "start": return drains ? (.administer(.ready), .page) : nil
        case "stop": return drains ? nil : (.administer(.drain), .stopOfPage)
        case "dhlth": return server.check == nil ? nil : (.checks(false), .page)
        case "ehlth": return server.check == nil ? nil : (.checks(true), .page)
        case "hrunn": return server.track == nil ? (.health(.up), .page) : nil
        case "hnolb": return server.track == nil ? (.health(.stopping), .page) : nil
        case "hdown": return server.track == nil ? (.health(.down), .page) : nil
        case "dagent": return server.agent == nil ? nil : (.agentChecks(false), .page)
        case "eagent": return server.agent == nil ? nil : (.agentChecks(true), .page)
        case "arunn": return server.agent == nil || report.agent.isOff ? nil : (.agent(isUp: true), .page)
        case "adown": return server.agent == nil || report.agent.isOff ? nil : (.agent(isUp: false), .page)
        case "shutdown": return (.shutSessions, .page)
        default: return nil
        }
    }
}
