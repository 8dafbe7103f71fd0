internal import Addresses
internal import Diagnostics
internal import Explanation
internal import Netlink
internal import NetworkFiles

/// Replies leave by the network that the request came in by: from virtual addresses by the frontend, from the workload
/// network's address by the workload interface.
struct RoutingCheck: DoctorCheck {
    static let name = "routing"

    func findings(_ context: DoctorContext) throws -> [Finding] {
        guard let configuration = context.configuration else { return DoctorContext.unreadable(Self.name) }
        var findings: [Finding] = []
        for range in configuration.anyIPRoutes.ranges.map({ $0.value }) {
            findings += Self.findings("\(range)", range.middle, context)
        }
        for entry in configuration.tables where entry.gateway != nil {
            guard let own = entry.ownAddress else { continue }
            findings += Self.findings("\(own)", own, context)
        }
        return findings.isEmpty ? [Finding(.skipped, Self.name, "there is neither a range nor a table")] : findings
    }

    /// A connection from behind the gateway to `address`.
    private static func findings(_ subject: String, _ address: IPAddress, _ context: DoctorContext) -> [Finding] {
        let explanation = context.routes.explain(from: someone(address.family), to: address)
        let wrong = explanation.legs.compactMap { leg -> Finding? in
            if let difference = leg.difference {
                return Finding(
                    .failed,
                    subject,
                    "\(leg.kind.rawValue): \(difference.message)",
                    remedy: difference.remedy
                )
            }
            return leg.actual.failure.map {
                let remedy = "appliance-net explain route \(explanation.source) \(address)"
                return Finding(.failed, subject, "\(leg.kind.rawValue): \($0)", remedy: remedy)
            }
        }
        if !wrong.isEmpty { return wrong }
        guard let reply = explanation.legs.last else {
            return [Finding(.failed, subject, "it is no address of ours", remedy: "appliance-net apply")]
        }
        return [.ok(subject, "replies by \(reply.actual.text(context.routes.names))")]
    }

    /// A host of the Internet that there is none of (RFC 5737, RFC 3849).
    private static func someone(_ family: IPAddress.Family) -> IPAddress {
        IPAddress(family: family, number: family == .v4 ? 0xCB00_7101 : 0x2001_0db8 << 96 | 1)
    }
}

extension AddressRange {
    /// An address that is not the network's own or its broadcast address.
    fileprivate var middle: IPAddress {
        IPAddress(family: family, number: first.number + (last.number - first.number) / 2)
    }
}
