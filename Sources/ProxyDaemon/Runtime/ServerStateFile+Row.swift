internal import Addresses
internal import HealthChecks
internal import ProxyEngine

extension ServerStateFile {
    /// A line of version 1.
    struct Row {
        let backend: String
        let server: String
        let port: UInt16?
        /// 0 stopped, 2 running, 3 stopping.
        let operation: Int
        /// 1 maintenance, 8 draining, both by command; 4 by the configuration.
        let administration: Int
        let weight: UInt32
        let configuredWeight: UInt32
        let seconds: UInt32
        /// HAProxy's number of the last check's status, its counter, and what is enabled (2 configured, 4 enabled).
        let checkStatus: Int
        let health: Int32
        let checkState: Int
        let agentState: Int
        let name: String?
        /// Those that checks and agents go to, as they are written; empty where there is none.
        private let checkWords: (address: String, port: String)
        private let agentWords: (address: String, port: String)
        /// Fields that cannot be, with what they say: nothing of the line counts then.
        let problems: [(field: String, value: String)]

        var checkPlace: (address: IPAddress?, port: UInt16?) { Self.place(checkWords) }
        var agentPlace: (address: IPAddress?, port: UInt16?) { Self.place(agentWords) }

        init?(_ line: Substring) {
            let words = line.split(separator: " ").map { String($0) }
            guard words.count >= ServerStateFile.leastFields else { return nil }
            var problems: [(field: String, value: String)] = []
            func number(_ index: Int, _ field: String, _ isRight: (Int) -> Bool = { _ in true }) -> Int {
                if let number = Self.number(words[index]), isRight(number) { return number }
                problems.append((field, words[index]))
                return 0
            }
            backend = words[1]
            server = words[3]
            operation = number(5, "srv_op_state") { (0...3).contains($0) }
            // What is inherited is found anew.
            let inherited = 0x72
            administration =
                number(6, "srv_admin_state") { [0, 1, 4, 5, 8, 12].contains($0 & ~inherited) } & ~inherited
            weight = UInt32(number(7, "srv_uweight") { (0...256).contains($0) })
            configuredWeight = UInt32(number(8, "srv_iweight") { (0...256).contains($0) })
            seconds = UInt32(truncatingIfNeeded: number(9, "srv_last_time_change"))
            checkStatus = number(10, "srv_check_status")
            _ = number(11, "srv_check_result") { (0...4).contains($0) }
            health = Int32(truncatingIfNeeded: number(12, "srv_check_health"))
            checkState = number(13, "srv_check_state") { $0 & ~0x1F == 0 }
            agentState = number(14, "srv_agent_state") { $0 & ~0x1F == 0 }
            _ = number(15, "bk_f_forced_id") { $0 == 0 || $0 == 1 }
            _ = number(16, "srv_f_forced_id") { $0 == 0 || $0 == 1 }
            name = words[17] == "-" ? nil : words[17]
            if let name, name.utf8.count > 255 { problems.append(("srv_fqdn", name)) }
            let digits = Int(words[18].prefix { $0.isASCII && $0.isNumber }) ?? 0
            if digits > 65535 { problems.append(("srv_port", words[18])) }
            port = UInt16(exactly: digits)
            func word(_ index: Int) -> String { index < words.count ? words[index] : "" }
            checkWords = (word(22), word(21))
            agentWords = (word(23), word(24))
            self.problems = problems
        }

        /// As strtol(3) reads it, whatever follows; of that HAProxy keeps 32 bits.
        private static func number(_ text: String) -> Int? {
            let sign = text.prefix { $0 == "-" || $0 == "+" }
            guard sign.count <= 1 else { return nil }
            let digits = text.dropFirst(sign.count).prefix { $0.isASCII && $0.isNumber }
            return Int(sign + digits).map { Int(Int32(truncatingIfNeeded: $0)) }
        }

        private static func place(_ words: (address: String, port: String)) -> (IPAddress?, UInt16?) {
            (IPAddress(words.address), UInt16(words.port).flatMap { $0 > 0 ? $0 : nil })
        }

        /// What is wrong with where its check goes to, or else its agent: that is passed over, and the rest counts.
        func misplaced(_ server: ProxyEngine.Server) -> String? {
            func isOff(_ state: Int) -> Bool { state & 6 == 2 }
            let check = server.check == nil || isOff(checkState) ? "health checks are not enabled on this server" : nil
            let agent = server.agent == nil || isOff(agentState) ? "agent checks are not enabled on this server" : nil
            return Self.problem(checkWords, check) ?? Self.problem(agentWords, agent)
        }

        private static func problem(_ words: (address: String, port: String), _ absence: String?) -> String? {
            let hasAddress = !["", "-"].contains(words.address)
            if hasAddress || !["", "0"].contains(words.port), let absence { return absence }
            if hasAddress, IPAddress(words.address) == nil { return "invalid addr '\(words.address)'" }
            if ["", "-", "0"].contains(words.port) { return nil }
            guard let port = Int(words.port) else { return "provided port is not an integer" }
            return (0...65535).contains(port) ? nil : "provided port is invalid"
        }
    }
}

extension ServerStateFile.Row {
    /// The port that it had, if it is another one. As by HAProxy, an address counts no more than the one that is written.
    fileprivate func place(_ server: ProxyEngine.Server, _ change: inout RuntimeChanges.ServerChange) {
        guard name == nil, server.followed == nil, server.connection.path == nil, let port else { return }
        if let offset = server.connection.portOffset {
            // One that follows the client's goes on doing so, moved by as much.
            if offset != Int32(port) { change.port = .mapped(Int32(port)) }
            return
        }
        guard port > 0 else { return }
        let place = Endpoint(server.endpoint.address, port: port)
        if place != server.endpoint { change.endpoint = place }
    }

    /// What commands had changed of where it is and is asked.
    func change(_ server: ProxyEngine.Server, _ change: inout RuntimeChanges.ServerChange?) {
        var next = change ?? RuntimeChanges.ServerChange()
        var stated = server.stated
        place(server, &next)
        if let check = server.check, checkState & 4 != 0 {
            let former = check.endpoint ?? server.endpoint
            let own = Endpoint(checkPlace.address ?? former.address, port: checkPlace.port ?? former.port)
            if own != former { next.checkEndpoint = own }
            if let address = checkPlace.address { (stated.checkAddress, stated.checkAddressPort) = (address, 0) }
            stated.checkPort = checkPlace.port ?? stated.checkPort
        }
        if let agent = server.agent, agentState & 4 != 0 {
            let own = Endpoint(
                agentPlace.address ?? agent.endpoint.address,
                port: agentPlace.port ?? agent.endpoint.port
            )
            if own != agent.endpoint { next.agentEndpoint = own }
            stated.agentAddress = agentPlace.address ?? stated.agentAddress
            stated.agentPort = agentPlace.port ?? stated.agentPort
        }
        if stated != server.stated { next.stated = stated }
        if next != RuntimeChanges.ServerChange() { change = next }
    }

    func orders(_ server: ProxyEngine.Server) -> [ServerOrder.Action] {
        guard let operation = ServerRestoration.Operation(rawValue: UInt8(clamping: operation)) else { return [] }
        var former = ServerRestoration(
            operation: operation,
            administration: administration & 8 != 0 ? .drain : administration & 1 != 0 ? .maintenance : .ready,
            wasDisabled: administration & 4 != 0,
            health: health,
            status: CheckStatus.allCases.first { $0.number == checkStatus } ?? .initializing,
            seconds: seconds
        )
        former.isCheckOff = server.check != nil && checkState & 6 == 2
        former.isAgentOff = server.agent != nil && agentState & 6 == 2
        // Another weight in the file of the configuration counts.
        let isWeightKept = weight != configuredWeight && configuredWeight == UInt32(server.weight)
        return [.restore(former)] + (isWeightKept ? [.weight(weight)] : [])
    }
}
