internal import Addresses
internal import Diagnostics
internal import Guard
internal import NetworkFiles
internal import NetworkState

/// How it stands.
extension GuardPart {
    public var problems: [String] {
        var problems = [failure, lookFailure, routeFailure, foreign].compactMap { $0 }
        if let obstacle, chain.network?.policy.isEnabled == true { problems.append(obstacle) }
        let policy = chain.network?.policy.conflict
        for (address, mac) in chain.conflicts.sorted(by: { $0.key < $1.key }) {
            problems.append(
                "\(address) is used by another host, \(mac)" + (policy == .refuse ? ": it is not claimed" : "")
            )
        }
        if let network = chain.network {
            problems += chain.outside.sorted().map {
                "the proxy wants to listen at \($0), which is \(network.reasonOutside($0))"
            }
        }
        return problems
    }

    public var status: [(name: String, json: String)] {
        // Where the packet filter did not take what is wanted, what it has counts.
        let state = failure == nil ? chain.state : (try? keeper?.inForce()) ?? GuardState()
        let conflicts = conflicts.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
        let drops = ((try? keeper?.drops()) ?? []).map { "\(JSONString.quoted($0.reason)):\($0.packets)" }
        let members = [
            "\"claimed\":\(state.claimed.count)", "\"conflicts\":{\(conflicts.joined(separator: ","))}",
            "\"drops\":{\(drops.joined(separator: ","))}",
            "\"enabled\":\(keeper != nil && chain.network?.policy.isEnabled == true && !isDown)",
            "\"failure\":\(failure.map { JSONString.quoted($0) } ?? "null")",
            "\"following\":\(chain.isFollowing)", "\"listeners\":\(state.listeners.count)",
            "\"outside\":\(FlatJSON.list(chain.outside.sorted().map { "\($0)" }))",
            "\"own_addresses\":\(FlatJSON.list(chain.claimed.own.sorted().map { "\($0)" }))",
            "\"protected\":\(keeper?.protects ?? false)", "\"repairs\":\(repairs)",
        ]
        return [("guard", "{" + members.joined(separator: ",") + "}")]
    }
}
